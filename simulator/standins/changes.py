"""What differs between two sets of inputs, property by property.

Owns paths and their spelling. Refuses to know which change replaces: each provider's rules say that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from pulumi.runtime.proto import provider_pb2 as pb

Json = dict[str, Any]
Path = tuple[str | int, ...]

_KINDS = {
    "add": (pb.PropertyDiff.ADD, pb.PropertyDiff.ADD_REPLACE),
    "update": (pb.PropertyDiff.UPDATE, pb.PropertyDiff.UPDATE_REPLACE),
    "delete": (pb.PropertyDiff.DELETE, pb.PropertyDiff.DELETE_REPLACE),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One property that differs; `path` ends where one side stops having structure."""

    path: Path
    kind: Literal["add", "update", "delete"]


def changes(old: Json, new: Json) -> list[Change]:
    """Every difference, sorted by path. Names that begin with `__` are the provider's own and are no difference."""
    found = [c for c in _within((), old, new) if not str(c.path[0]).startswith("__")]
    return sorted(found, key=lambda change: spelled(change.path))


def spelled(path: Path) -> str:
    """A path as the engine spells it: `agentPoolProfiles[0].count`, `tags["a.b"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif "." in step or "/" in step:
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text


def answer(found: list[Change], replaces: Callable[[Path], bool], *, delete_first: bool) -> pb.DiffResponse:
    """The engine's answer to Diff.

    Args:
        found: what differs between the inputs last applied and the new ones.
        replaces: whether a change of this property needs another resource.
        delete_first: whether the old one goes before the new one comes, where anything replaces.
    """
    if not found:
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE)
    replacing = [change for change in found if replaces(change.path)]
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME,
        diffs=sorted({str(change.path[0]) for change in found}),
        replaces=sorted({str(change.path[0]) for change in replacing}),
        deleteBeforeReplace=bool(replacing) and delete_first,
        hasDetailedDiff=True,
        detailedDiff={
            spelled(change.path): pb.PropertyDiff(kind=_KINDS[change.kind][change in replacing], inputDiff=True)
            for change in found
        },
    )


def _within(path: Path, old: object, new: object) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        before, after = cast(Json, old), cast(Json, new)
        for key in before.keys() | after.keys():
            yield from _at((*path, key), before, after, key)
    elif isinstance(old, list) and isinstance(new, list):
        before = dict(enumerate(cast(list[object], old)))
        after = dict(enumerate(cast(list[object], new)))
        for index in range(max(len(before), len(after))):
            yield from _at((*path, index), before, after, index)
    else:
        yield Change(path=path, kind="update")


def _at(path: Path, before: dict[Any, Any], after: dict[Any, Any], key: str | int) -> Iterator[Change]:
    if key not in before:
        yield Change(path=path, kind="add")
    elif key not in after:
        yield Change(path=path, kind="delete")
    else:
        yield from _within(path, before[key], after[key])
