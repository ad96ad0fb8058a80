from __future__ import annotations

import functools
from typing import Any

import pytest
from graph import Declared, Graph, deploy
from pulumi_azure_native import containerservice
from specs import a_spec

from components.node_pools import node_pool
from stack.spec import StackSpec

CPU = {"name": "cpu", "vmSize": "Standard_D16ds_v5", "maxCount": 50, "minCount": 2}
SPOT = {"name": "t4spot", "vmSize": "Standard_NC16as_T4_v3", "maxCount": 20, "spot": True}
A100 = {"name": "a100", "vmSize": "Standard_NC24ads_A100_v4", "maxCount": 8, "zones": ["1"]}


@functools.cache
def made(size: str = "many-jobs") -> Graph:
    """A CPU pool, a spot pool and a GPU pool."""
    spec = a_spec(nodePools=[CPU, SPOT, A100], sizedFor=size)
    return deploy(lambda: _pools(spec))


def _pools(spec: StackSpec) -> None:
    cluster = containerservice.ManagedCluster("eastus-cluster", resource_group_name="rg", resource_name_="aks")
    for pool in spec.pools:
        node_pool(
            "eastus", pool, spec=spec, resource_group_name="rg", cluster=cluster, subnet_id="nodes", parent=cluster
        )


def pool(name: str, size: str = "many-jobs") -> dict[str, Any]:
    return _declared(name, size).inputs


def _declared(name: str, size: str = "many-jobs") -> Declared:
    return made(size).named(f"eastus-{name}", ":AgentPool")


NAMES = ("cpu", "t4spot", "a100")


@pytest.mark.parametrize("name", NAMES)
def test_the_autoscaler_owns_the_count_and_the_file_the_bounds(name: str) -> None:
    inputs = pool(name)

    assert inputs["enableAutoScaling"] is True
    assert inputs["count"] == inputs["minCount"], "a pool starts as small as it may be"
    assert _declared(name).ignore_changes == ("count",), "a bound that is ignored could never be changed"


@pytest.mark.parametrize("name", NAMES)
def test_what_aks_takes_only_at_creation_replaces_the_pool_and_the_old_one_goes_first(name: str) -> None:
    made = _declared(name)

    assert {"availabilityZones", "osDiskType", "scaleSetPriority", "maxPods"} <= {*made.replace_on_changes}
    assert {*made.replace_on_changes} <= {*pool(name)} | {"availabilityZones", "scaleSetEvictionPolicy"}, (
        "a slip of the pen"
    )
    assert made.delete_before_replace, "a cluster has each name once"


def test_bounds_are_the_file_s() -> None:
    assert {name: (pool(name)["minCount"], pool(name)["maxCount"]) for name in NAMES} == {
        "cpu": (2, 50),
        "t4spot": (0, 20),
        "a100": (0, 8),
    }


@pytest.mark.parametrize("name", NAMES)
def test_labels_taints_and_disks_are_the_derived_ones(name: str) -> None:
    inputs = pool(name)
    [derived] = [each for each in a_spec(nodePools=[CPU, SPOT, A100]).pools if each.asked.name == name]

    assert inputs["nodeLabels"] == derived.labels
    assert inputs["nodeTaints"] == list(derived.taints)
    assert (inputs["osDiskType"], inputs["osDiskSizeGB"]) == (derived.os_disk_type, derived.os_disk_gib)
    assert inputs["vmSize"] == derived.asked.vm_size


def test_a_spot_pool_is_evicted_without_remains_and_never_by_price() -> None:
    spot = pool("t4spot")

    assert (spot["scaleSetPriority"], spot["scaleSetEvictionPolicy"]) == ("Spot", "Delete")
    assert spot["spotMaxPrice"] == -1, "up to the regular price"
    assert "upgradeSettings" not in spot, "AKS refuses a surge on spot pools"
    assert "spotMaxPrice" not in pool("cpu")
    assert pool("cpu")["scaleSetPriority"] == "Regular"


def test_an_upgrade_adds_cpu_nodes_but_takes_gpu_nodes_away_first() -> None:
    cpu, gpu = pool("cpu")["upgradeSettings"], pool("a100")["upgradeSettings"]

    assert (cpu["maxSurge"], cpu["maxUnavailable"]) == ("33%", "0")
    assert (gpu["maxSurge"], gpu["maxUnavailable"]) == ("0", "1"), "GPUs are rarely to be had beside those in use"


