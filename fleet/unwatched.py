"""Stacks that live on without a file: the backend has resources of them, and no command would look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fleet.engine.answers import StackRow
from fleet.report import FleetReport, StackReport
from fleet.stacks import FleetStack
from fleet.typed import Typed


def unwatched(stacks: Sequence[FleetStack], known: Mapping[str, StackRow], typed: Typed) -> dict[str, str]:
    """Say by name what is wrong with each, and what to do.

    Args:
        stacks: all that have a file. A primary that one of them joins may have its own in another folder: see
            `elsewhere`.
        known: stacks of the backend.
        typed: spells what to type.
    """
    if not all(stack.spec for stack in stacks):
        return {}  # nobody knows whose cloud the others join; their files fail by themselves, and are mended first
    watched = {name for stack in stacks for name in (stack.name, stack.primary)}
    return {
        name: _lives_on(name, row, typed)
        for name, row in sorted(known.items())
        if row.resource_count and name not in watched
    }


def elsewhere(stacks: Sequence[FleetStack], known: Mapping[str, StackRow]) -> str:
    """A sentence on primaries that are looked at from another folder, if from anywhere; empty where there is none."""
    names = {stack.name for stack in stacks}
    found = sorted({s.primary for s in stacks if s.primary and s.primary not in names and s.primary in known})
    return f"{', '.join(found)}: joined by stacks here, with no file here, and so not looked at." if found else ""


def with_unwatched(report: FleetReport, found: Mapping[str, str]) -> FleetReport:
    """The report, and at its end a failed stack for each."""
    more = (_failed(name, why) for name, why in found.items())
    return report.model_copy(update={"stacks": (*report.stacks, *more)})


def without_file(stack: str, known: Mapping[str, StackRow], typed: Typed) -> StackReport:
    """The report of a stack whose file was taken away from here; of a primary too, which then has none elsewhere."""
    row = known.get(stack)
    if row and row.resource_count:
        return _failed(stack, _lives_on(stack, row, typed))
    note = f"no stack file is here, and the backend has no resources of {stack}: nothing lives on"
    return StackReport(stack=stack, state="done", notes=(note,))


def _lives_on(stack: str, row: StackRow, typed: Typed) -> str:
    destroy, forget = typed.fleet("destroy", stacks=(stack,)), typed.pulumi("stack", "rm", stack=stack)
    return (
        f"no stack file is here, while the backend has {row.resource_count} resources of {stack}: they live on, "
        f"billed, and nothing compares them. Put Pulumi.{stack}.yaml back; if the region is to go, `{destroy}` comes "
        f"first, then `{forget}`, and last the file."
    )


def _failed(stack: str, why: str) -> StackReport:
    return StackReport(stack=stack, state="failed", error=f"{stack}: {why}")
