"""The operator and Ray's pods may do no more than they need."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.charts import ANYSCALE_OPERATOR
from fleet.engine.steps import Step
from fleet.policy.inputs import RELEASE, Demand, at
from fleet.policy.rule import Planned, Rule

_BACK = "set it back in components/operator_values.py"
_DEMANDS = (
    Demand(
        path="values.operator.securityContext.runAsNonRoot", allowed=(True,), why="the operator is root", remedy=_BACK
    ),
    Demand(
        path="values.operator.securityContext.seccompProfile.type",
        allowed=("RuntimeDefault", "Localhost"),
        why="the operator may call everything of the kernel",
        remedy=_BACK,
    ),
    Demand(
        path="values.workloads.enableCrossNamespaceResourceManagement",
        allowed=(False,),
        why="the operator rules the whole cluster instead of its namespace",
        remedy=_BACK,
    ),
    Demand(
        path="values.workloads.enableProcessTracing",
        allowed=(False,),
        why="every Ray container may look into other processes (SYS_PTRACE)",
        remedy=_BACK,
    ),
)


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    if at(step.new_inputs, "chart") == ANYSCALE_OPERATOR.name:
        for demand in _DEMANDS:
            yield from demand.unmet(step.new_inputs)


RULE = Rule(
    id="operator-privileges",
    severity="error",
    source="CKV_K8S_23, CKV_K8S_29, CKV_K8S_31, CKV2_K8S_5; CIS AKS 4.1.2",
    types=(RELEASE,),
    broken=_broken,
)
