"""What Azure refuses to make, and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from standins_client import (
    CLUSTER,
    CREDENTIAL,
    NETWORK_CONTRIBUTOR,
    OMIT,
    REGION,
    SOMEBODY,
    VNET,
    Refusal,
    Standins,
    build,
    grant,
    merged,
)

Json = dict[str, Any]


def pool(**override: Any) -> Json:
    return {"pool": override}


def system(**override: Any) -> Json:
    [inline] = REGION["cluster"][1]["agentPoolProfiles"]
    return {"cluster": {"agentPoolProfiles": [merged(inline, override)]}}


REFUSALS: list[tuple[str, str, dict[str, Json | None], str]] = [
    ("a group that is absent", "operator", {"group": OMIT}, "ResourceGroupNotFound"),
    ("a parent that is absent", "nodes", {"vnet": OMIT}, "ParentResourceNotFound"),
    ("a reference that is absent", "nodes", {"nat": OMIT}, "InvalidResourceReference"),
    ("a group name that ends in a dot", "group", {"group": {"resourceGroupName": "rg."}}, "InvalidParameter"),
    ("an identity name of two letters", "operator", {"operator": {"resourceName": "ab"}}, "InvalidParameter"),
    ("a subnet outside its network", "nodes", {"nodes": {"addressPrefix": "10.11.0.0/24"}},
     "NetcfgSubnetRangeOutsideVnet"),
    ("a subnet over its sibling", "api", {"api": {"addressPrefix": "10.10.0.0/27"}}, "NetcfgSubnetRangesOverlap"),
    ("a version out of support", "cluster", {"cluster": {"kubernetesVersion": "1.33"}}, "K8sVersionNotSupported"),
    ("a cluster without NAT", "cluster", {"nodes": {"natGateway": OMIT}}, "needs a NAT gateway"),
    ("a cluster that may not join its nodes' subnet", "cluster", {"join nodes": OMIT}, "LinkedAuthorizationFailed"),
    ("a cluster that may not join its API subnet", "cluster", {"join api": OMIT}, "subnets/api"),
    ("an API subnet without delegation", "cluster", {"api": {"delegations": OMIT}}, "is not delegated"),
    ("an API subnet that is too small", "cluster", {"api": {"addressPrefix": "10.10.64.0/29"}}, "smaller than /28"),
    ("pods in the network", "cluster", {"cluster": {"networkProfile": {"podCidr": "10.10.128.0/17"}}}, "overlaps"),
    ("pods among the services", "cluster", {"cluster": {"networkProfile": {"podCidr": "10.0.0.0/12"}}}, "overlaps"),
    ("no system pool", "cluster", system(mode="User"), "MustDefineAtLeastOneSystemPool"),
    ("an inline pool whose OS disk has no room", "cluster", system(osDiskSizeGB=512), "does not fit"),
    ("LocalDNS on two vCPUs", "cluster", system(vmSize="Standard_D2ds_v5", osDiskSizeGB=64,
                                                localDNSProfile={"mode": "Required"}), "LocalDNS needs"),
    ("a system pool on spot", "cluster", system(scaleSetPriority="Spot"), "cannot be Spot"),
    ("a cluster name with a dot", "cluster", {"cluster": {"resourceName": "a.b"}}, "InvalidParameter"),
    ("a pool name in capitals", "pool", pool(agentPoolName="Cpu"), "InvalidParameter"),
    ("a pool name of thirteen letters", "pool", pool(agentPoolName="a" * 13), "InvalidParameter"),
    ("a pool of the inline pool's name", "pool", pool(agentPoolName="system"), "already existing resource"),
    ("a size that does not exist", "pool", pool(vmSize="Standard_Huge"), "VMSizeNotSupported"),
    ("an ephemeral disk larger than the A100's temporary disk", "pool",
     pool(vmSize="Standard_NC24ads_A100_v4", osDiskType="Ephemeral"), "does not fit the 64 GiB"),
    ("an ephemeral disk on a size without local disk", "pool",
     pool(vmSize="Standard_D16s_v5", osDiskType="Ephemeral"), "does not fit the 0 GiB"),
    ("bounds without the autoscaler", "pool", pool(enableAutoScaling=False), "need enableAutoScaling"),
    ("a count above the bounds", "pool", pool(count=11), "does not hold"),
    ("a pool of more than a thousand nodes", "pool", pool(maxCount=1001), "does not hold"),
    ("two audiences", "credential", {"credential": {"audiences": ["a", "b"]}}, "exactly one audience"),
    ("an account name with a hyphen", "account", {"account": {"accountName": "ray-account"}}, "InvalidParameter"),
    ("versioning with a hierarchical namespace", "blobs", {"blobs": {"isVersioningEnabled": True}},
     "FeatureNotSupportedForAccount"),
    ("a container name in capitals", "container", {"container": {"containerName": "Anyscale"}}, "InvalidParameter"),
    ("a container name of two letters", "container", {"container": {"containerName": "ab"}}, "InvalidParameter"),
    ("a role assignment whose name is no GUID", "admin", {"admin": {"roleAssignmentName": "a"}}, "InvalidParameter"),
    ("a region that Azure lacks", "group", {"group": {"location": "moon"}}, "LocationNotAvailableForResourceGroup"),
    ("a network where Azure has no region", "vnet", {"vnet": {"location": "global"}},
     "LocationNotAvailableForResourceType"),
    ("a subnet of another family than its network", "nodes", {"nodes": {"addressPrefix": "fd00::/64"}},
     "NetcfgSubnetRangeOutsideVnet"),
    ("a range with host bits", "nodes", {"nodes": {"addressPrefix": "10.10.0.5/18"}},
     "InvalidCIDRNotation.*should be 10.10.0.0/18"),
    ("a network whose range has host bits", "vnet", {"vnet": {"addressSpace": {"addressPrefixes": ["10.10.1.0/16"]}}},
     "InvalidCIDRNotation.*should be 10.10.0.0/16"),
    ("a range that is none", "vnet", {"vnet": {"addressSpace": {"addressPrefixes": ["10.10.0.0/33"]}}},
     "InvalidAddressPrefixFormat"),
    ("zones where there are none", "pool", {"cluster": {"location": "westus"}, **pool(availabilityZones=["1"])},
     "AvailabilityZoneNotSupported"),
    ("a grant to a principal of unsaid type", "admin", {"admin": {"principalType": OMIT}}, "PrincipalNotFound"),
    ("a grant of what is no role", "admin", {"admin": {"roleDefinitionId": "Owner"}}, "InvalidRoleDefinitionId"),
    ("a grant to what is no principal", "admin", {"admin": {"principalId": "me"}}, "InvalidPrincipalId"),
    ("a grant on what is absent", "admin", {"cluster": OMIT, "pool": OMIT}, "NotFound"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "step", "overrides", "text"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_azure_refuses(served: Standins, what: str, step: str, overrides: dict[str, Json | None], text: str) -> None:
    azure = served.azure()
    build(azure, {**overrides, step: OMIT}, upto=step)
    records = len(list(served.world.records()))
    type, inputs = REGION[step]
    with pytest.raises(Refusal, match=text):
        azure.create(type, step, merged(inputs, overrides.get(step) or {}))
    assert len(list(served.world.records())) == records, f"{what}: a refused write leaves nothing"
    assert not served.world.journal[-1].done, "the journal tells a refused write from a write"


def test_one_federated_credential_is_one_trust(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["credential"]
    build(azure)
    twin = {**inputs, "federatedIdentityCredentialResourceName": "twin"}
    with pytest.raises(Refusal, match='"Conflict" Message="Issuer and subject combination already exists'):
        azure.create(type, "twin", twin)
    for number in range(19):
        more = {"federatedIdentityCredentialResourceName": f"credential-{number}", "subject": f"s{number}"}
        azure.create(type, f"c{number}", {**twin, **more})
    with pytest.raises(Refusal, match='"BadRequest" Message="Too many Federated Identity Credentials: 20'):
        azure.create(type, "c21", {**CREDENTIAL, "federatedIdentityCredentialResourceName": "last", "subject": "s21"})


def test_role_assignments_are_unique_in_meaning_and_in_name(served: Standins) -> None:
    azure = served.azure()
    made = build(azure)
    type, (principal, scope) = "azure-native:authorization:RoleAssignment", (made["identity"]["principalId"], VNET)
    asked = grant(f"{VNET}/subnets/nodes", principal, NETWORK_CONTRIBUTOR)
    with pytest.raises(Refusal, match="RoleAssignmentExists"):
        azure.create(type, "again", {**asked, "roleAssignmentName": "00000000-0000-0000-0000-00000000000a"})
    with pytest.raises(Refusal, match="RoleAssignmentUpdateNotPermitted"):
        azure.create(type, "elsewhere", {**asked, "scope": scope})


def test_the_role_of_an_assignment_never_changes(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["admin"]
    build(azure)
    id = f"{CLUSTER}/providers/Microsoft.Authorization/roleAssignments/{inputs['roleAssignmentName']}"
    other = grant(CLUSTER, SOMEBODY, NETWORK_CONTRIBUTOR)["roleDefinitionId"]
    with pytest.raises(Refusal, match="role of a role assignment is not allowed to be updated"):
        azure.update(type, "admin", id, inputs, {**inputs, "roleDefinitionId": other})
    azure.update(type, "admin", id, inputs, {**inputs, "description": "why"})


def test_account_names_are_taken_worldwide(served: Standins) -> None:
    azure, elsewhere = served.azure(), served.azure(subscriptionId="22222222-2222-2222-2222-222222222222")
    build(azure)
    elsewhere.create("azure-native:resources:ResourceGroup", "group", {"resourceGroupName": "rg"})
    with pytest.raises(Refusal, match="StorageAccountAlreadyTaken"):
        elsewhere.create("azure-native:storage:StorageAccount", "account", REGION["account"][1])
