"""A report for a person at a terminal: the worst stack first, in it the worst change, and last the fleet in one line.

Owns how it is set in the width there is. Nothing needs colour to be understood, and no value is taken for markup.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from fleet.report import BrokenRule, Change, FleetReport, StackReport
from fleet.show import report_words
from fleet.show.plain import plain

LABELS = 2, 13
"""Columns where labels begin, and where what they label does."""
STYLES = {
    "DESTRUCTIVE": "bold red",
    "FAILED": "bold red",
    "BREAKS RULES": "bold red",
    "UNPROTECT": "bold red",
    "DELETE": "bold red",
    "REPLACE": "bold red",
    "UPDATE": "bold red",
    "ERROR": "bold red",
    "skipped": "yellow",
    "waits": "yellow",
    "disruptive": "yellow",
    "warning": "yellow",
    "safe": "green",
    "no change": "green",
}
"""Of labels and standings; capitals say what colour says."""


def render(report: FleetReport, console: Console) -> None:
    """Print the report: stacks worst first, those without a change in one line, the verdict, what to type next."""
    for stack in report_words.worst_first(report.stacks):
        if not report_words.is_quiet(stack):
            _print_stack(stack, console)
    _paragraph(console, _verdict(report))
    commands = dict.fromkeys(command for stack in report.stacks for command in stack.next)
    if commands:
        console.print(Text("\nnext:"))
    for command in commands:
        console.print(Text(f"  {plain(command)}"), soft_wrap=True)  # to be copied in one piece


def _print_stack(stack: StackReport, console: Console) -> None:
    heading = Text.assemble((plain(stack.stack), "bold"), ": ")
    heading.append_text(Text(", ").join(map(_standing, report_words.standings(stack))))
    if counts := report_words.counted(stack):
        heading.append(f"; {counts}")
    _paragraph(console, heading)
    for label, lines in (*_state(stack), *_changes(stack), *_remarks(stack)):
        for index, line in enumerate(lines):
            _paragraph(console, Text(line), label="" if index else label)
    console.print()


def _state(stack: StackReport) -> Iterator[tuple[str, list[str]]]:
    if stack.state != "done":
        told = (stack.error, *(stack.notes if stack.state == "waits" else ()))
        lines = [plain(line) for text in told for line in text.splitlines()]
        yield {"failed": "ERROR"}.get(stack.state, stack.state), lines or ["nothing is known of why"]


def _changes(stack: StackReport) -> Iterator[tuple[str, list[str]]]:
    for change in stack.changes:
        if report_words.is_grave(change):
            yield change.operation.upper(), [_name(change), *_properties(change), *_losses(change)]
    for change in report_words.of_kind(stack.changes, "update"):
        yield "update", [_name(change), *_properties(change)]
    for component, names in report_words.by_component(report_words.of_kind(stack.changes, "create")).items():
        yield "create", [f"{plain(component)}: {', '.join(report_words.cut(name) for name in names)}"]


def _remarks(stack: StackReport) -> Iterator[tuple[str, list[str]]]:
    for rule in report_words.errors_first(stack.broken_rules):
        yield {"error": "ERROR"}.get(rule.severity, rule.severity), [_broken(rule), *_waiver(rule)]
    for note in stack.notes if stack.state != "waits" else ():  # which stands above, as the reason
        yield "note", [plain(line) for line in note.splitlines()]


def _name(change: Change) -> str:
    within = f" in {plain(change.component)}" if change.component != "Stack" else ""
    told = f", {change.verdict}" if change.operation == "update" and change.verdict != "safe" else ""
    return f"{report_words.cut(change.name)} ({plain(report_words.short_type(change))}{within}){told}"


def _properties(change: Change) -> Iterator[str]:
    for prop in report_words.causes_first(change):
        old, new = report_words.old_and_new(prop)
        because = "because " if prop.replaces else ""
        effect = f" ({plain(prop.effect)})" if prop.effect else ""
        yield f"{because}{report_words.cut(prop.path)}: {old} -> {new}{effect}"


def _losses(change: Change) -> Iterator[str]:
    if change.loses:
        yield f"loses {plain(change.loses)}"
    if change.effect:
        yield f"it {plain(change.effect)}"
    if change.takes_along:
        yield f"takes along {report_words.named([report_words.cut(name) for name in change.takes_along])}"


def _broken(rule: BrokenRule) -> str:
    return f"{plain(rule.rule)}: {report_words.cut(rule.resource)}: {plain(rule.message)}"


def _waiver(rule: BrokenRule) -> Iterator[str]:
    if rule.waiver:
        yield f"or accept it: acceptRisk: [{{risk: {plain(rule.waiver)}, reason: ...}}]"


def _verdict(report: FleetReport) -> Text:
    stacks = [
        Text.assemble(_standing(standing), f" {report_words.named([plain(name) for name in names])}")
        for standing, names in report_words.by_standing(report)
    ]
    counts = Text(report_words.counted(*report.stacks))
    told = Text("; ").join([*stacks, *([counts] if counts else [])])
    return Text(f"{report.operation} of {report_words.many(len(report.stacks), 'stack')}: ").append_text(told)


def _standing(standing: report_words.Standing) -> Text:
    word = standing.upper() if standing in report_words.LOUD else standing
    return Text(word, style=STYLES[word])


def _paragraph(console: Console, text: Text, *, label: str | None = None) -> None:
    """Print within the width, what goes on under what it belongs to; without a label from the first column."""
    begin, indent = LABELS if label is not None else (0, 0)
    first = Text.assemble(" " * begin, (f"{label or '':{indent - begin}}", STYLES.get(label or "", "")))
    for line in text.wrap(console, max(console.width - indent, LABELS[1])):
        whole = first + line
        whole.rstrip()
        console.print(whole, overflow="ignore", no_wrap=True, crop=False)
        first = Text(" " * indent)
