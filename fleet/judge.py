"""From what the engine means to do to what it means: changes with a verdict, worst first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

from catalog.consequences import consequence, loss
from fleet.report import READING_ORDER, UNKNOWN, BrokenRule, Change, Operation, PropertyChange, Verdict, worst
from fleet.steps import Step

_ENGINES_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine's log spells a value that is not known yet."""
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
    found = [change for step in steps if _real(step) for change in _of(step)]
    going = [change for change in found if change.operation in ("delete", "replace")]
    told = [change.model_copy(update={"takes_along": _along(change, going)}) for change in found]
    order: tuple[Verdict, ...] = ("destructive", "disruptive", "safe", "no change")
    return tuple(sorted(told, key=lambda each: (order.index(each.verdict), READING_ORDER.index(each.operation))))


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


def _of(step: Step) -> Iterator[Change]:
    operation = _OPERATIONS.get(step.operation)
    if step.was_protected and not step.protected and operation not in ("delete", "replace"):
        freed = PropertyChange(path="protect", old="true", new="false")
        yield _change(step, "unprotect", "destructive", (freed,), "its protection: the next run may delete it")
    if operation:
        properties = tuple(_property(step, path, kind) for path, kind in step.differs.items())
        lost = loss(step.type) if operation in ("delete", "replace") else None
        yield _change(step, operation, _verdict(step, operation), properties, lost.loses if lost else "")


def _change(
    step: Step, operation: Operation, verdict: Verdict, properties: tuple[PropertyChange, ...], loses: str
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
    if operation in ("delete", "replace"):
        return "destructive" if loss(step.type) else "disruptive"
    rows = [consequence(step.type, path) for path in step.differs] if operation == "update" else []
    return worst(["safe", *("disruptive" if row.verdict == "refused" else row.verdict for row in rows if row)])


def _property(step: Step, path: str, kind: str) -> PropertyChange:
    row = consequence(step.type, path)
    return PropertyChange(
        path=path,
        old=_text(step.old_inputs, path),
        new=_text(step.new_inputs, path) if not kind.startswith("delete") else None,
        replaces=kind.endswith("-replace"),
        effect=row.effect if row else "",
    )


def _along(change: Change, going: Sequence[Change]) -> tuple[str, ...]:
    lost = loss(change.type) if change in going else None
    if not lost:
        return ()
    return tuple(each.name for each in going if each is not change and each.type.startswith(lost.takes))


def _text(inputs: Any, path: str) -> str | None:
    value = inputs
    for key, index, quoted in _PATH.findall(path):
        try:
            value = value[int(index)] if index else cast("dict[str, Any]", value)[key or quoted.replace('\\"', '"')]
        except (KeyError, IndexError, TypeError):
            return None
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text.replace(_ENGINES_UNKNOWN, UNKNOWN)
