"""Pods prove who they are with their own token."""

from __future__ import annotations

from fleet.policy.inputs import CLUSTER, Demand, demands
from fleet.policy.rule import Rule

_WHY, _REMEDY = "pods would need a stored secret to reach data and Anyscale", "set it back in components/cluster.py"

RULE = Rule(
    id="cluster-workload-identity",
    severity="error",
    source="Azure Policy AKS_WorkloadIdentity",
    types=(CLUSTER,),
    broken=demands(
        Demand(path="oidcIssuerProfile.enabled", allowed=(True,), why=_WHY, remedy=_REMEDY),
        Demand(path="securityProfile.workloadIdentity.enabled", allowed=(True,), why=_WHY, remedy=_REMEDY),
    ),
)
