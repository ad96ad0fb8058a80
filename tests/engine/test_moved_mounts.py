"""A mount that moves to another container or home: its claim goes before its volume and comes after it, data stay."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from engine.deployment import Change, Deployment
from engine.sweep import in_state, in_world

from simulator.standins import Fault, Faults

MADE_ANEW = [
    ("delete", "PersistentVolumeClaim"),
    ("delete", "PersistentVolume"),
    ("create", "PersistentVolume"),
    ("create", "PersistentVolumeClaim"),
]
"""Kubernetes lets no volume go while a claim is bound to it, and binds no claim without its volume."""


def move(deployment: Deployment, *mounts: dict[str, Any], lifecycle: str = "retiring") -> None:
    """Ask other mounts of westus3; let go only of what is not protected."""
    deployment.edit("westus3", lambda s: s.update(storage={"mounts": list(mounts)}, lifecycle=lifecycle))


def replaced(*mounts: str) -> set[Change]:
    volumes = {("replace", f"PersistentVolume westus3-{mount}-volume") for mount in mounts}
    return volumes | {("replace", f"PersistentVolumeClaim westus3-{mount}") for mount in mounts}


def replacements(deployment: Deployment) -> set[Change]:
    return {change for change in deployment.preview("westus3").changes if change[0] == "replace"}


def written(deployment: Deployment, mount: str, *, since: int) -> list[Change]:
    """What was done to volume and claim of a mount, in that order."""
    kinds = ("PersistentVolume", "PersistentVolumeClaim")
    calls = [(call, call.type.rpartition(":")[2]) for call in deployment.world.journal[since:] if call.done]
    return [(call.operation, kind) for call, kind in calls if kind in kinds and call.key.endswith(f"/{mount}")]


def attributes(deployment: Deployment, mount: str) -> dict[str, str]:
    """Where a mount's volume finds its data."""
    return deployment.only("PersistentVolume", mount, stack="westus3").inputs["spec"]["csi"]["volumeAttributes"]


def test_mounts_are_let_go_in_two_steps_and_their_data_stay(deployed: Deployment) -> None:
    deployed.edit("westus3", lambda s: s.update(lifecycle="retiring"))
    deployed.up("westus3")
    move(deployed, {"name": "checkpoints", "container": "later"}, {"name": "blob-fuse2", "container": "elsewhere"})
    moved = [("checkpoints", "checkpoints", "later"), ("blob-fuse2", "cluster-storage", "elsewhere")]
    containers = {("delete", f"BlobContainer westus3-{old}") for _, old, _ in moved}
    containers |= {("create", f"BlobContainer westus3-{new}") for _, _, new in moved}
    grants = {(operation, name.replace("BlobContainer", "RoleAssignment") + "-grant") for operation, name in containers}
    storage_class = ("replace", "StorageClass westus3-storage-class")
    assert deployed.preview("westus3").changes == {
        *containers,
        *grants,
        *replaced("checkpoints", "blob-fuse2"),
        storage_class,
    }

    before = deployed.writes()
    deployed.up("westus3")

    for mount, _, new in moved:
        assert written(deployed, mount, since=before) == MADE_ANEW
        assert attributes(deployed, mount)["containerName"] == new
    made = deployed.only("StorageClass", "blob-fuse2", stack="westus3")
    assert made.inputs["parameters"] == attributes(deployed, "blob-fuse2"), "users' claims follow the mount"
    left = in_world(deployed, "westus3") ^ in_state(deployed, "westus3").keys()
    assert sorted(id.rpartition("/")[2] for _, id in left) == ["checkpoints", "cluster-storage"], "the data alone stay"
    deployed.edit("westus3", lambda s: s.update(lifecycle="protected"))
    deployed.up("westus3")
    assert deployed.preview("westus3").changes == set()


def test_a_mount_moves_to_the_region_s_own_account_and_back_to_the_primary_s(deployed: Deployment) -> None:
    shared = attributes(deployed, "datasets")["storageAccount"]
    for mounts, is_shared in (([{"name": "datasets", "home": "region"}], False), ([], True)):
        move(deployed, *mounts)
        assert replacements(deployed) == replaced("datasets")

        before = deployed.writes()
        deployed.up("westus3")

        assert written(deployed, "datasets", since=before) == MADE_ANEW
        assert (attributes(deployed, "datasets")["storageAccount"] == shared) is is_shared
        claim = deployed.only("PersistentVolumeClaim", "datasets", stack="westus3").inputs
        assert claim["spec"]["accessModes"] == ["ReadOnlyMany" if is_shared else "ReadWriteMany"]
    assert deployed.preview("westus3").changes == set()


def test_a_claim_that_pods_hold_stops_the_move_and_the_next_up_goes_on(both_regions: Path, tmp_path: Path) -> None:
    held = Fault(type_suffix=":PersistentVolumeClaim", operation="delete", error="timed out waiting for the condition")
    copy = Path(shutil.copytree(both_regions, tmp_path / "own", symlinks=True))
    with Deployment.at(copy, faults=Faults(held)) as deployment:
        home = attributes(deployment, "datasets")
        move(deployment, {"name": "datasets", "home": "region"})

        stopped, before = deployment.up("westus3", check=False), deployment.writes()

        assert stopped.returncode != 0
        assert attributes(deployment, "datasets") == home, "the volume is not touched"
        claim = deployment.only("PersistentVolumeClaim", "datasets", stack="westus3")
        deployment.world.remove(claim.key)  # the pods have ended, and what was asked before is done
        deployment.up("westus3")
        assert written(deployment, "datasets", since=before) == MADE_ANEW[1:]
        assert deployment.preview("westus3").changes == set()
