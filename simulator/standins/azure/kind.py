"""One row per resource type of Azure: where it lives, what it is called, what Azure adds, what it refuses.

Owns the shape of a row and how ids are read. The rows stand in the file of their service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from simulator.standins.rules import Ask, Place
from simulator.world import Record, World

Json = dict[str, Any]

GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
"""Path of a resource group; everything below it goes when it goes."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a computed property may be made of.

    Attributes:
        ask: with the inputs as they will be applied.
        place: where the resource is.
        unique: a GUID of its own: differs when the resource is deleted and made anew, is the same in each rehearsal.
        live: what was there before an update.
    """

    ask: Ask
    place: Place
    unique: str
    live: Record | None


Value = str | Callable[[Made], Any]
Check = Callable[[Ask, Place], None]
Transition = Callable[[Ask, Place, Record], None]
Settle = Callable[[Made, Json], None]
Shows = Callable[[World, Record], Json]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A row.

    Attributes:
        path: ARM id with the names of the path's properties in braces; the last one may be named automatically.
        api: API version of azure-native 3.29.0.
        name: what the last name must match, as a whole.
        located: takes `location` from the configuration where the program gives none.
        replaces: properties, at any depth, whose change needs another resource; names and location always do.
        computed: path to what Azure adds and nobody can set: a template over the inputs, or a function.
        defaults: path to what Azure sets where the program says nothing; it can be set, so it can drift.
        refuse: checks before a create or an update.
        refuse_change: further checks before an update.
        one_writer: ids under the parent take one write at a time; the value is the code of the refusal.
        in_use: code of the refusal to delete it while something refers to its id; empty lets it go.
        from_birth: it exists as soon as its parent does: creating it sets it, deleting it leaves what is below.
        keeps: names of the path that the answer repeats.
        settle: last touch on what is kept of a write.
        shows: what an answer shows of resources of their own, beside what is kept.
    """

    path: str
    api: str
    name: str = r"[\w.()-]{1,90}"
    located: bool = True
    replaces: frozenset[str] = frozenset()
    computed: Mapping[str, Value] = field(default_factory=dict[str, Value])
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    refuse: tuple[Check, ...] = ()
    refuse_change: tuple[Transition, ...] = ()
    one_writer: str = ""
    in_use: str = ""
    from_birth: bool = False
    keeps: frozenset[str] = frozenset()
    settle: Settle | None = None
    shows: Shows | None = None

    @property
    def parameters(self) -> list[str]:
        """Properties that make up the id, outermost first, without the subscription."""
        return [name for name in re.findall(r"{(\w+)}", self.path) if name != "subscriptionId"]

    @property
    def own_name(self) -> str:
        """The property that names the resource itself; empty where the path fixes the name."""
        last = self.path.rpartition("/")[2]
        return last[1:-1] if last.startswith("{") else ""

    @property
    def arm_type(self) -> str:
        """`Microsoft.ContainerService/managedClusters/agentPools`."""
        _, provider, rest = self.path.rpartition("/providers/")
        namespace, *steps = rest.split("/")
        return "/".join([namespace, *steps[::2]]) if provider else "Microsoft.Resources/resourceGroups"


def key_of(id: str) -> str:
    """Azure compares ids without regard to case."""
    return id.lower().rstrip("/")


def parent_of(id: str) -> str:
    """Id of what holds a resource: the resource above it, else its resource group, else nothing."""
    head, provider, rest = id.rpartition("/providers/")
    if not provider:
        return ""
    namespace, *segments = rest.split("/")
    above = segments[:-2]
    return f"{head}{provider}{'/'.join([namespace, *above])}" if above else head


def last_name(id: str) -> str:
    return id.rstrip("/").rpartition("/")[2]


def at(value: Any, path: str) -> Any:
    """The value at a dotted path, or None."""
    for step in path.split("."):
        value = cast(Json, value).get(step) if isinstance(value, dict) else None
    return value


def put_at(target: Json, path: str, value: Any) -> bool:
    """Set a dotted path whose parent is there (or is the top); False where it is not."""
    *parents, last = path.split(".")
    for step in parents:
        below: Any = target.get(step)
        if not isinstance(below, dict):
            return False
        target = cast(Json, below)
    target[last] = value
    return True
