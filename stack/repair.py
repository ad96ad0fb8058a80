"""Settings of which some have wrong types, made readable, so that all problems can be told at once."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stack.base import Location, path_of
from stack.read import Refusal
from stack.settings import AZURE

_ID = "00000000-0000-0000-0000-000000000000"
_ADMIN = {"type": "group", "id": _ID}
_POOL = {"name": "standin", "vmSize": "Standard_D4ds_v5", "maxCount": 1}

_SECTIONS: dict[str, object] = {
    AZURE: {"location": "eastus", "subscriptionId": _ID},
    "cloud": {"name": "standin"},
    "cluster": {"admins": [_ADMIN]},
    "network": {"addressSpace": "10.0.0.0/16", "apiServerClients": ["10.0.0.0/8"]},
    "nodePools": [_POOL],
}
"""What stands in for a required section; an optional one is left out."""

_ITEMS: dict[Location, object] = {
    ("acceptRisk",): {"risk": "standin", "reason": "stands in"},
    ("anyscale", "instanceTypes"): {"name": "standin", "cpus": 1, "memoryGib": 1},
    ("cluster", "admins"): _ADMIN,
    ("nodePools",): _POOL,
    ("storage", "mounts"): {"name": "standin"},
}
"""What stands in for an item of a list."""


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """Readable values.

    Attributes:
        values: the sections, with what stands in.
        unread: the sections that stand in; `nodePools[]` where only some items do.
        paths: of all that stands in; what a check says about them means nothing.
    """

    values: dict[str, Any]
    unread: frozenset[str]
    paths: tuple[str, ...]

    def stands_in(self, path: str) -> bool:
        """Whether `path` lies in what stands in."""
        return any(path == mine or path.startswith((f"{mine}.", f"{mine}[")) for mine in self.paths)


def repair(sections: Mapping[str, Any], refusals: Iterable[Refusal], *, hidden: Iterable[str] = ()) -> Repaired:
    """Return `sections` without unknown keys, with a stand-in for each item or section that is refused or `hidden`."""
    values: dict[str, Any] = copy.deepcopy(dict(sections))
    places: set[Location] = {(section,) for section in hidden}
    for refusal in refusals:
        if refusal.unknown:
            _remove(values, refusal.location)
        else:
            places.add(_place(refusal.location))
    for place in sorted(places, key=len, reverse=True):
        _stand_in(values, place)
    unread = {str(place[0]) if len(place) == 1 else f"{path_of(place[:-1])}[]" for place in places}
    return Repaired(values=values, unread=frozenset(unread), paths=tuple(path_of(place) for place in places))


def _place(location: Location) -> Location:
    """The item or else the section that `location` lies in."""
    for depth in (1, 2):
        if location[:depth] in _ITEMS and len(location) > depth and isinstance(location[depth], int):
            return location[: depth + 1]
    return location[:1]


def _stand_in(values: dict[str, Any], place: Location) -> None:
    *outer, last = place
    if not outer:
        values.pop(str(last), None)
        if last in _SECTIONS:
            values[str(last)] = copy.deepcopy(_SECTIONS[str(last)])
        return
    _at(values, tuple(outer))[last] = copy.deepcopy(_ITEMS[tuple(outer)])


def _remove(values: dict[str, Any], location: Location) -> None:
    del _at(values, location[:-1])[location[-1]]


def _at(values: Any, location: Location) -> Any:
    for part in location:
        values = values[part]
    return values