@pytest.mark.parametrize(("size", "minutes"), [("many-jobs", 30), ("one-giant-job", 1440)])
def test_an_upgrade_waits_as_long_as_the_jobs_of_that_size_take(size: str, minutes: int) -> None:
    settings = pool("cpu", size)["upgradeSettings"]

    assert settings["drainTimeoutInMinutes"] == minutes
    assert settings["undrainableNodeBehavior"] == "Cordon", "one node that cannot be drained does not stop the others"


def test_aks_installs_drivers_where_there_are_gpus() -> None:
    assert {name: pool(name).get("gpuProfile") for name in NAMES} == {
        "cpu": None,
        "t4spot": {"driver": "Install"},
        "a100": {"driver": "Install"},
    }


@pytest.mark.parametrize("name", NAMES)
def test_nodes_are_ubuntu_that_loads_drivers_without_preview_features(name: str) -> None:
    inputs = pool(name)

    assert (inputs["osType"], inputs["osSKU"]) == ("Linux", "Ubuntu")
    assert inputs["securityProfile"] == {"enableSecureBoot": False, "enableVTPM": False}, "no sshAccess: a preview"
    assert "enableEncryptionAtHost" not in inputs, "the subscription may lack the feature"


@pytest.mark.parametrize("name", NAMES)
def test_nodes_sit_in_the_node_subnet_without_a_public_address(name: str) -> None:
    inputs = pool(name)

    assert inputs["vnetSubnetID"] == "nodes"
    assert inputs["enableNodePublicIP"] is False
    assert (inputs["mode"], inputs["type"]) == ("User", "VirtualMachineScaleSets")
    assert (inputs["kubeletDiskType"], inputs["scaleDownMode"]) == ("OS", "Delete")
    assert inputs["tags"] == a_spec().tags


def test_zones_are_named_only_where_they_were_asked_for() -> None:
    assert pool("a100")["availabilityZones"] == ["1"]
    assert "availabilityZones" not in pool("cpu")


def test_pods_a_node_are_the_size_s() -> None:
    assert {size: pool("cpu", size)["maxPods"] for size in ("many-jobs", "one-giant-job")} == {
        "many-jobs": 110,
        "one-giant-job": 50,
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_node_resolves_names_itself(name: str) -> None:
    profile = pool(name)["localDNSProfile"]

    assert profile["mode"] == "Required", "AKS turns it on in no other mode"
    destinations = {
        (side, zone): (override["forwardDestination"], override["protocol"])
        for side in ("vnetDNSOverrides", "kubeDNSOverrides")
        for zone, override in profile[side].items()
    }
    assert destinations == {
        ("vnetDNSOverrides", "."): ("VnetDNS", "PreferUDP"),
        ("vnetDNSOverrides", "cluster.local"): ("ClusterCoreDNS", "ForceTCP"),
        ("kubeDNSOverrides", "."): ("ClusterCoreDNS", "PreferUDP"),
        ("kubeDNSOverrides", "cluster.local"): ("ClusterCoreDNS", "ForceTCP"),
    }, "AKS refuses the root of the network at CoreDNS, and the cluster's own names at the network"


def test_the_address_of_a_restarted_head_is_soon_known() -> None:
    profile = pool("cpu")["localDNSProfile"]

    for side in ("vnetDNSOverrides", "kubeDNSOverrides"):
        own, outside = profile[side]["cluster.local"], profile[side]["."]
        assert (own["cacheDurationInSeconds"], own["serveStaleDurationInSeconds"]) == (30, 30), (
            "a stale answer sends workers to a head that is gone"
        )
        assert own["serveStale"] == "Immediate", "AKS refuses to verify over TCP"
        assert outside["cacheDurationInSeconds"] == 3600


def test_pools_come_after_their_cluster_and_beside_each_other() -> None:
    graph = made()
    cpu, spot = graph.named("eastus-cpu"), graph.named("eastus-t4spot")

    assert graph.waits(cpu, graph.only(":ManagedCluster"))
    assert not graph.waits(cpu, spot), "a pool that is short of capacity must not hold up the others"
    assert not graph.waits(spot, cpu), "a pool that is short of capacity must not hold up the others"
