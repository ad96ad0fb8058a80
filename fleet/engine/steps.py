"""What the engine means to do, read from its event log.

Owns the engine's event format. Refuses to judge (`judge`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.moves import moves_by_itself

Json = dict[str, Any]

_QUIET = {"read", "read-replacement", "refresh", "discard", "read-discard", "remove-pending-replace"}
"""Operations that touch nothing."""
_REPLACED = {"create-replacement", "delete-replaced"}
"""Halves of a replacement, which the engine also tells as one step."""
_STACK = "pulumi:pulumi:Stack"
_MOVING = {"kubernetesVersion", "operatorStatus"}
"""Outputs that follow what the clouds do by themselves: no reason for an `up`."""
_COLOUR = re.compile(r"<\{%[^%]*%\}>")
_PENDING = re.compile(r"pending operation")


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
        was_retained: whether, before the run, a delete would have left it in the cloud.
        retained: whether one does after it.
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
    was_retained: bool = False
    retained: bool = False


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one run of the engine told.

    Attributes:
        steps: every resource once, in the order in which the engine came to it.
        carried_out: those of them that the engine ended without an error.
        errors: texts of its errors, each once.
        warnings: texts of its warnings, each once.
        outputs: those of the stack that differ, as inputs of a step; None where none does.
    """

    steps: tuple[Step, ...]
    carried_out: tuple[Step, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    outputs: Step | None = None

    @property
    def pending(self) -> bool:
        """Whether an earlier run was killed in the middle of operations."""
        return any(_PENDING.search(text) for text in (*self.errors, *self.warnings))


def read(events: Iterable[Json]) -> Told:
    """Read events of a run, in their order."""
    steps: dict[str, Step] = {}
    ended: set[str] = set()
    outputs: Step | None = None
    events = list(events)
    for event in events:
        if metadata := event.get("resourcePreEvent", {}).get("metadata"):
            if metadata["op"] not in _QUIET | _REPLACED:
                steps[metadata["urn"]] = _step(metadata)
        elif metadata := event.get("resOutputsEvent", {}).get("metadata"):
            if metadata["op"] not in _QUIET:
                ended.add(metadata["urn"])
            if metadata["type"] == _STACK and metadata["op"] in ("same", "update"):
                outputs = _outputs(metadata)
    return Told(
        steps=tuple(steps.values()),
        carried_out=tuple(step for urn, step in steps.items() if urn in ended),
        errors=_said(events, "error"),
        warnings=_said(events, "warning"),
        outputs=outputs,
    )


def read_drift(events: Iterable[Json]) -> Told:
    """Read events of a refresh: what differs from the cloud comes as a step from what is recorded to what is there."""
    events = list(events)
    outcomes = [metadata for event in events if (metadata := event.get("resOutputsEvent", {}).get("metadata"))]
    steps = {each["urn"]: _drifted(each) for each in outcomes if each["op"] in ("update", "delete")}
    same = {each["urn"]: _step({**each, "op": "same"}) for each in outcomes if each["op"] in ("same", "refresh")}
    whole = tuple({**same, **steps}.values())
    return Told(steps=whole, carried_out=whole, errors=_said(events, "error"), warnings=_said(events, "warning"))


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
        was_retained=bool(old.get("retainOnDelete")),
        retained=bool(new.get("retainOnDelete")),
    )


def _outputs(metadata: Json) -> Step | None:
    """What the stack would tell others now, where that is not what it told before."""
    nothing: Json = {}
    old, new = ((metadata.get(side) or nothing).get("outputs") or nothing for side in ("old", "new"))
    differs = {key: _kind(key, old, new) for key in sorted({*old, *new} - _MOVING) if old.get(key) != new.get(key)}
    step = replace(_step(metadata), operation="update", old_inputs=old, new_inputs=new, differs=differs)
    return step if differs else None


def _kind(key: str, old: Json, new: Json) -> str:
    return "update" if key in old and key in new else "add" if key in new else "delete"


def _drifted(metadata: Json) -> Step:
    """Without what the cloud changes by itself; a step that says nothing else is none."""
    step = _step(metadata)
    differs = {path: kind for path, kind in step.differs.items() if not moves_by_itself(step.type, path)}
    nothing_else = step.operation == "update" and not differs
    return replace(step, operation="same" if nothing_else else step.operation, differs=differs)


def _at(key: str, path: str) -> bool:
    return path.startswith(key) and path[len(key) : len(key) + 1] in ("", ".", "[")


def _said(events: Iterable[Json], severity: str) -> tuple[str, ...]:
    """Texts of that severity, each once."""
    told = (diagnostic for event in events if (diagnostic := event.get("diagnosticEvent")))
    return tuple(dict.fromkeys(_text(each) for each in told if each["severity"] == severity))


def _text(diagnostic: Json) -> str:
    """Of an error or a warning, with the resource that it is about."""
    text = _COLOUR.sub("", f"{diagnostic.get('prefix', '')}{diagnostic['message']}").strip()
    urn = diagnostic.get("urn") or ""
    return f"{short_name(urn)}: {text.removeprefix('error: ')}" if urn and _STACK not in urn else text
