"""Why a stack that was previewed is not deployed: the end of its part in an `up`."""

from __future__ import annotations

from fleet.leave import Leave
from fleet.report import StackReport
from fleet.typed import Typed


def failed(seen: StackReport, typed: Typed) -> StackReport:
    """Its preview failed or breaks a rule."""
    rules = ", ".join(sorted({rule.rule for rule in seen.broken_rules if rule.severity == "error"}))
    why = seen.error or f"Not deployed: its preview breaks {rules}."
    return _not_deployed(seen, why, seen.next or (typed.fleet("preview", stacks=(seen.stack,)),))


def held(seen: StackReport, leave: Leave, typed: Typed) -> StackReport | None:
    """What was previewed in the middle of an `up` goes no further; None where it may."""
    if seen.fails:
        return failed(seen, typed)
    if seen.state == "waits":
        return _not_deployed(seen, seen.notes[0], seen.next)
    if lost := "; ".join(leave.lacks(seen)):
        why = f"Not deployed: previewed again after the others were shown, it is destructive: {lost}."
        return _not_deployed(seen, why, (typed.fleet("preview", stacks=(seen.stack,)),))
    return None


def left(waits: StackReport) -> StackReport:
    """The run ended before it came to it."""
    return StackReport(stack=waits.stack, state="skipped", error="Not deployed: the run ended before its turn.")


def _not_deployed(seen: StackReport, why: str, again: tuple[str, ...]) -> StackReport:
    return StackReport(
        stack=seen.stack, state="failed", error=why, broken_rules=seen.broken_rules, notes=seen.notes, next=again
    )
