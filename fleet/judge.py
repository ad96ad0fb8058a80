"""From what the engine means to do to what it means: changes with a verdict, worst first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

from catalog.consequences import LOSSES, Loss, Takes, consequence, loss
from fleet.engine import values
from fleet.engine.steps import Step
from fleet.engine.values import is_secret
from fleet.report import (
    READING_ORDER,
    SECRET,
    UNKNOWN,
    VERDICTS,
    BrokenRule,
    Change,
    Operation,
    PropertyChange,
    Verdict,
    worst,
)

_OPERATIONS: dict[str, Operation] = {
    "create": "create",
    "import": "create",
    "update": "update",
    "replace": "replace",
    "delete": "delete",
}
_PATH = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')


def changes(steps: Sequence[Step]) -> tuple[Change, ...]:
    """Every resource that is touched. Components and the engine's own are left out: they hold, and do nothing."""
    real = [step for step in steps if _real(step)]
    found = [change for step in real for change in _of(step, real)]
    return tuple(sorted(found, key=_reading))


def noted(steps: Sequence[Step], outputs: Step | None) -> tuple[Change, ...]:
    """What only the state would learn: of components, providers and the stack's outputs. `up` has it to write down."""
    found = [
        _change(step, operation, "safe", _properties(step))
        for step in steps
        if not _real(step) and (operation := _OPERATIONS.get(step.operation))
    ]
    return (*found, *([_change(outputs, "update", "safe", _properties(outputs))] if outputs else []))


def unchanged(steps: Sequence[Step]) -> int:
    """How many resources stay as they are."""
    return sum(1 for step in steps if _real(step) and step.operation == "same")


def refused(changes: Sequence[Change]) -> tuple[BrokenRule, ...]:
    """Changes that Azure would refuse half way through a run."""
    return tuple(
        BrokenRule(
            rule="azure-refuses",
            severity="error",
            resource=change.name,
            message=f"{prop.path}: {row.effect} ({row.source})",
        )
        for change in changes
        if change.operation == "update"
        for prop in change.properties
        if (row := consequence(change.type, prop.path)) and row.verdict == "refused"
    )


def _real(step: Step) -> bool:
    return not step.type.startswith("pulumi:") and ":components:" not in step.type


def _reading(change: Change) -> tuple[int, int, int]:
    """Worst first; among what is lost the dearest."""
    lost = loss(change.type) if change.verdict == "destructive" else None
    dear = LOSSES.index(lost) if lost else len(LOSSES)
    return -VERDICTS.index(change.verdict), dear, READING_ORDER.index(change.operation)


def _of(step: Step, steps: Sequence[Step]) -> Iterator[Change]:
    operation = _OPERATIONS.get(step.operation)
    if operation not in ("delete", "replace", "create"):
        yield from _guarded(step)
    if operation in ("delete", "replace"):
        lost = loss(step.type)
        verdict: Verdict = "destructive" if lost else "disruptive"
        properties = _properties(step) if operation == "replace" else ()
        change = _change(step, operation, verdict, properties, lost.loses if lost else "")
        row = None if lost else consequence(step.type)
        more = {"takes_along": _along(step, lost, steps), "effect": row.effect if row else ""}
        yield change.model_copy(update=more)
    elif operation:
        yield _change(step, operation, _verdict(step, operation), _properties(step))


def _guarded(step: Step) -> Iterator[Change]:
    """What keeps it from being deleted, taken away or put on: to the engine, such a resource stays the same."""
    guards = (("protect", step.was_protected, step.protected), ("retainOnDelete", step.was_retained, step.retained))
    off, on = (
        tuple(
            PropertyChange(path=path, old=json.dumps(old), new=json.dumps(new))
            for path, old, new in guards
            if old != new and new is goes_on
        )
        for goes_on in (False, True)
    )
    if off:
        yield _change(step, "unprotect", "destructive", off, "its protection: the next run may delete it")
    if on and step.operation == "same":
        yield _change(step, "update", "safe", on)


def _change(
    step: Step, operation: Operation, verdict: Verdict, properties: tuple[PropertyChange, ...], loses: str = ""
) -> Change:
    return Change(
        operation=operation,
        type=step.type,
        name=step.name,
        component=step.component,
        verdict=verdict,
        properties=properties,
        loses=loses,
    )


def _verdict(step: Step, operation: Operation) -> Verdict:
    rows = [consequence(step.type, path) for path in step.differs] if operation == "update" else []
    return worst(["safe", *("disruptive" if row.verdict == "refused" else row.verdict for row in rows if row)])


def _properties(step: Step) -> tuple[PropertyChange, ...]:
    return tuple(_property(step, path, kind) for path, kind in step.differs.items())


def _property(step: Step, path: str, kind: str) -> PropertyChange:
    row = consequence(step.type, path)
    return PropertyChange(
        path=path,
        old=_text(step.old_inputs, path),
        new=_text(step.new_inputs, path) if not kind.startswith("delete") else None,
        replaces=kind.endswith("-replace"),
        effect=row.effect if row else "",
    )


def _along(step: Step, lost: Loss | None, steps: Sequence[Step]) -> tuple[str, ...]:
    """Names of what goes because it goes."""
    rows = lost.takes if lost else ()
    going = [other for other in steps if other.operation in ("delete", "replace") and other is not step]
    return tuple(other.name for other in going if any(_takes(row, step, other) for row in rows))


def _takes(row: Takes, holder: Step, other: Step) -> bool:
    if not other.type.startswith(row.type):
        return False
    return not row.by or holder.old_inputs.get(row.by, object()) == other.old_inputs.get(row.by)


def _text(inputs: Any, path: str) -> str | None:
    value = inputs
    for key, index, quoted in _PATH.findall(path):
        if is_secret(value):
            break
        try:
            value = value[int(index)] if index else cast("dict[str, Any]", value)[key or quoted.replace('\\"', '"')]
        except (KeyError, IndexError, TypeError):
            return None
    if value is None:
        return None
    value = _named(value)
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text.replace(values.UNKNOWN, UNKNOWN)


def _named(value: Any) -> Any:
    """The same, secrets in it named as such."""
    if is_secret(value):
        return SECRET
    if isinstance(value, dict):
        return {key: _named(inner) for key, inner in cast("dict[str, Any]", value).items()}
    return [_named(inner) for inner in cast("list[Any]", value)] if isinstance(value, list) else value
