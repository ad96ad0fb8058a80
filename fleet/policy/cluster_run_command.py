"""Nobody reaches the API server around its ranges."""

from __future__ import annotations

from fleet.policy.inputs import CLUSTER, Demand, demands
from fleet.policy.rule import Rule

RULE = Rule(
    id="cluster-run-command",
    severity="error",
    source="Azure Policy AKS_DisableRunCommand",
    types=(CLUSTER,),
    broken=demands(
        Demand(
            path="apiServerAccessProfile.disableRunCommand",
            allowed=(True,),
            why="`az aks command invoke` runs commands in the cluster from anywhere, past network.apiServerClients",
            remedy="set it back in components/cluster.py",
        )
    ),
)
