from __future__ import annotations

import functools
from typing import Any

from graph import LOOKED_UP, Declared, deploy
from regions import a_cluster
from specs import a_spec

from stack.spec import StackSpec

GET_CLUSTER = "azure-native:containerservice:getManagedCluster"


@functools.cache
def cluster(**changes: Any) -> Declared:
    """That of eastus, with `changes`."""
    return deploy(lambda: a_cluster(a_spec(**changes))).only(":ManagedCluster")


def system_pool(**changes: Any) -> dict[str, Any]:
    [pool] = cluster(**changes).inputs["agentPoolProfiles"]
    return pool


def test_the_one_inline_pool_is_kept_free_of_ray() -> None:
    pool, asked = system_pool(), a_spec().system_pool

    assert pool["mode"] == "System"
    assert pool["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule"]
    assert (pool["vmSize"], pool["count"], pool["availabilityZones"]) == (
        asked.size.name,
        asked.count,
        list(asked.zones),
    )
    assert (pool["osDiskType"], pool["osDiskSizeGB"]) == (asked.os_disk_type, asked.os_disk_gib)
    assert pool["vnetSubnetID"].endswith("/subnets/nodes")


def test_a_system_pool_of_fixed_size_is_ours_to_size() -> None:
    pool = system_pool()

    assert pool["enableAutoScaling"] is False
    assert "minCount" not in pool, "AKS refuses bounds without an autoscaler"
    assert "maxCount" not in pool, "AKS refuses bounds without an autoscaler"
    assert cluster().ignore_changes == ()


def test_the_count_of_an_autoscaled_system_pool_is_the_autoscaler_s() -> None:
    spec, digests = a_spec(sizedFor="one-giant-job"), list[str]()
    first = deploy(lambda: a_cluster(spec).digest.apply(digests.append)).only(":ManagedCluster")
    [pool] = first.inputs["agentPoolProfiles"]
    assert (pool["enableAutoScaling"], pool["count"], pool["minCount"], pool["maxCount"]) == (True, 3, 3, 10)
    listed = {"agentPoolProfiles": [{"name": "cpu", "count": 40}, {"name": "system", "count": 7}]}

    def later(digest_before: str) -> Declared:
        looked_up = {GET_CLUSTER: LOOKED_UP[GET_CLUSTER] | listed}
        return deploy(lambda: a_cluster(spec, digest_before=digest_before), looked_up=looked_up).only(":ManagedCluster")

    edited = later("another")
    assert [pool["count"] for pool in edited.inputs["agentPoolProfiles"]] == [7], "3 would drain CoreDNS and operators"
    assert edited.ignore_changes == ()
    assert later(digests[0]).ignore_changes == ("agentPoolProfiles",), "another count is no edit"


def ignored_after(spec: StackSpec, digest: str) -> tuple[str, ...]:
    return deploy(lambda: a_cluster(spec, digest_before=digest)).only(":ManagedCluster").ignore_changes


def test_the_list_of_pools_that_aks_keeps_is_ignored_until_the_cluster_is_edited() -> None:
    digests: list[str] = []
    deploy(lambda: a_cluster(a_spec()).digest.apply(digests.append))

    assert ignored_after(a_spec(), digests[0]) == ("agentPoolProfiles",), "the autoscaler's counts are no edit"
    assert ignored_after(a_spec(tags={"team": "vision"}), digests[0]) == (), "an edit sends our pool alone"
    assert ignored_after(a_spec(nodePools=lambda pools: pools[:1]), digests[0]) == ("agentPoolProfiles",), (
        "pools are resources of their own"
    )


def test_a_system_pool_without_zones_names_none() -> None:
    assert "availabilityZones" not in system_pool(sizedFor="trial")


def test_the_system_pool_is_upgraded_with_nodes_added() -> None:
    settings = system_pool()["upgradeSettings"]

    assert settings["maxSurge"] == "33%"
    assert "maxUnavailable" not in settings, "AKS refuses it on a system pool"
    assert settings["undrainableNodeBehavior"] == "Cordon"
