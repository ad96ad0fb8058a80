"""Facts about what changes do, held against what the components make."""

from __future__ import annotations

import functools
import re
from typing import Any

import pytest
from graph import deploy
from regions import a_shared
from specs import STACKS, a_spec

from catalog.consequences import CONSEQUENCES, LOSSES, Consequence, Verdict, consequence, loss
from components.region import Region, RegionArgs
from components.shared import SharedByAllStacks, SharedByAllStacksArgs

MADE_ANEW = {
    "anyscale:index:OperatorReady": "it only waits",
    "azure-native:containerservice:MaintenanceConfiguration": "a window for upgrades",
    "azure-native:network:NatGateway": "the way out is closed until it is back",
    "azure-native:network:NetworkSecurityGroup": "Azure refuses to delete one in use; its rules are made anew",
    "azure-native:network:PrivateDnsZoneGroup": "an account is not found by name until it is back",
    "azure-native:network:PrivateEndpoint": "an account cannot be reached until it is back",
    "azure-native:network:PublicIPPrefix": "the addresses by which others let this region in",
    "azure-native:privatedns:": "accounts are not found by name until it is back",
    "azure-native:storage:BlobServiceProperties": "settings of an account, which keeps its data",
    "azure-native:storage:ManagementPolicy": "rules for old data, which stay as they are",
    "kubernetes:core/v1:PersistentVolume": "data stay (Retain); pods that start cannot mount until it is back",
    "kubernetes:gateway.": "Ray's dashboards and services cannot be reached until it is back",
    "kubernetes:helm.sh/v3:Release": "what the chart runs is away until it is back",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": "pods are open to others, or closed, until it is back",
    "kubernetes:storage.k8s.io/v1:StorageClass": "claims that exist keep what they have",
}
"""Prefixes of the types that are disruptive to lose and no more, and what is away meanwhile."""


@functools.cache
def made(stack: str) -> tuple[str, ...]:
    """Types of all resources of a stack that has everything."""
    aging = {"name": "checkpoints", "lifecycle": {"coolAfterDays": 30}}
    spec = a_spec(stack, storage={"access": "private", "mounts": [aging]})

    def build() -> None:
        shared = a_shared()
        if spec.primary:
            shared = SharedByAllStacks("shared", SharedByAllStacksArgs(spec=spec)).outputs
        Region(stack, RegionArgs(spec=spec, shared=shared))

    types = {resource.type for resource in deploy(build, stack=stack).declared}
    return tuple(sorted(type_ for type_ in types if ":components:" not in type_ and not type_.startswith("pulumi:")))


def test_of_every_type_that_is_made_it_is_known_what_goes_with_it() -> None:
    types = {type_ for stack in STACKS for type_ in made(stack)}
    lossless = {type_ for type_ in types if loss(type_) is None}

    assert {type_ for type_ in lossless if not type_.startswith(tuple(MADE_ANEW))} == set()
    assert {prefix for prefix in MADE_ANEW if not any(type_.startswith(prefix) for type_ in lossless)} == set(), (
        "a row for a type that is a loss, or that nobody makes"
    )


def test_a_loss_is_of_a_type_that_is_made_and_takes_types_that_are_made() -> None:
    types = {type_ for stack in STACKS for type_ in made(stack)}

    for row in LOSSES:
        assert any(loss(type_) is row for type_ in types), f"{row.type}: nobody makes it, or another row comes first"
        assert all(any(type_.startswith(taken.type) for type_ in types) for taken in row.takes), row.type


@pytest.mark.parametrize("row", CONSEQUENCES, ids=lambda row: f"{row.type.rpartition(':')[2]}-{row.property[:24]}")
def test_a_consequence_is_of_a_type_that_is_made_and_says_what_happens_and_who_says_so(row: Consequence) -> None:
    types = {type_ for stack in STACKS for type_ in made(stack)}

    assert any(type_.startswith(row.type) for type_ in types)
    assert re.compile(row.property)
    assert row.effect and row.effect[-1] not in ".:" and len(row.source) > 10


CLUSTER, POOL = "azure-native:containerservice:ManagedCluster", "azure-native:containerservice:AgentPool"
NETWORK, RELEASE = "azure-native:network:VirtualNetwork", "kubernetes:helm.sh/v3:Release"


