"""What happens in the clouds behind the program's back, for tests of refresh and drift.

Owns changes that nobody asked the provider for. They are not in the journal: no program wrote them.
"""

from __future__ import annotations

import copy
from typing import Any

from simulator.standins.azure.containerservice import PATCHES, minor_of
from simulator.standins.azure.kind import key_of, put_at
from simulator.standins.azure.lookup import inline_pools
from simulator.standins.azure.pools import SPOT_TAINT
from simulator.world import Record, World


def changed(world: World, key: str, path: str, value: Any, *, only_outputs: bool = False) -> Record:
    """Set a property of something that exists, as somebody in the portal would.

    Args:
        key: id (any case) or key of it.
        path: dotted path of the property; what holds it must be there.
        only_outputs: the cloud itself changed it, and nobody can set it.

    Raises:
        KeyError: there is no such thing, or nothing to hold the property.
    """
    with world.lock:
        live = world.get(key_of(key))
        if live is None:
            raise KeyError(key)
        live = copy.deepcopy(live)
        for values in (live.outputs,) if only_outputs else (live.inputs, live.outputs):
            if not put_at(values, path, value):
                raise KeyError(f"{key}: {path}")
        world.put(live)
        return live


def autoscale(world: World, pool_key: str, count: int) -> None:
    """The autoscaler has set the size of a pool."""
    changed(world, pool_key, "count", count)


def autoscale_inline(world: World, cluster_key: str, pool: str, count: int) -> None:
    """The autoscaler has set the size of a pool that stands in the cluster itself."""
    live = world.get(key_of(cluster_key))
    if live is None:
        raise KeyError(cluster_key)
    resized = [{**each, "count": count if each["name"] == pool else each["count"]} for each in inline_pools(live)]
    changed(world, cluster_key, "agentPoolProfiles", resized)


def patch_upgrade(world: World, cluster: str) -> None:
    """The upgrade channel has brought the newest patch of the cluster's minor version."""
    live = world.get(key_of(cluster))
    if live is None:
        raise KeyError(cluster)
    major_minor, _, patch = live.outputs["currentKubernetesVersion"].rpartition(".")
    newest = PATCHES[minor_of(major_minor)] if PATCHES[major_minor] != f"{major_minor}.{patch}" else ""
    newer = newest or f"{major_minor}.{int(patch) + 1}"
    changed(world, cluster, "currentKubernetesVersion", newer, only_outputs=True)


def azure_adds_taint(world: World, pool_key: str, taint: str = SPOT_TAINT) -> None:
    """AKS has put its own taint on a pool, and the label of the same name."""
    live = world.get(key_of(pool_key))
    if live is None:
        raise KeyError(pool_key)
    key, _, value = taint.rpartition(":")[0].partition("=")
    taints, labels = live.outputs.get("nodeTaints", []), live.outputs.get("nodeLabels", {})
    changed(world, pool_key, "nodeTaints", [*(t for t in taints if t != taint), taint], only_outputs=True)
    changed(world, pool_key, "nodeLabels", {**labels, key: value}, only_outputs=True)


def somebody_deletes(world: World, key: str) -> None:
    """Somebody has deleted a thing, and what was below it."""
    for record in list(world.records()):
        if f"{record.key}/".startswith(f"{key_of(key)}/"):
            world.remove(record.key)


def was_there_before(world: World, record: Record) -> None:
    """Something that exists before any stack: a network that the user brings."""
    world.put(record)
