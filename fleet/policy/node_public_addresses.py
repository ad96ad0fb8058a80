"""No node has an address of its own on the internet."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import CLUSTER, POOL, Demand, pools
from fleet.policy.rule import Planned, Rule

_DEMAND = Demand(
    path="enableNodePublicIP",
    allowed=(False, None),
    why="each node can be reached from the internet, and goes out past the NAT gateway",
    remedy="set it back in components/node_pools.py",
)


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    for where, pool in pools(step, planned):
        yield from _DEMAND.unmet(pool, where)


RULE = Rule(
    id="node-public-addresses",
    severity="error",
    source="CKV_AZURE_143; CIS AKS 5.4.3",
    types=(CLUSTER, POOL),
    broken=_broken,
)
