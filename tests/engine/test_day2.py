"""What each edit of a stack file makes the engine do: exactly the steps that we document, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from engine.deployment import Change, Deployment

from simulator.standins import drift

Settings = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """An edit of westus3's file, and the steps that it must cause."""

    change: Callable[[Settings], Any]
    causes: set[Change]


def update(*names: str) -> set[Change]:
    return {("update", name) for name in names}


def replace(*names: str) -> set[Change]:
    return {("replace", name) for name in names}


A100 = {"name": "a100", "vmSize": "Standard_NC24ads_A100_v4", "maxCount": 4, "zones": ["1"]}
RELEASE = update("Release westus3-operator")
CLUSTER = update("ManagedCluster westus3-cluster", "Stash westus3-cluster-declared")
TAGGED = update(
    "ResourceGroup westus3-group",
    "ResourceGroup westus3-data-group",
    "VirtualNetwork westus3-network",
    "NetworkSecurityGroup westus3-inbound",
    "PublicIPPrefix westus3-nat-prefix",
    "NatGateway westus3-nat",
    "AgentPool westus3-cpu",
    "AgentPool westus3-h200",
    "UserAssignedIdentity westus3-identity",
    "UserAssignedIdentity westus3-cluster-identity",
    "StorageAccount westus3-data",
).union(CLUSTER)

