"""What is already in the simulated Azure: by id, by reference, by grant.

Owns how existing things are found. Refuses to judge: the rows of each service do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from simulator.standins.azure.kind import at, key_of, last_name, parent_of
from simulator.world import Record, World

Json = dict[str, Any]

NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
KUBERNETES_CLUSTER_ADMIN = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"

_INLINE = {"subnets": "subnets", "agentpools": "agentPoolProfiles"}
"""Child collection in an id to the list of its parent's properties in which a child may be declared."""
_IMPLIED = ("/blobservices/default", "/fileservices/default", "/queueservices/default", "/tableservices/default")
"""What every storage account has from birth."""


def properties_of(world: World, id: str) -> Json | None:
    """Live properties of what has this id, declared by itself or inline in its parent; None where there is nothing."""
    key = key_of(id)
    if record := world.get(key):
        return record.outputs
    parent = world.get(key_of(parent_of(id)))
    if not parent:
        return None
    if key.endswith(_IMPLIED):
        return {}
    collection, _, name = key.removeprefix(f"{parent.key}/").partition("/")
    rows = parent.outputs.get(_INLINE.get(collection, ""), [])
    return next((row for row in rows if str(row.get("name")).lower() == name), None)


def holds_role(world: World, principal: str, roles: Collection[str], on: str) -> bool:
    """Whether a principal holds one of the roles on an id or on anything around it."""
    return any(principal == grant.inputs["principalId"] for grant in grants(world, roles, on))


def grants(world: World, roles: Collection[str], on: str) -> Iterator[Record]:
    """Assignments of one of the roles whose scope covers an id."""
    for grant in world.records(provider="azure-native", type_suffix=":authorization:RoleAssignment"):
        covers = f"{key_of(on)}/".startswith(f"{key_of(grant.inputs['scope'])}/")
        if covers and last_name(grant.inputs["roleDefinitionId"]).lower() in roles:
            yield grant


def pools_of(world: World, cluster: Record) -> list[Json]:
    """Node pools of a cluster, inline ones and separate ones."""
    return [*inline_pools(cluster), *separate_pools(world, cluster.key)]


def inline_pools(cluster: Record | None) -> list[Json]:
    """Node pools that were made with a cluster; none where there is no cluster."""
    return cluster.outputs.get("agentPoolProfiles", []) if cluster else []


def separate_pools(world: World, cluster: str) -> list[Json]:
    """Node pools that are resources of their own, of the cluster with this key."""
    pools = world.records(provider="azure-native", type_suffix=":containerservice:AgentPool")
    return [pool.outputs for pool in pools if pool.key.startswith(f"{cluster}/")]


def identity_principal(world: World, inputs: Json) -> str:
    """Principal id of the user-assigned identity that inputs name; empty where they name none."""
    for id in at(inputs, "identity.userAssignedIdentities") or ():
        identity = world.get(key_of(id))
        if identity:
            return identity.outputs["principalId"]
    return ""
