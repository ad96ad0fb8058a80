"""What the engine means to do, read from its event log.

Owns the engine's event format. Refuses to judge (`judge`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.moves import moves_by_itself

Json = dict[str, Any]

_QUIET = {"read", "read-replacement", "refresh", "discard", "read-discard", "remove-pending-replace"}
"""Operations that touch nothing."""
_REPLACED = {"create-replacement", "delete-replaced"}
"""Halves of a replacement, which the engine also tells as one step."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One resource of a run.

    Attributes:
        operation: `same`, `create`, `update`, `replace`, `delete`, `import`.
        component: type of the component that holds it, without its package.
        old_inputs: as last applied; empty for a new resource.
        new_inputs: as asked; empty for one that goes.
        differs: path to kind (`add`, `update`, `delete`, with `-replace` where that is why it is replaced).
        was_protected: before the run.
        protected: after it.
    """

    operation: str
    urn: str
    type: str
    name: str
    component: str
    old_inputs: Json = field(default_factory=dict[str, Any])
    new_inputs: Json = field(default_factory=dict[str, Any])
    differs: Mapping[str, str] = field(default_factory=dict[str, str])
    was_protected: bool = False
    protected: bool = False


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one run of the engine told.

    Attributes:
        steps: every resource once, in the order in which the engine came to it.
        carried_out: those of them that the engine ended without an error.
        errors: texts of its errors, each once.
        warnings: texts of its warnings, each once.
    """

    steps: tuple[Step, ...]
    carried_out: tuple[Step, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def read(events: Iterable[Json]) -> Told:
    """Read events of a run, in their order."""
    steps: dict[str, Step] = {}
    ended: set[str] = set()
    texts: dict[str, dict[str, None]] = {"error": {}, "warning": {}}
    for event in events:
        if metadata := event.get("resourcePreEvent", {}).get("metadata"):
            if metadata["op"] not in _QUIET | _REPLACED:
                steps[metadata["urn"]] = _step(metadata)
        elif metadata := event.get("resOutputsEvent", {}).get("metadata"):
            if metadata["op"] not in _QUIET:
                ended.add(metadata["urn"])
        elif (diagnostic := event.get("diagnosticEvent")) and diagnostic["severity"] in texts:
            texts[diagnostic["severity"]][_text(diagnostic)] = None
    return Told(
        steps=tuple(steps.values()),
        carried_out=tuple(step for urn, step in steps.items() if urn in ended),
        errors=tuple(texts["error"]),
        warnings=tuple(texts["warning"]),
    )


def read_drift(events: Iterable[Json]) -> Told:
    """Read events of a refresh: what differs from the cloud comes as a step from what is recorded to what is there."""
    events = list(events)
    outcomes = [metadata for event in events if (metadata := event.get("resOutputsEvent", {}).get("metadata"))]
    steps = {each["urn"]: _drifted(each) for each in outcomes if each["op"] in ("update", "delete")}
    same = {each["urn"]: _step({**each, "op": "same"}) for each in outcomes if each["op"] in ("same", "refresh")}
    whole = tuple({**same, **steps}.values())
    told = read(events)
    return Told(steps=whole, carried_out=whole, errors=told.errors, warnings=told.warnings)


def short_name(urn: str) -> str:
    """Logical name of a URN."""
    return urn.rpartition("::")[2]


def _step(metadata: Json) -> Step:
    nothing: Json = {}
    old, new = metadata.get("old") or nothing, metadata.get("new") or nothing
    types = metadata["urn"].split("::")[2].split("$")
    holders = [each.rpartition(":")[2] for each in types[:-1] if ":components:" in each]
    detailed: Mapping[str, Json] = metadata.get("detailedDiff") or nothing
    differs = {path: str(row["diffKind"]) for path, row in sorted(detailed.items())}
    differs |= {key: "update-replace" for key in metadata.get("keys") or () if not any(_at(key, p) for p in differs)}
    return Step(
        operation=metadata["op"],
        urn=metadata["urn"],
        type=metadata["type"],
        name=short_name(metadata["urn"]),
        component=holders[-1] if holders else "Stack",
        old_inputs=old.get("inputs") or nothing,
        new_inputs=new.get("inputs") or nothing,
        differs=differs or dict.fromkeys(sorted(metadata.get("diffs") or ()), "update"),
        was_protected=bool(old.get("protect")),
        protected=bool(new.get("protect")),
    )


def _drifted(metadata: Json) -> Step:
    """Without what the cloud changes by itself; a step that says nothing else is none."""
    step = _step(metadata)
    differs = {path: kind for path, kind in step.differs.items() if not moves_by_itself(step.type, path)}
    nothing_else = step.operation == "update" and not differs
    return replace(step, operation="same" if nothing_else else step.operation, differs=differs)


def _at(key: str, path: str) -> bool:
    return path.startswith(key) and path[len(key) : len(key) + 1] in ("", ".", "[")


def _text(diagnostic: Json) -> str:
    return f"{diagnostic.get('prefix', '')}{diagnostic['message']}".strip()
