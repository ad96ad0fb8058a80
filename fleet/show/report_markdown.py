"""A report as one comment in a pull request, for the whole fleet: the status of every stack, then each in its details.

Owns what is shown, masked, in which order. What has no room is left out by `fitting`; how texts of others are kept from
being markup is up to `markdown`.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.report import BrokenRule, Change, FleetReport, Operation, StackReport
from fleet.show import report_words
from fleet.show.fitting import Detail, Line, Section, fit
from fleet.show.markdown import code, fence, html_code, link_to, prose
from fleet.show.masking import masked_report

MARKER = "<!-- anyscale-on-aks: report of the fleet -->"
"""First line of the comment: by it the next run finds the comment that it edits."""
LIMIT = 65_000
"""Characters. GitHub refuses a comment of more than 65,536; the rest is for what a workflow adds."""
LONGEST_ERROR = 2_000
"""Characters of an error: the whole is in the full report."""
_SIGNS: dict[Operation, str] = {"create": "+", "update": "~", "replace": "+-", "delete": "-", "unprotect": "!"}

_SAFE, _DISRUPTIVE = (Detail.UPDATE, ""), (Detail.DISRUPTION, ", **disruptive**")


def render(report: FleetReport, *, limit: int = LIMIT, link: str = "", commit: str = "") -> str:
    """Return the comment, masked.

    Args:
        limit: characters that it has at most. Detail is dropped from the bottom: creates, properties of updates,
            updates, then the lesser before the greater; what is left out is said, above and at its stack.
        link: address of the full report.
        commit: that the report is of; empty where it is of none.

    Raises:
        ValueError: there is no room for a heading.
    """
    report = masked_report(report)
    stacks = report_words.worst_first(report.stacks)
    heading = f"## Fleet {report.operation}{of_commit(commit)}"
    sections = [_status(heading, stacks), *(_section(stack) for stack in stacks if not report_words.is_quiet(stack))]
    return fit(MARKER, sections, limit=limit, full_report=_full_report(link))


def of_commit(commit: str) -> str:
    """For a heading: GitHub makes a link of a whole one, and shortens it."""
    return f" of {prose(commit)}" if commit else ""


def _full_report(address: str) -> str:
    return f"{link_to('Full report', address)}." if address else ""


def _status(heading: str, stacks: list[StackReport]) -> Section:
    worst = report_words.standings(stacks[0])[0] if stacks else "no stacks"
    signs = " ".join(f"{sign}{operation}" for operation, sign in _SIGNS.items())
    head = (
        f"{heading}: {worst}\n",
        *((f"{report_words.counted(*stacks)}\n",) if report_words.counted(*stacks) else ()),
        f"| stack | verdict | {signs} | broken rules |",
        "|---|---|---|---|",
    )
    return Section(head="\n".join(head), lines=[Line(detail=Detail.STACK, text=_row(stack)) for stack in stacks])


def _row(stack: StackReport) -> str:
    words = (f"**{each}**" if each in report_words.LOUD else each for each in report_words.standings(stack))
    counts = stack.counts
    changes = " ".join(f"{sign}{counts[name]:,}" for name, sign in _SIGNS.items() if name in counts)
    severities = [rule.severity for rule in stack.broken_rules]
    rules = ", ".join(
        report_words.many(severities.count(severity), severity)
        for severity in ("error", "warning")
        if severity in severities
    )
    return f"| {html_code(report_words.cut(stack.stack))} | {', '.join(words)} | {changes} | {rules} |"


def _section(stack: StackReport) -> Section:
    standings = report_words.standings(stack)
    is_loud = any(each in report_words.LOUD for each in standings)
    counts = report_words.counted(stack)
    summary = f"{html_code(report_words.cut(stack.stack))}: {', '.join(standings)}" + (f"; {counts}" if counts else "")
    return Section(
        head=f"<details{' open' if is_loud else ''}><summary>{summary}</summary>\n",
        lines=[*_error(stack), *_changes(stack), *_remarks(stack)],
        tail="\n</details>",
        frame=Detail.GRAVE_STACK if any(map(report_words.is_grave, stack.changes)) else Detail.MILD_STACK,
    )


def _error(stack: StackReport) -> Iterator[Line]:
    if stack.error.strip():
        left = len(stack.error) - LONGEST_ERROR
        more = f"\n...({report_words.many(left, 'character')})" if left > 0 else ""
        yield Line(detail=Detail.ERROR, text=fence(stack.error[:LONGEST_ERROR] + more))


def _changes(stack: StackReport) -> Iterator[Line]:
    for change in stack.changes:
        if report_words.is_grave(change):
            yield Line(detail=Detail.GRAVE_CHANGE, text=f"- **{change.operation}** {_name(change)}")
            yield from _properties(change)
            yield from _losses(change)
    for change in report_words.of_kind(stack.changes, "update"):
        detail, verdict = _DISRUPTIVE if change.verdict == "disruptive" else _SAFE
        yield Line(detail=detail, text=f"- update {_name(change)}{verdict}")
        yield from _properties(change)
    for component, names in report_words.by_component(report_words.of_kind(stack.changes, "create")).items():
        text = f"- create in {_short(component)}: {', '.join(map(_short, names))}"
        yield Line(detail=Detail.CREATE, text=text, count=len(names))


def _remarks(stack: StackReport) -> Iterator[Line]:
    for rule in report_words.errors_first(stack.broken_rules):
        yield Line(detail=Detail.RULE, text=_broken(rule))
    for note in stack.notes:
        yield Line(detail=Detail.NOTE, text=f"- note: {prose(note)}")
    for command in stack.next:
        yield Line(detail=Detail.COMMAND, text=f"- next: {code(command)}")


def _name(change: Change) -> str:
    within = f" in {_short(change.component)}" if change.component != "Stack" else ""
    return f"{_short(change.name)} ({_short(report_words.short_type(change))}{within})"


def _properties(change: Change) -> Iterator[Line]:
    for prop in report_words.causes_first(change):
        old, new = map(code, report_words.old_and_new(prop))
        because = "because " if prop.replaces else ""
        effect = f" ({prose(prop.effect)})" if prop.effect else ""
        detail = Detail.REASON if prop.replaces else Detail.PROPERTY
        yield Line(detail=detail, text=f"  - {because}{_short(prop.path)}: {old} → {new}{effect}")


def _losses(change: Change) -> Iterator[Line]:
    if change.loses:
        yield Line(detail=Detail.REASON, text=f"  - loses {prose(change.loses)}")
    if change.effect:
        yield Line(detail=Detail.REASON, text=f"  - it {prose(change.effect)}")
    if change.takes_along:
        names = report_words.named([_short(name) for name in change.takes_along])
        yield Line(detail=Detail.REASON, text=f"  - takes along {names}")


def _broken(rule: BrokenRule) -> str:
    severity = f"**{rule.severity}**" if rule.severity == "error" else rule.severity
    waiver = f"; or accept it: {code(f'acceptRisk: [{{risk: {rule.waiver}, reason: ...}}]')}" if rule.waiver else ""
    return f"- {severity} {_short(rule.rule)}: {_short(rule.resource)}: {prose(rule.message)}{waiver}"


def _short(text: str) -> str:
    return code(report_words.cut(text))
