"""Leave to destroy: for all that a preview shows, or for what somebody has seen and said yes to, and nothing else.

Owns the form in which the latter goes from one job to another: a line a change, masked as reports are. It names no
property: what is lost is the same whichever of them replaces it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from fleet.errors import FleetError
from fleet.report import StackReport
from fleet.show.masking import masked

VARIABLE = "FLEET_ALLOWED"
_LINES = TypeAdapter(tuple[str, ...])


@dataclass(frozen=True, kw_only=True)
class Leave:
    """What may be destroyed.

    Attributes:
        everything: all that is previewed.
        seen: lines of `losses`, which may be; None where nobody handed over any.
    """

    everything: bool
    seen: tuple[str, ...] | None

    @classmethod
    def of(cls, handed: str | None, *, everything: bool) -> Leave:
        """Leave as a command is given it.

        Args:
            handed: as `written` gives it; None where nothing was.
            everything: whether all is allowed.

        Raises:
            FleetError: it is no such text, or both are given.
        """
        if handed is None:
            return cls(everything=everything, seen=None)
        if everything:
            raise FleetError(f"Give --allow-destructive, or {VARIABLE}: the one allows all, the other what it lists.")
        try:
            return cls(everything=False, seen=_LINES.validate_json(handed))
        except ValidationError:
            raise FleetError(f"{VARIABLE} holds no JSON list of changes, as `fleet ci gate` hands it on.") from None

    def lacks(self, *stacks: StackReport) -> tuple[str, ...]:
        """What these would destroy without leave."""
        seen = self.seen or ()
        return () if self.everything else tuple(line for stack in stacks for line in losses(stack) if line not in seen)

    def refusal(self, *stacks: StackReport, again: str) -> str:
        """Why these go no further, and what to do.

        Args:
            again: the command that allows all of it.
        """
        if self.seen is None:
            return f"the preview is destructive. If it is meant: {again}"
        return (
            f"nobody has said yes to {'; '.join(self.lacks(*stacks))}. Start the workflow `deploy` anew: it shows what "
            "is destroyed now, and asks."
        )


def losses(stack: StackReport) -> tuple[str, ...]:
    """What a stack would destroy, a line each: `eastus: delete azure-native:containerservice:AgentPool eastus-a100`."""
    found = (change for change in stack.changes if change.verdict == "destructive")
    return tuple(masked(f"{stack.stack}: {change.operation} {change.type} {change.name}") for change in found)


def written(lines: tuple[str, ...]) -> str:
    """For another job, on one line."""
    return _LINES.dump_json(lines).decode()
