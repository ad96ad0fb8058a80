"""What every form of a report has in common: the order of reading, the words, and where a value is cut.

Refuses to know how they are set: `report_terminal`, `report_markdown`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from fleet.report import (
    READING_ORDER,
    BrokenRule,
    Change,
    FleetReport,
    Operation,
    PropertyChange,
    StackReport,
)
from fleet.show.plain import plain

LONGEST = 80
"""Characters of a value that are shown."""
CONTEXT = 20
"""Characters shown before the first in which two long values differ."""
MOST_NAMED = 6
"""So many names stand in a sentence; the others are counted."""

Standing = Literal["destructive", "failed", "breaks rules", "skipped", "waits", "disruptive", "safe", "no change"]
"""What a reader wants to know of a stack first, the worst before the others; a stack may have several."""
LOUD: tuple[Standing, ...] = ("destructive", "failed", "breaks rules")
"""Over these nobody may read."""


def standings(stack: StackReport) -> tuple[Standing, ...]:
    """How a stack stands, worst first. That what did not get through is harmless is not said: nobody knows."""
    found: set[str] = {stack.verdict} if stack.state == "done" else {stack.state, stack.verdict} - {"safe", "no change"}
    if any(rule.severity == "error" for rule in stack.broken_rules):
        found.add("breaks rules")
    return tuple(standing for standing in get_args(Standing) if standing in found)


def worst_first(stacks: Iterable[StackReport]) -> list[StackReport]:
    """In the order of reading; stacks that stand alike stay in the order in which they deploy."""
    order = get_args(Standing)
    return sorted(stacks, key=lambda stack: order.index(standings(stack)[0]))


def is_quiet(stack: StackReport) -> bool:
    """Whether there is nothing to say of it but that nothing changes."""
    return standings(stack) == ("no change",) and not (stack.broken_rules or stack.notes)


def by_standing(report: FleetReport) -> list[tuple[Standing, list[str]]]:
    """Names of the stacks under each standing that occurs, worst first."""
    found: dict[Standing, list[str]] = {standing: [] for standing in get_args(Standing)}
    for stack in report.stacks:
        for standing in standings(stack):
            found[standing].append(stack.stack)
    return [(standing, names) for standing, names in found.items() if names]


def counted(*stacks: StackReport) -> str:
    """Their changes by operation, and what stays; empty where nothing is known."""
    found = sum((Counter(stack.counts) for stack in stacks), Counter[Operation]())
    told = [many(found[operation], operation) for operation in READING_ORDER if found[operation]]
    unchanged = sum(stack.unchanged for stack in stacks)
    return ", ".join([*told, *([f"{unchanged:,} unchanged"] if unchanged else [])])


def is_grave(change: Change) -> bool:
    """Whether it must not pass unseen: it takes something away, or its protection."""
    return change.operation not in ("update", "create") or change.verdict == "destructive"


def of_kind(changes: Iterable[Change], operation: Operation) -> list[Change]:
    """Updates or creates that are not grave, in the order of the report."""
    return [change for change in changes if change.operation == operation and not is_grave(change)]


def by_component(changes: Iterable[Change]) -> dict[str, list[str]]:
    """Names by the component that holds them."""
    found: dict[str, list[str]] = {}
    for change in changes:
        found.setdefault(change.component, []).append(change.name)
    return found


def causes_first(change: Change) -> list[PropertyChange]:
    """Its properties, those that replace it before the others."""
    return sorted(change.properties, key=lambda prop: not prop.replaces)


def errors_first(rules: Iterable[BrokenRule]) -> list[BrokenRule]:
    """Broken rules in the order of reading."""
    return sorted(rules, key=lambda rule: rule.severity != "error")


def short_type(change: Change) -> str:
    """`AgentPool` of `azure-native:containerservice:AgentPool`."""
    return change.type.rpartition(":")[2]


def many(count: int, noun: str) -> str:
    """`1 update`, `2 updates`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def named(names: Sequence[str]) -> str:
    """Names in a sentence, the last of many counted."""
    left = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {left:,} more" if left > 0 else "")


def cut(text: str, *, start: int = 0, longest: int = LONGEST) -> str:
    """At most so many characters from there on, and how many are left out."""
    text = plain(text)
    before = f"({many(start, 'character')})..." if start else ""
    left = len(text) - start - longest
    return before + text[start : start + longest] + (f"...({many(left, 'character')})" if left > 0 else "")


def old_and_new(prop: PropertyChange) -> tuple[str, str]:
    """Both values as they are shown: long ones from a little before where they differ."""
    if prop.old is None or prop.new is None:
        return _value(prop.old), _value(prop.new)
    old, new = plain(prop.old), plain(prop.new)
    alike = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    is_hidden = max(len(old), len(new)) > LONGEST and alike > LONGEST - CONTEXT
    start = alike - CONTEXT if is_hidden else 0
    return _value(old, start), _value(new, start)


def _value(text: str | None, start: int = 0) -> str:
    return "(none)" if text is None else cut(text, start=start) or '""'
