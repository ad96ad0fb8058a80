"""Who refers to what: a thing in use can neither be deleted nor be changed under its users.

Owns the search through all inputs. Refuses to judge: the rows of each service say what being used forbids.
"""

from __future__ import annotations

from simulator.standins.azure.kind import key_of
from simulator.standins.wire import each_string
from simulator.world import World


def user_of(world: World, key: str) -> str:
    """Id of something outside `key` whose inputs name it, or nothing."""
    for record in world.records(provider="azure-native"):
        named: list[str] = []
        each_string(record.inputs, named.append)
        inside = f"{record.key}/".startswith(f"{key}/")
        if not inside and any(key_of(text) == key for text in named):
            return record.id
    return ""
