"""Which cluster a provider instance speaks to, whether it answers, and where its pods may run.

Owns the way from a provider's configuration to a simulated AKS cluster. Refuses to know objects.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulator.standins.azure import lookup
from simulator.standins.azure.pools import SPOT_TAINT
from simulator.standins.refusal import Refused
from simulator.standins.rules import Ask
from simulator.world import Record

Json = dict[str, Any]


def cluster_key(ask: Ask) -> str:
    """Key of the cluster that the provider is configured for; objects lie below it and go when it goes."""
    if identifier := ask.settings.get("clusterIdentifier"):
        return str(identifier).lower()
    kubeconfig = str(ask.settings.get("kubeconfig", ""))
    for cluster in ask.world.records(provider="azure-native", type_suffix=":ManagedCluster"):
        if cluster.outputs["fqdn"] in kubeconfig:
            return cluster.key
    return "no cluster"


def cluster_of(ask: Ask) -> Record:
    """The cluster, where it is there and answers at the address of the kubeconfig.

    Raises:
        Refused: in the provider's words for an API server that cannot be reached.
    """
    cluster, kubeconfig = ask.world.get(cluster_key(ask)), str(ask.settings.get("kubeconfig", ""))
    if cluster is None or (kubeconfig and cluster.outputs["fqdn"] not in kubeconfig):
        raise Refused(
            "configured Kubernetes cluster is unreachable: unable to load schema information from the API server: "
            f"no such host (cluster {cluster_key(ask)})"
        )
    return cluster


def refuse_stranger(cluster: Record, ask: Ask) -> None:
    """With Entra alone deciding, somebody must have been made an administrator of the cluster."""
    entra: Json = cluster.inputs.get("aadProfile", {})
    admins = lookup.grants(ask.world, (lookup.KUBERNETES_CLUSTER_ADMIN,), cluster.id)
    if entra.get("enableAzureRBAC") and not any(admins):
        raise Refused(
            f'{ask.type} "{ask.name}" is forbidden: User does not have access to the resource in Azure. '
            "Update role assignment to allow access."
        )


def pool_taints(cluster: Record, ask: Ask) -> dict[str, list[str]]:
    """Name of each pool that has or may get nodes, to its taints as `key=value:Effect`."""
    taints: dict[str, list[str]] = {}
    for pool in lookup.pools_of(ask.world, cluster):
        if pool.get("maxCount", pool.get("count", 0)) > 0:
            spot = [SPOT_TAINT] if pool.get("scaleSetPriority") == "Spot" else []
            taints[pool["name"]] = sorted({*pool.get("nodeTaints", []), *spot})
    return taints


def tolerated(taint: str, tolerations: Iterable[Json]) -> bool:
    """Whether any toleration covers a taint, by Kubernetes' own rules; a PreferNoSchedule taint keeps nobody off."""
    pair, _, effect = taint.rpartition(":")
    key, _, value = pair.partition("=")
    return effect == "PreferNoSchedule" or any(
        row.get("effect", effect) in (effect, "")
        and row.get("key", "") in (key, *([""] if row.get("operator") == "Exists" else []))
        and (row.get("operator") == "Exists" or row.get("value", "") == value)
        for row in tolerations
    )


def pending_because(cluster: Record, ask: Ask, tolerations: list[Json]) -> str:
    """Why pods with these tolerations would find no node, in the scheduler's manner; empty where they find one."""
    why: list[str] = []
    for pool, taints in pool_taints(cluster, ask).items():
        untolerated = [taint for taint in taints if not tolerated(taint, tolerations)]
        if not untolerated:
            return ""
        why.append(f"pool {pool} has untolerated taint {untolerated[0]}")
    return f"0 of {len(why)} node pools are available: {'; '.join(why) or 'there are none'}"
