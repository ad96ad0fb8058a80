"""Whoever enters the cluster is known to Entra."""

from __future__ import annotations

from fleet.policy.inputs import CLUSTER, Demand, demands
from fleet.policy.rule import Rule

_BACK = "set it back in components/cluster.py"

RULE = Rule(
    id="cluster-sign-in",
    severity="error",
    source="CKV_AZURE_5, CKV_AZURE_141; PSRule Azure.AKS.ManagedAAD, Azure.AKS.AzureRBAC, Azure.AKS.LocalAccounts",
    types=(CLUSTER,),
    broken=demands(
        Demand(
            path="disableLocalAccounts",
            allowed=(True,),
            why="a kubeconfig that nobody can revoke opens the cluster to whoever holds it",
            remedy=_BACK,
        ),
        Demand(path="aadProfile.managed", allowed=(True,), why="people sign in without Entra", remedy=_BACK),
        Demand(
            path="aadProfile.enableAzureRBAC",
            allowed=(True,),
            why="cluster.admins are no administrators, and grants inside the cluster are seen nowhere else",
            remedy=_BACK,
        ),
        Demand(
            path="enableRBAC",
            allowed=(True, None),  # AKS turns it on by itself
            why="everybody who enters may do everything",
            remedy=_BACK,
        ),
    ),
)
