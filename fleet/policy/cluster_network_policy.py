"""Something enforces network policies."""

from __future__ import annotations

from fleet.policy.inputs import CLUSTER, Demand, demands
from fleet.policy.rule import Rule

RULE = Rule(
    id="cluster-network-policy",
    severity="error",
    source="CKV_AZURE_7, CKV2_AZURE_29; AZU-0043; PSRule Azure.AKS.NetworkPolicy; CIS AKS 5.4.4",
    types=(CLUSTER,),
    broken=demands(
        Demand(
            path="networkProfile.networkPolicy",
            allowed=("azure", "calico", "cilium"),
            why="every pod may connect to every other, whatever the network policies in the cluster say",
            remedy="name an engine in components/cluster.py",
        )
    ),
)
