"""What each command does with one stack: run the engine, read what it told, answer with a report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from fleet import judge
from fleet.engine import Engine, Finished
from fleet.engine_errors import explained
from fleet.errors import FleetError
from fleet.policy.rule import broken_rules
from fleet.report import BrokenRule, Change, StackReport
from fleet.stacks import FleetStack
from fleet.steps import Step, Told, read, read_drift
from stack.spec import StackSpec

Json = dict[str, Any]
Progress = Callable[[str, Json], None]


def _silent(stack: str, event: Json) -> None:
    """Show nothing."""


@dataclass(frozen=True, kw_only=True)
class Runs:
    """The commands on one stack each; every failure is a report.

    Attributes:
        engine: which runs them.
        known: stacks of the backend, as it lists them before anything runs.
        joinable: primaries that tell what a stack needs to join them.
        progress: told each event of each stack.
        allow_destructive: whether `up` goes on where its own preview, of a stack that had to wait, is destructive.
    """

    engine: Engine
    known: dict[str, Json]
    joinable: Collection[str]
    progress: Progress = field(default=_silent)
    allow_destructive: bool = False

    def preview(self, stack: FleetStack) -> StackReport:
        """What `up` would do. A stack whose primary is not deployed yet waits: there is nothing that it could join."""
        if self._waits(stack):
            primary = stack.primary
            return StackReport(
                stack=stack.name,
                state="waits",
                notes=(f"joins {primary}, which is not deployed yet: it is previewed once {primary} is up",),
                next=(f"fleet up --stack {primary}",),
            )
        return self._reported(stack, "preview", judges=True)

    def up(self, stack: FleetStack) -> StackReport:
        """Deploy. A stack that had to wait for its primary is previewed first, and stops where that is destructive."""
        if self._waits(stack):
            before = self._reported(stack, "preview", judges=True)
            if before.fails:
                return before
            if before.verdict == "destructive" and not self.allow_destructive:
                why = "Its preview is destructive: see it, then `fleet up --allow-destructive`."
                return before.model_copy(update={"state": "failed", "error": why})
        return self._reported(stack, "up", "--yes", "--skip-preview")

    def destroy(self, stack: FleetStack, *, preview: bool) -> StackReport:
        """Destroy, with the program run, so that its error hooks work; or say what that would take."""
        return self._reported(stack, "destroy", "--run-program", *(["--preview-only"] if preview else ["--yes", "-f"]))

    def drift(self, stack: FleetStack) -> StackReport:
        """What differs from the cloud, and which rules that breaks; nothing is written down."""
        if stack.name in self.known and not self.known[stack.name].get("resourceCount"):
            return StackReport(stack=stack.name, state="done", notes=("not deployed: nothing can differ",))
        return self._reported(stack, "refresh", "--preview-only", judges=True)

    def _waits(self, stack: FleetStack) -> bool:
        return bool(stack.primary) and stack.primary not in self.joinable

    def _reported(self, stack: FleetStack, *words: str, judges: bool = False) -> StackReport:
        if not stack.spec:
            return StackReport(stack=stack.name, state="failed", error=_broken_file(stack))
        try:
            self._require_known(stack.name)
            done = self.engine.run(stack.name, *words, on_event=lambda event: self.progress(stack.name, event))
        except FleetError as refusal:
            return StackReport(stack=stack.name, state="failed", error=str(refusal))
        told = read_drift(done.events) if words[0] == "refresh" else read(done.events)
        steps = told.steps if words[0] == "preview" or "--preview-only" in words else told.carried_out
        changes = judge.changes(steps)
        rules = _rules(words[0], changes, steps, stack.spec) if judges else ()
        failed = done.code != 0
        return StackReport(
            stack=stack.name,
            state="failed" if failed else "done",
            error=_error(stack.name, done, told) if failed else "",
            changes=changes,
            unchanged=judge.unchanged(steps),
            broken_rules=rules,
            notes=told.warnings,
            next=(f"pulumi {words[0]} --stack {stack.name}",) if failed else (),
        )

    def _require_known(self, stack: str) -> None:
        if stack not in self.known:
            raise FleetError(
                f"The backend knows no stack {stack}: `pulumi stack init {stack}`, or let `fleet up --init` do it."
            )


def _broken_file(stack: FleetStack) -> str:
    count = len(stack.problems)
    return f"Pulumi.{stack.name}.yaml has {count} problem{'s' * (count > 1)}:\n" + "\n".join(stack.problems)


def _rules(command: str, changes: Sequence[Change], steps: Sequence[Step], spec: StackSpec) -> tuple[BrokenRule, ...]:
    refused = judge.refused(changes) if command == "preview" else ()  # what is drifted has happened already
    return (*refused, *broken_rules(steps, spec.settings))


def _error(stack: str, done: Finished, told: Told) -> str:
    return explained("\n".join(told.errors) or done.said, stack=stack)