EDITS = {
    "one GPU pool more": Edit(lambda s: s["nodePools"].append(A100), {("create", "AgentPool westus3-a100"), *RELEASE}),
    "one GPU pool less": Edit(
        lambda s: s["nodePools"].pop(1),
        {
            ("delete", "AgentPool westus3-h200"),
            ("delete", "NvidiaDevicePlugin westus3"),
            ("delete", "Namespace westus3-device-plugin-namespace"),
            ("delete", "Release westus3-device-plugin"),
            ("delete", "NetworkPolicy westus3-nvidia-device-plugin-deny-ingress"),
            *RELEASE,
        },
    ),
    "other bounds, labels and taints of a pool": Edit(
        lambda s: s["nodePools"][0].update(
            minCount=1, maxCount=60, labels={"team": "vision"}, taints=["team=vision:NoSchedule"]
        ),
        update("AgentPool westus3-cpu"),
    ),
    "a tag": Edit(lambda s: s.update(tags={"team": "vision"}), TAGGED),
    "another mount option": Edit(
        lambda s: s.update(storage={"mounts": [{"name": "checkpoints", "profile": "read-write"}]}),
        update("PersistentVolume westus3-checkpoints-volume"),
    ),
    "another chart version": Edit(
        lambda s: s["anyscale"].update(chartVersion="1.7.2"),
        RELEASE | update("OperatorReady westus3-operator-ready"),
    ),
    "a longer retention": Edit(
        lambda s: s.update(storage={"retention": {"blobDays": 30}}),
        update("BlobServiceProperties westus3-data-blobs"),
    ),
    "one range more for the API server": Edit(
        lambda s: s["network"]["apiServerClients"].append("198.51.100.0/24"), CLUSTER
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_causes_these_steps_and_no_other(deployed: Deployment, edit: Edit) -> None:
    deployed.edit("westus3", edit.change)

    assert deployed.preview("westus3").changes == edit.causes


def test_another_kubernetes_minor_updates_the_cluster_and_nothing_else(fresh: Deployment) -> None:
    fresh.edit("eastus", lambda s: s["cluster"].update(kubernetesVersion="1.35"))
    fresh.up("eastus")
    fresh.edit("eastus", lambda s: s["cluster"].update(kubernetesVersion="1.36"))

    assert fresh.preview("eastus").changes == update("ManagedCluster eastus-cluster", "Stash eastus-cluster-declared")


def test_a_raised_maximum_leaves_alone_the_count_that_the_autoscaler_set(deployed: Deployment) -> None:
    pool = deployed.only("AgentPool", "cpu", stack="westus3")
    drift.autoscale(deployed.world, pool.key, 7)
    deployed.edit("westus3", lambda s: s["nodePools"][0].update(maxCount=60))

    deployed.up("westus3")

    after = deployed.only("AgentPool", "cpu", stack="westus3").outputs
    assert (after["count"], after["maxCount"]) == (7, 60), "a count sent back would drain nodes under running jobs"


REPLACING = {
    "a pool in other zones, another with larger disks": Edit(
        lambda s: (s["nodePools"][0].update(zones=["1"]), s["nodePools"][1].update(osDiskGib=512)),
        replace("AgentPool westus3-cpu", "AgentPool westus3-h200"),
    ),
    "spot in place of regular nodes, another VM size": Edit(
        lambda s: (
            s["nodePools"][0].update(spot=True),
            s["nodePools"][1].update(vmSize="Standard_ND96isr_H100_v5", zones=[]),
        ),
        replace("AgentPool westus3-cpu", "AgentPool westus3-h200") | RELEASE,
    ),
    "a mount that can only be read": Edit(
        lambda s: s.update(storage={"mounts": [{"name": "checkpoints", "readOnly": True}]}),
        replace(
            "PersistentVolume westus3-checkpoints-volume",
            "PersistentVolumeClaim westus3-checkpoints",
            "RoleAssignment westus3-checkpoints-grant",
        ),
    ),
}


@pytest.mark.parametrize("edit", REPLACING.values(), ids=REPLACING)
def test_what_cannot_change_in_place_is_replaced_and_nothing_else(deployed: Deployment, edit: Edit) -> None:
    deployed.edit("westus3", edit.change)

    assert deployed.preview("westus3").changes == edit.causes


FIXED = {
    "another region": (
        lambda s: s.update(location="eastus2", nodePools=s["nodePools"][:1]),
        "azure-native:location: eastus2 where westus3",
    ),
    "other pod addresses": (
        lambda s: s["network"].update(podAddresses="10.200.0.0/16"),
        "network.podAddresses: 10.200.0.0/16 where 10.244.0.0/16",
    ),
    "another size": (lambda s: s.update(sizedFor="trial"), "sizedFor: trial where many-jobs is deployed"),
    "another address space": (
        lambda s: s["network"].update(addressSpace="10.77.0.0/16"),
        "network: 10.77.0.0/16 where 10.20.0.0/16 is deployed",
    ),
    "another container behind a mount": (
        lambda s: s.update(storage={"mounts": [{"name": "checkpoints", "container": "elsewhere"}]}),
        "/checkpoints, which this stack owns, and what it holds is protected",
    ),
}


@pytest.mark.parametrize(("change", "said"), FIXED.values(), ids=FIXED)
def test_what_azure_would_refuse_half_way_is_refused_before_anything_is_touched(
    deployed: Deployment, change: Callable[[Settings], Any], said: str
) -> None:
    before = deployed.writes()
    deployed.edit("westus3", change)

    done = deployed.up("westus3", check=False)

    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert deployed.writes() == before, "nothing is begun that cannot be ended"


def test_a_pool_whose_zones_change_is_taken_away_before_it_is_made_anew(deployed: Deployment) -> None:
    deployed.edit("westus3", lambda s: s["nodePools"][0].update(zones=["1"]))

    deployed.up("westus3")

    assert deployed.only("AgentPool", "cpu", stack="westus3").outputs["availabilityZones"] == ["1"]
    assert deployed.preview("westus3").changes == set()


def test_an_edit_of_the_cluster_passes_while_the_autoscaler_works(deployed: Deployment) -> None:
    drift.autoscale(deployed.world, deployed.only("AgentPool", "cpu", stack="westus3").key, 7)
    deployed.edit("westus3", lambda s: s.update(tags={"team": "vision"}))

    deployed.up("westus3")

    drift.autoscale(deployed.world, deployed.only("AgentPool", "cpu", stack="westus3").key, 9)
    assert deployed.preview("westus3", "--refresh").changes == set(), "the list of pools is AKS's again"


def test_an_edit_that_a_targeted_up_left_out_reaches_the_cluster_later(deployed: Deployment) -> None:
    drift.autoscale(deployed.world, deployed.only("AgentPool", "cpu", stack="westus3").key, 7)
    deployed.edit("westus3", lambda s: s.update(tags={"team": "vision"}))
    deployed.up("westus3", "--target", "**westus3-group")
    assert deployed.only("ResourceGroup", "rg-ray-westus3").outputs["tags"]["team"] == "vision", "the target is reached"

    deployed.up("westus3")  # AKS refuses its own list of pools in an edit

    assert deployed.only("ManagedCluster", "aks-ray-westus3").outputs["tags"]["team"] == "vision"
    assert deployed.preview("westus3").changes == set()


def test_an_edit_leaves_an_autoscaled_system_pool_as_large_as_it_is(fresh: Deployment) -> None:
    fresh.edit("eastus", lambda s: s.update(sizedFor="one-giant-job"))
    fresh.up("eastus")
    drift.autoscale_inline(fresh.world, fresh.only("ManagedCluster", "aks-ray-eastus").key, "system", 7)
    assert fresh.preview("eastus").changes == set()
    fresh.edit("eastus", lambda s: s.update(tags={"team": "vision"}))

    fresh.up("eastus")

    after = fresh.only("ManagedCluster", "aks-ray-eastus").outputs
    assert [pool["count"] for pool in after["agentPoolProfiles"] if pool["name"] == "system"] == [7]
    assert after["tags"]["team"] == "vision"
