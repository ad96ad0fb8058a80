"""The dear nodes and the system's are kept for those who ask for them."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.vm_sizes import VM_SIZES
from fleet.engine.steps import Json, Step
from fleet.policy.inputs import CLUSTER, POOL, UNKNOWN, at, many, pools
from fleet.policy.rule import Planned, Rule

_SYSTEM, _GPU = "CriticalAddonsOnly", "nvidia.com/gpu"


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    for where, pool in pools(step, planned):
        if UNKNOWN in (at(pool, "nodeTaints") or ()):  # as one of them, or in place of all
            continue
        keys = {taint.partition("=")[0] for taint in many(pool, "nodeTaints") if str(taint).endswith(":NoSchedule")}
        if at(pool, "mode") == "System" and _SYSTEM not in keys:
            yield (
                f"{where}nodeTaints lacks {_SYSTEM}=true:NoSchedule on a system pool, so that a Ray job can starve "
                "what the cluster runs on: set it back in components/cluster.py"
            )
        if _has_gpu(pool) and _GPU not in keys:
            yield (
                f"{where}nodeTaints lacks {_GPU}=...:NoSchedule on {pool['vmSize']}, so that pods without need of a "
                "GPU hold its nodes: set it back in stack/pools.py"
            )


def _has_gpu(pool: Json) -> bool:
    name = str(pool.get("vmSize"))
    size = VM_SIZES.get(name)
    return bool(size.gpu) if size else name.startswith(("Standard_NC", "Standard_ND", "Standard_NV"))


RULE = Rule(
    id="pool-taints",
    severity="error",
    source="CKV_AZURE_232; AKS use-nvidia-gpu and use-system-pools (azure-aks-docs, read 2026-08)",
    types=(CLUSTER, POOL),
    broken=_broken,
)
