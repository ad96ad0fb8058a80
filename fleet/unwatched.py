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
        stacks: all that have a file. A primary that one of them joins may have its own in another folder.
        known: stacks of the backend.
        typed: spells what to type.
    """
    watched = {name for stack in stacks for name in (stack.name, stack.primary)}
    return {
        name: f"no stack file is here, while the backend has {row.resource_count} resources of {name}: they live on, "
        f"billed, and nothing compares them. Put Pulumi.{name}.yaml back; if the region is to go, "
        f"`{typed.fleet('destroy', stacks=(name,))}` comes first, then `pulumi stack rm {name}`, and last the file."
        for name, row in sorted(known.items())
        if row.resource_count and name not in watched
    }


def with_unwatched(report: FleetReport, found: Mapping[str, str]) -> FleetReport:
    """The report, and at its end a failed stack for each."""
    more = (StackReport(stack=name, state="failed", error=f"{name}: {why}") for name, why in found.items())
    return report.model_copy(update={"stacks": (*report.stacks, *more)})
