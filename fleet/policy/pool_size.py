"""A pool that grows by itself has an end."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Json, Step
from fleet.policy.inputs import CLUSTER, POOL, UNKNOWN, at, pools
from fleet.policy.rule import Planned, Rule

MOST_NODES = 1000
"""Nodes of one pool (AKS best-practices-performance-scale-large, read 2026-11)."""


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    for where, pool in pools(step, planned):
        scales = at(pool, "enableAutoScaling")
        most, least = at(pool, "maxCount"), at(pool, "minCount") or 0
        if scales is True and most != UNKNOWN:
            if not isinstance(most, int | float) or not 1 <= most <= MOST_NODES:
                yield (
                    f"{where}maxCount is {most}, so that nothing of ours bounds what a job can cost: name 1 to "
                    f"{MOST_NODES} nodes in nodePools[].maxCount"
                )
            elif least != UNKNOWN and least > most:
                yield f"{where}minCount {least} is more than maxCount {most}, which AKS refuses: lower it in nodePools"
        yield from _system(where, pool)


def _system(where: str, pool: Json) -> Iterator[str]:
    count = at(pool, "count")
    if at(pool, "mode") == "System" and isinstance(count, int | float) and count < 2:  # noqa: PLR2004 - one can fail
        yield (
            f"{where}count is {count} on the system pool, so that one failed node takes DNS and the operator with it: "
            "make it 2 or more in catalog/sizing.py"
        )


RULE = Rule(
    id="pool-size",
    severity="error",
    source="PSRule Azure.AKS.MinNodeCount; AKS best-practices-performance-scale-large (azure-aks-docs, read 2026-11)",
    types=(CLUSTER, POOL),
    broken=_broken,
)