@pytest.mark.parametrize(
    ("type_", "path", "verdict", "says"),
    [
        (CLUSTER, "agentPoolProfiles[1]", "safe", "list"),
        (CLUSTER, "agentPoolProfiles[12].count", "safe", "list"),
        (CLUSTER, "agentPoolProfiles[0].vmSize", "refused", "creation"),
        (CLUSTER, "agentPoolProfiles[0].maxPods", "refused", "creation"),
        (CLUSTER, "agentPoolProfiles[0].localDNSProfile.mode", "disruptive", "rolls"),
        (CLUSTER, "agentPoolProfiles[0].nodeLabels.a", None, ""),
        (CLUSTER, "kubernetesVersion", "disruptive", "upgrades"),
        (CLUSTER, "networkProfile.networkPlugin", "disruptive", "replaced"),
        (CLUSTER, "networkProfile.loadBalancerProfile.idleTimeoutInMinutes", None, ""),
        (CLUSTER, "nodeResourceGroupProfile.restrictionLevel", None, ""),
        (CLUSTER, "apiServerAccessProfile.authorizedIPRanges[1]", "disruptive", "loses"),
        (CLUSTER, "tags.team", None, ""),
        (POOL, "vmSize", "disruptive", "replaced"),
        (POOL, "maxPods", "refused", "creation"),
        (POOL, "maxCount", None, ""),
        (POOL, "availabilityZones[0]", "refused", "creation"),
        (POOL, "localDNSProfile.mode", "disruptive", "rolls"),
        (POOL, "securityProfile.enableVTPM", "disruptive", "rolls"),
        (POOL, "orchestratorVersion", "disruptive", "rolls"),
        (POOL, "nodeLabels.a", "safe", "stay"),
        (POOL, "nodeTaints[0]", "safe", "NoExecute"),
        (POOL, "upgradeSettings.maxSurge", None, ""),
        (NETWORK, "subnets[0].addressPrefix", "refused", "InUseSubnetCannotBeUpdated"),
        (NETWORK, "subnets[1].delegations[0].serviceName", "refused", "delegation"),
        (NETWORK, "subnets[0].natGateway.id", None, ""),
        (NETWORK, "addressSpace.addressPrefixes[1]", None, ""),
        ("azure-native:network:NatGateway", "idleTimeoutInMinutes", None, ""),
        ("azure-native:storage:StorageAccount", "isHnsEnabled", "disruptive", "replaced"),
        ("azure-native:storage:StorageAccount", "sku.name", "disruptive", "zones"),
        ("azure-native:storage:StorageAccount", "networkRuleSet.defaultAction", "disruptive", "data"),
        ("azure-native:storage:StorageAccount", "tags.team", None, ""),
        ("kubernetes:core/v1:PersistentVolume", "spec.mountOptions[3]", "safe", "later"),
        ("kubernetes:core/v1:PersistentVolume", "spec.csi.volumeHandle", "disruptive", "data stay"),
        ("kubernetes:core/v1:PersistentVolumeClaim", "", "disruptive", "ten minutes"),
        ("kubernetes:core/v1:PersistentVolumeClaim", "spec.resources.requests.storage", None, ""),
        (RELEASE, "values.workloads.instanceTypes.additional.8CPU-32GB", "safe", "ConfigMap"),
        (RELEASE, "values", "disruptive", "restart"),
        (RELEASE, "version", "disruptive", "restart"),
        ("anyscale:index:CloudResource", "zones[0]", "safe", "in place"),
        ("anyscale:index:CloudResource", "bucketName", "disruptive", "fixed"),
        ("anyscale:index:Cloud", "name", "disruptive", "fixed"),
    ],
)
def test_what_a_change_does(type_: str, path: str, verdict: Verdict | None, says: str) -> None:
    row = consequence(type_, path)

    assert (row.verdict if row else None) == verdict
    assert says in (row.effect if row else "")


@pytest.mark.parametrize(
    ("type_", "says"),
    [
        ("anyscale:index:CloudResource", "registration"),
        ("anyscale:index:Cloud", "history"),
        ("kubernetes:core/v1:Namespace", "namespace"),
        ("azure-native:containerservice:MaintenanceConfiguration", ""),
    ],
)
def test_a_loss_is_that_of_the_type_and_not_of_one_that_begins_alike(type_: str, says: str) -> None:
    row: Any = loss(type_)

    assert says in row.loses if says else row is None
