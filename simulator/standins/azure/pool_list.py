"""The list of node pools in a cluster, where pools that are resources of their own stand too.

Sources: azure-native issues 1532, 1686 and 2719, AKS issue 4765 (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from simulator.standins.azure import lookup
from simulator.standins.azure.kind import Made
from simulator.standins.refusal import azure
from simulator.standins.rules import Ask, Place
from simulator.world import Record, World

Json = dict[str, Any]

_FIXED = (
    "vmSize", "availabilityZones", "osDiskType", "osDiskSizeGB", "maxPods", "vnetSubnetID", "scaleSetPriority",
    "scaleSetEvictionPolicy", "kubeletDiskType", "enableNodePublicIP",
)  # fmt: skip
"""What AKS takes only at a pool's creation."""


def every_pool(world: World, cluster: Record) -> Json:
    """AKS lists every pool in the cluster, whoever made it; what a resource has as such is no part of its profile."""
    own = {"id", "type", "azureApiVersion"}
    separate = lookup.separate_pools(world, cluster.key)
    profiles = [{k: v for k, v in pool.items() if k not in own} for pool in separate]
    return {"agentPoolProfiles": [*lookup.inline_pools(cluster), *profiles]}


def keep_inline(made: Made, answer: Json) -> None:
    """Of a list that names every pool only the inline ones are the cluster's own."""
    separate = {pool["name"] for pool in lookup.separate_pools(made.ask.world, made.place.key)}
    listed: list[Json] = answer["agentPoolProfiles"]
    answer["agentPoolProfiles"] = inline = [pool for pool in listed if pool.get("name") not in separate]
    versions = {pool["name"]: pool["orchestratorVersion"] for pool in lookup.inline_pools(made.live)}
    for pool in inline:
        pool.setdefault("orchestratorVersion", versions.get(pool["name"], answer["kubernetesVersion"]))


def refuse_list(ask: Ask, place: Place, live: Record) -> None:
    """What the list may say of a cluster that runs: nothing new, nothing fixed, and all versions or none."""
    running = {pool["name"]: pool for pool in lookup.pools_of(ask.world, live)}
    listed: dict[str, Json] = {pool["name"]: pool for pool in ask.inputs.get("agentPoolProfiles", [])}
    for name, pool in listed.items():
        if name not in running:
            message = f"A new agent pool was introduced: {name}. Pools are added by per agent pool operations."
            raise azure(400, "BadRequest", message)
        refuse_fixed(name, pool, running[name])
        refuse_size(name, pool, running[name])
    _refuse_versions(ask, listed, running)


def refuse_fixed(name: str, asked: Json, running: Json) -> None:
    """What AKS takes only at a pool's creation stays as it is."""
    moved = sorted(trait for trait in _FIXED if asked.get(trait, running.get(trait)) != running.get(trait))
    if moved:
        raise azure(400, "PropertyChangeNotAllowed", f"Pool {name}: {', '.join(moved)} cannot be changed.")


def refuse_size(name: str, asked: Json, running: Json) -> None:
    """While the autoscaler rules a pool, nobody else sets its size (facts: real-azure 17)."""
    count, has = asked.get("count"), running.get("count")
    if running.get("enableAutoScaling") and asked.get("enableAutoScaling") and count not in (None, has):
        message = f"Pool {name} is autoscaled and has {has} nodes; it cannot be set to {count}."
        raise azure(409, "OperationNotAllowed", message)


def _refuse_versions(ask: Ask, listed: dict[str, Json], running: dict[str, Json]) -> None:
    """A pool that the list leaves out counts as one without a version."""
    asked = {name: listed.get(name, {}).get("orchestratorVersion") for name in running}
    fine = [version in (running[name]["orchestratorVersion"], ask.inputs.get("kubernetesVersion"))
            for name, version in asked.items()]  # fmt: skip
    if any(asked.values()) and not all(fine):
        message = "All agent pools' OrchestratorVersion must be all specified or all unspecified, and unchanged."
        raise azure(400, "NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged", message)
