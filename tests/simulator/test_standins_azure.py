"""Azure's rules: what it accepts, what it refuses and in which words, what it computes, what a deletion takes along."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standins_client import (
    ACCOUNT,
    CLUSTER,
    CREDENTIAL,
    GROUP,
    IDENTITIES,
    NETWORK_CONTRIBUTOR,
    OMIT,
    POOL,
    REGION,
    SOMEBODY,
    VNET,
    Refusal,
    Standins,
    build,
    grant,
    merged,
    standins,
)

from simulator.standins import drift

Json = dict[str, Any]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Standins]:
    with standins(tmp_path) as running:
        yield running


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
    ("a subnet outside its network", "nodes", {"nodes": {"addressPrefix": "10.11.0.0/24"}}, "NetcfgInvalidSubnet"),
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
    ("a region that Azure lacks", "group", {"group": {"location": "moon"}}, "LocationNotAvailableForResourceType"),
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


def test_azure_accepts_the_region_and_deletes_it_with_its_group(served: Standins) -> None:
    azure = served.azure()
    build(azure)
    kubernetes = served.kubernetes()
    kubernetes.create("kubernetes:core/v1:Namespace", "ns", {"metadata": {"name": "ns"}})
    azure.delete("azure-native:resources:ResourceGroup", GROUP)
    assert list(served.world.records()) == [], "a group takes all in it along: grants on it, and what its clusters hold"


@pytest.mark.parametrize("step", [step for step in REGION if step not in ("blobs", "join nodes", "join api")])
def test_what_exists_is_not_created_again(served: Standins, step: str) -> None:
    azure = served.azure()
    build(azure)
    type, inputs = REGION[step]
    with pytest.raises(Refusal, match="cannot create already existing resource"):
        azure.create(type, "again", inputs)


def test_the_blob_service_exists_from_birth_and_outlives_its_deletion(served: Standins) -> None:
    azure = served.azure()
    build(azure, {"blobs": OMIT})
    type, inputs = REGION["blobs"]
    id, _ = azure.create(type, "blobs", inputs)
    azure.delete(type, id)
    container = f"{ACCOUNT}/blobServices/default/containers/anyscale".lower()
    assert served.world.get(container), "resetting a service takes no container along"


def test_what_azure_computes_is_there_and_typed_as_azure_answers_it(served: Standins) -> None:
    made = build(served.azure())
    cluster = made["cluster"]
    assert cluster["id"] == CLUSTER, "ids are ARM ids"
    assert cluster["oidcIssuerProfile"]["issuerURL"].startswith("https://eastus.oic."), "federation needs an issuer"
    assert cluster["identity"]["userAssignedIdentities"] == {f"{IDENTITIES}/cluster": {}}, "a list in, a map out"
    assert cluster["nodeResourceGroup"] == "MC_rg_aks_eastus", "AKS names the group of the nodes"
    assert cluster["currentKubernetesVersion"].startswith("1.35."), "a patch runs for the minor that was asked"
    assert made["account"]["primaryEndpoints"]["dfs"] == "https://rayaccount.dfs.core.windows.net/", "of the account"
    assert made["prefix"]["ipPrefix"].endswith("/31"), "as long as asked"
    assert made["operator"]["clientId"] != made["operator"]["principalId"], "two ids that must not be swapped"


def test_ids_are_the_same_in_each_rehearsal_and_new_for_a_new_identity(tmp_path: Path) -> None:
    principals: list[str] = []
    for run in ("one", "two"):
        with standins(tmp_path / run) as running:
            azure = running.azure()
            principals.append(build(azure, upto="operator")["operator"]["principalId"])
    assert principals[0] == principals[1], "a rehearsal is deterministic"
    with standins(tmp_path / "two") as running:
        azure, (type, inputs) = running.azure(), REGION["operator"]
        azure.delete(type, f"{IDENTITIES}/operator")
        _, again = azure.create(type, "operator", inputs)
    assert again["principalId"] != principals[1], "an identity made anew is another principal (real-azure 25)"


def test_a_preview_knows_what_was_asked_and_nothing_that_azure_computes(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["cluster"]
    _, previewed = azure.create(type, "cluster", inputs, preview=True)
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    assert previewed["fqdn"] == unknown and previewed["oidcIssuerProfile"]["issuerURL"] == unknown, "computed"
    assert previewed["kubernetesVersion"] == "1.35", "asked"
    assert "id" not in previewed and "name" not in previewed, "left out is unknown"
    assert served.world.journal == (), "a preview writes nothing"


def test_a_preview_of_an_update_keeps_only_name_and_location(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["operator"]
    build(azure, upto="operator")
    previewed = azure.update(
        type, "operator", f"{IDENTITIES}/operator", inputs, {**inputs, "tags": {"a": "b"}}, preview=True
    )
    assert previewed["principalId"] == "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "the real provider says no more"
    assert previewed["name"] == "operator", "a name never changes in place"


REPLACEMENTS: list[tuple[str, Json, set[str]]] = [
    ("cluster", {"tags": {"a": "b"}}, set()),
    ("cluster", {"kubernetesVersion": "1.36"}, set()),
    ("cluster", {"agentPoolProfiles": []}, set()),
    ("cluster", {"networkProfile": {"podCidr": "10.245.0.0/16"}}, {"networkProfile"}),
    ("cluster", {"networkProfile": {"outboundType": "loadBalancer"}}, {"networkProfile"}),
    ("cluster", {"location": "westus3"}, {"location"}),
    ("cluster", {"resourceName": "other"}, {"resourceName"}),
    ("pool", {"maxCount": 20}, set()),
    ("pool", {"nodeTaints": ["a=b:NoSchedule"]}, set()),
    ("pool", {"vmSize": "Standard_D32ds_v5"}, {"vmSize"}),
    ("pool", {"availabilityZones": ["1"]}, {"availabilityZones"}),
    ("pool", {"scaleSetPriority": "Spot"}, {"scaleSetPriority"}),
    ("group", {"location": "westus3"}, {"location"}),
    ("vnet", {"location": "westus3"}, {"location"}),
    ("vnet", {"addressSpace": {"addressPrefixes": ["10.10.0.0/15"]}}, set()),
    ("nodes", {"subnetName": "other"}, {"subnetName"}),
    ("prefix", {"prefixLength": 30}, {"prefixLength"}),
    ("account", {"isHnsEnabled": False}, {"isHnsEnabled"}),
    ("account", {"sku": {"name": "Standard_LRS"}}, set()),
    ("account", {"accountName": "other"}, {"accountName"}),
    ("credential", {"subject": "other"}, set()),
    ("credential", {"federatedIdentityCredentialResourceName": "other"}, {"federatedIdentityCredentialResourceName"}),
    ("admin", {"principalId": "x"}, {"principalId"}),
    ("admin", {"description": "x"}, set()),
]


@pytest.mark.parametrize(("step", "change", "replaced"), REPLACEMENTS, ids=lambda value: str(value)[:60])
def test_a_change_replaces_only_where_azure_cannot_change_in_place(
    served: Standins, step: str, change: Json, replaced: set[str]
) -> None:
    type, inputs = REGION[step]
    replaces, kinds, first = served.azure().diff(type, inputs, merged(inputs, change))
    assert replaces == replaced, f"{change} of {step}"
    assert kinds, "every change is spelled out"
    assert first == bool(replaced), "a given name cannot be taken twice, so the old one goes first"
    assert any(kind.endswith("_REPLACE") for kind in kinds.values()) == bool(replaced), "the detailed diff agrees"


def test_a_resource_without_a_name_gets_one_and_is_made_before_the_old_one_goes(served: Standins) -> None:
    azure, type = served.azure(), "azure-native:resources:ResourceGroup"
    checked = azure.check(type, "group", {})
    assert checked["resourceGroupName"].startswith("group") and checked["location"] == "eastus", "autonaming, config"
    assert azure.check(type, "group", {}, checked)["resourceGroupName"] == checked["resourceGroupName"], "it stays"
    assert azure.diff(type, {}, {"location": "westus3"})[2] is False, "two names can stand side by side"


def test_one_federated_credential_is_one_trust(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["credential"]
    build(azure)
    twin = {**inputs, "federatedIdentityCredentialResourceName": "twin"}
    with pytest.raises(Refusal, match="Issuer and subject combination already exists"):
        azure.create(type, "twin", twin)
    for number in range(19):
        more = {"federatedIdentityCredentialResourceName": f"credential-{number}", "subject": f"s{number}"}
        azure.create(type, f"c{number}", {**twin, **more})
    with pytest.raises(Refusal, match="at most 20"):
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


def test_account_names_and_labels_are_taken_worldwide(served: Standins) -> None:
    azure, elsewhere = served.azure(), served.azure(subscriptionId="22222222-2222-2222-2222-222222222222")
    build(azure)
    elsewhere.create("azure-native:resources:ResourceGroup", "group", {"resourceGroupName": "rg"})
    with pytest.raises(Refusal, match="StorageAccountAlreadyTaken"):
        elsewhere.create("azure-native:storage:StorageAccount", "account", REGION["account"][1])
    address: Json = {"resourceGroupName": "rg", "publicIpAddressName": "a", "dnsSettings": {"domainNameLabel": "ray"}}
    _, made = azure.create("azure-native:network:PublicIPAddress", "a", address)
    assert made["dnsSettings"]["fqdn"] == "ray.eastus.cloudapp.azure.com", "the label makes the name"
    with pytest.raises(Refusal, match="DnsRecordInUse"):
        elsewhere.create("azure-native:network:PublicIPAddress", "a", address)


IN_USE = [
    ("azure-native:network:Subnet", f"{VNET}/subnets/nodes", "InUseSubnetCannotBeDeleted"),
    ("azure-native:network:NatGateway", f"{GROUP}/providers/Microsoft.Network/natGateways/nat", "InUseNatGateway"),
    (
        "azure-native:network:PublicIPPrefix",
        f"{GROUP}/providers/Microsoft.Network/publicIPPrefixes/prefix",
        "InUsePublicIPPrefix",
    ),
]


@pytest.mark.parametrize(("type", "id", "code"), IN_USE, ids=[row[2] for row in IN_USE])
def test_what_is_in_use_is_not_deleted(served: Standins, type: str, id: str, code: str) -> None:
    azure = served.azure()
    build(azure)
    with pytest.raises(Refusal, match=code):
        azure.delete(type, id)


def test_a_network_keeps_the_ranges_of_its_subnets(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["vnet"]
    build(azure, upto="api")
    with pytest.raises(Refusal, match="InUsePrefixCannotBeDeleted"):
        azure.update(type, "vnet", VNET, inputs, {**inputs, "addressSpace": {"addressPrefixes": ["10.11.0.0/16"]}})


def test_kubernetes_is_upgraded_one_minor_at_a_time(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["cluster"]
    build(azure, {"cluster": {"kubernetesVersion": "1.34"}})
    with pytest.raises(Refusal, match="one at a time"):
        azure.update(type, "cluster", CLUSTER, inputs, {**inputs, "kubernetesVersion": "1.36"})
    after = azure.update(type, "cluster", CLUSTER, inputs, {**inputs, "kubernetesVersion": "1.35"})
    assert after["currentKubernetesVersion"].startswith("1.35."), "the upgrade runs"


def test_nobody_but_the_autoscaler_sets_the_size_of_an_autoscaled_pool(served: Standins) -> None:
    azure, id = served.azure(), f"{CLUSTER}/agentPools/cpu"
    type = REGION["pool"][0]
    made = build(azure)["pool"]
    drift.autoscale(served.world, id, 7)
    with pytest.raises(Refusal, match="OperationNotAllowed"):
        azure.update(type, "pool", id, POOL, {**POOL, "maxCount": 20})
    _, refreshed, _ = azure.read(type, id, POOL, made)
    assert refreshed == {**POOL, "count": 7}, "after a refresh the inputs are as sent, with the live count"
    assert azure.update(type, "pool", id, refreshed, {**refreshed, "maxCount": 20})["count"] == 7, "and go through"


def test_a_patch_upgrade_is_no_drift_of_what_was_asked(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["cluster"]
    made = build(azure)["cluster"]
    drift.patch_upgrade(served.world, CLUSTER)
    _, refreshed, outputs = azure.read(type, CLUSTER, inputs, made)
    assert refreshed == inputs, "the file says a minor version, and so it stays"
    assert outputs["currentKubernetesVersion"] != made["currentKubernetesVersion"], "the patch is seen in the outputs"
    after = azure.update(type, "cluster", CLUSTER, inputs, {**inputs, "tags": {"a": "b"}})
    assert after["currentKubernetesVersion"] == outputs["currentKubernetesVersion"], "no later write downgrades it"


def test_a_taint_that_azure_adds_comes_into_the_inputs(served: Standins) -> None:
    azure, (type, id) = served.azure(), (REGION["pool"][0], f"{CLUSTER}/agentPools/cpu")
    made = build(azure)["pool"]
    drift.azure_adds_taint(served.world, id)
    _, refreshed, _ = azure.read(type, id, POOL, made)
    spot = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
    assert refreshed["nodeTaints"] == [*POOL["nodeTaints"], spot], "changed outputs come back as inputs (engine 2b.7)"


def test_what_somebody_deleted_is_read_as_gone_and_made_again_by_an_update(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["operator"]
    build(azure, upto="operator")
    drift.somebody_deletes(served.world, f"{IDENTITIES}/operator")
    assert azure.read(type, f"{IDENTITIES}/operator", inputs)[0] == "", "an empty id is what the engine takes for gone"
    azure.update(type, "operator", f"{IDENTITIES}/operator", inputs, inputs)
    assert azure.read(type, f"{IDENTITIES}/operator", inputs)[0], "an update is a PUT"


def test_an_import_reads_the_inputs_that_made_it(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["account"]
    build(azure)
    _, imported, _ = azure.read(type, ACCOUNT)
    assert inputs.items() <= imported.items(), "an adopted account differs in nothing from one that was made"


def test_a_network_that_was_there_before_can_be_used(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["vnet"]
    build(azure, upto="vnet")
    record = served.world.remove(VNET.lower())
    assert record is not None, "taken away, to be put back as the user's own"
    drift.was_there_before(served.world, record)
    azure.create(*REGION["nodes"][:1], "nodes", merged(REGION["nodes"][1], {"natGateway": OMIT}))
    assert azure.read(type, VNET, inputs)[0] == VNET, "what the user brings is as real as what the stack made"


def test_subnets_declared_inline_can_be_referred_to(served: Standins) -> None:
    azure = served.azure()
    inline = {"subnets": [{"name": "nodes", "addressPrefix": "10.10.0.0/18"}]}
    build(azure, {"vnet": inline, "nat": OMIT, "prefix": OMIT}, upto="vnet")
    endpoint = {"resourceGroupName": "rg", "privateEndpointName": "e", "subnet": {"id": f"{VNET}/subnets/nodes"}}
    assert azure.create("azure-native:network:PrivateEndpoint", "e", endpoint)[0], "inline subnets exist too"


def test_credentials_of_a_cluster_hold_its_address_and_no_secret(served: Standins) -> None:
    azure, token = served.azure(), "azure-native:containerservice:listManagedClusterUserCredentials"
    args = {"resourceGroupName": "rg", "resourceName": "aks", "format": "exec"}
    build(azure, upto="join api")
    with pytest.raises(Refusal, match="ResourceNotFound"):
        azure.invoke(token, args)
    fqdn = azure.create(*REGION["cluster"][:1], "cluster", REGION["cluster"][1])[1]["fqdn"]
    [credentials] = azure.invoke(token, args)["kubeconfigs"]
    kubeconfig = base64.b64decode(credentials["value"]).decode()
    assert f"https://{fqdn}:443" in kubeconfig and "certificate-authority-data" in kubeconfig, "host and authority"
    assert "client-key-data" not in kubeconfig and "token:" not in kubeconfig, "nothing secret"


def test_look_ups_answer_what_exists(served: Standins) -> None:
    azure = served.azure()
    build(azure, upto="group")
    found = azure.invoke("azure-native:resources:getResourceGroup", {"resourceGroupName": "rg"})
    assert found["id"] == GROUP and found["location"] == "eastus", "any simulated type can be looked up"
    assert azure.invoke("azure-native:authorization:getClientConfig", {})["subscriptionId"] == GROUP.split("/")[2], (
        "mine"
    )


def test_a_type_without_a_row_is_made_read_and_deleted(served: Standins) -> None:
    azure, type = served.azure(), "azure-native:monitor:ActionGroup"
    build(azure, upto="group")
    id, _ = azure.create(type, "alerts", {"resourceGroupName": "rg", "actionGroupName": "alerts", "enabled": True})
    assert id == f"{GROUP}/providers/Microsoft.Monitor/actionGroups/alerts", "the shape most of Azure has"
    assert azure.read(type, id, {"enabled": True})[0] == id, "it exists"
    azure.delete(type, id)
    assert azure.read(type, id, {"enabled": True})[0] == "", "it is gone"
