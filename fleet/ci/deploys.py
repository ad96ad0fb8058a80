"""What a deployment works on: stacks that change and passed, owners of a cloud before those that join them.

A stack that did not pass holds back itself and those that join it; the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fleet.leave import losses
from fleet.report import FleetReport, StackReport
from fleet.stacks import FleetStack


@dataclass(frozen=True, kw_only=True)
class Deploys:
    """By stack, in the order in which they deploy, what may be destroyed in it: `leave.losses`.

    Attributes:
        owners: of a cloud.
        joiners: which deploy after them. One whose owner changes may have to follow, also where it changes nothing yet.
        held: by stack, why it is held back, in a phrase.
    """

    owners: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    joiners: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    held: dict[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        """A line for the page of the run."""
        going = f"Deploys {', '.join([*self.owners, *self.joiners]) or 'nothing'}."
        held = ", ".join(f"{stack} ({why})" for stack, why in self.held.items())
        return f"{going} Held back: {held}." if held else going


def deploys(stacks: Sequence[FleetStack], report: FleetReport, *, allowed: bool) -> Deploys:
    """Choose.

    Args:
        stacks: in the order in which they deploy.
        report: their previews; a stack that it does not tell of has failed.
        allowed: whether what these destroy is meant.
    """
    found = Deploys()
    told = {each.stack: each for each in report.stacks}
    for stack in stacks:
        seen = told.get(stack.name) or StackReport(stack=stack.name, state="failed")
        changes = seen.state == "waits" or seen.verdict != "no change"
        if seen.fails:
            found.held[stack.name] = "failed, or breaks a rule"
        elif seen.verdict == "destructive" and not allowed:
            found.held[stack.name] = "destructive"
        elif changes and stack.primary in found.held:
            found.held[stack.name] = f"joins {stack.primary}"
        elif changes or stack.primary in found.owners:
            (found.joiners if stack.primary else found.owners)[stack.name] = losses(seen)
    return found
