"""Volumes are opened by the pod's own token, and their deletion deletes no data."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Json, Step
from fleet.policy.inputs import UNKNOWN, Demand, at
from fleet.policy.rule import Planned, Rule

_VOLUME, _CLASS = "kubernetes:core/v1:PersistentVolume", "kubernetes:storage.k8s.io/v1:StorageClass"
_DRIVER, _HERE = "blob.csi.azure.com", "in components/mounts.py"
_KEPT = Demand(
    path="reclaim",
    allowed=("Retain", UNKNOWN),
    why="data go with a claim that somebody deletes",
    remedy=f"set the reclaim policy to Retain {_HERE}",
)
_BY_TOKEN = Demand(
    path="mountWithWorkloadIdentityToken",
    allowed=("true", UNKNOWN),
    why="the driver asks for an account key, which is off",
    remedy=f"set it back {_HERE}",
)


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    inputs, volume = step.new_inputs, step.type == _VOLUME
    if at(inputs, "spec.csi.driver" if volume else "provisioner") != _DRIVER:
        return
    yield from _KEPT.unmet({"reclaim": at(inputs, "spec.persistentVolumeReclaimPolicy" if volume else "reclaimPolicy")})
    attributes = at(inputs, "spec.csi.volumeAttributes" if volume else "parameters")
    if attributes != UNKNOWN:
        yield from _BY_TOKEN.unmet(attributes or {})
    yield from _handle(inputs)


def _handle(inputs: Json) -> Iterator[str]:
    if "#" in str(at(inputs, "spec.csi.volumeHandle")):
        yield (
            "volumeHandle has a #, so that the driver takes it apart there and may delete the container it reads: "
            f"leave it out {_HERE}"
        )


RULE = Rule(
    id="volumes",
    severity="error",
    source="blob-csi-driver: workload-identity-static-pv-mount; Kubernetes: reclaim policies",
    types=(_VOLUME, _CLASS),
    broken=_broken,
)
