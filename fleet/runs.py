"""What each command does with one stack: run the engine, read what it told, answer with a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fleet import judge
from fleet.engine.answers import StackRow
from fleet.engine.known_errors import EngineError, explained, explained_each, met, next_command
from fleet.engine.process import Engine, Finished
from fleet.engine.steps import Step, Told, read, read_drift
from fleet.errors import FleetError, Interrupted
from fleet.policy.rule import broken_rules
from fleet.primaries import Primaries
from fleet.report import BrokenRule, Change, StackReport
from fleet.stacks import FleetStack
from fleet.typed import Typed
from stack.spec import StackSpec

Json = dict[str, Any]
Progress = Callable[[str, Json], None]

_SHOWN_BY = {
    "preview": ("preview",),
    "refresh": ("refresh", "--preview-only"),
    "destroy": ("destroy",),  # without the program, which cannot run on what a destroy left half way; it asks first
}
"""What shows all that the engine has to say, by the command of the engine that failed before anything was done."""


def _silent(stack: str, event: Json) -> None:
    """Show nothing."""


@dataclass(frozen=True, kw_only=True)
class Runs:
    """The commands on one stack each; every failure is a report.

    Attributes:
        engine: which runs them.
        known: stacks of the backend, as it lists them before anything runs.
        primaries: what they tell those that join them.
        progress: told each event of each stack.
        typed: how what to type next is spelled.
    """

    engine: Engine
    known: Mapping[str, StackRow]
    primaries: Primaries = field(default_factory=Primaries)
    progress: Progress = field(default=_silent)
    typed: Typed = field(default_factory=Typed)

    def preview(self, stack: FleetStack) -> StackReport:
        """What `up` would do. A stack whose primary is not deployed yet waits: there is nothing that it could join."""
        primary, told = stack.primary, self.primaries
        if primary in told.unread:
            error = f"What {primary} tells those that join it cannot be read: {told.unread[primary]}"
            again = (self.typed.fleet("preview", stacks=(stack.name,)),)
            return StackReport(stack=stack.name, state="failed", error=error, next=again)
        if primary and primary not in told.shared:
            why = told.lacking.get(primary, "is not deployed yet")
            return StackReport(
                stack=stack.name,
                state="waits",
                notes=(f"joins {primary}, which {why}: it is previewed once {primary} is up",),
                next=(self.typed.fleet("up", stacks=(primary, stack.name)),),
            )
        return self._reported(stack, "preview", judges=True)

    def up(self, stack: FleetStack) -> StackReport:
        """Deploy what was previewed."""
        return self._reported(stack, "up", "--yes", "--skip-preview")

    def destroy(self, stack: FleetStack, *, preview: bool) -> StackReport:
        """Destroy, with the program run, so that its error hooks work; or say what that would take."""
        if self._is_empty(stack.name):
            return StackReport(stack=stack.name, state="done", notes=("not deployed: nothing to destroy",))
        return self._reported(stack, "destroy", "--run-program", *(["--preview-only"] if preview else ["--yes", "-f"]))

    def drift(self, stack: FleetStack) -> StackReport:
        """What differs from the cloud, and which rules that breaks; nothing is written down."""
        if self._is_empty(stack.name):
            return StackReport(stack=stack.name, state="done", notes=("not deployed: nothing can differ",))
        return self._reported(stack, "refresh", "--preview-only", judges=True)

    def _is_empty(self, stack: str) -> bool:
        return stack in self.known and not self.known[stack].resource_count

    def _reported(self, stack: FleetStack, *words: str, judges: bool = False) -> StackReport:
        if not stack.spec:
            again = (self.typed.fleet("validate"),)
            return StackReport(stack=stack.name, state="failed", error=_broken_file(stack), next=again)
        if stack.name not in self.known:
            return self._unknown(stack.name, words[0])
        try:
            done = self.engine.run(stack.name, *words, on_event=lambda event: self.progress(stack.name, event))
        except Interrupted as early:
            return StackReport(stack=stack.name, state="skipped", error=str(early))
        except FleetError as refusal:
            return StackReport(stack=stack.name, state="failed", error=str(refusal))
        told = read_drift(done.events) if words[0] == "refresh" else read(done.events)
        looks = words[0] == "preview" or "--preview-only" in words
        steps = told.steps if looks else told.carried_out
        found = judge.changes(steps) or (judge.noted(steps, told.outputs) if words[0] != "refresh" else ())
        failed = done.code != 0 or (looks and not done.whole)
        return StackReport(
            stack=stack.name,
            state="failed" if failed else "done",
            error=self._error(stack.name, done, told, looks=looks) if failed else "",
            changes=found,
            unchanged=judge.unchanged(steps),
            broken_rules=_rules(words[0], found, steps, stack.spec) if judges else (),
            notes=(*told.warnings, *_doubts(done)),
            next=self._next(stack.name, words[0], done, told, touched=bool(found) and not looks) if failed else (),
        )

    def _unknown(self, stack: str, command: str) -> StackReport:
        error = f"The backend knows no stack {stack}: "
        if command in ("preview", "up"):
            again = (self.typed.fleet("up", "--init", stacks=(stack,)),)
            error += f"`{again[0]}` makes it."
        else:
            error += "either PULUMI_BACKEND_URL names another backend, or it was never made; --stack chooses others."
            again = ()
        return StackReport(stack=stack, state="failed", error=error, next=again)

    def _error(self, stack: str, done: Finished, told: Told, *, looks: bool) -> str:
        """Lines, the first of them what a reader must know."""
        why = (
            explained_each(told.errors, stack=stack, typed=self.typed)
            if told.errors
            else explained(done.said, stack=stack, typed=self.typed)
        )
        if done.code == 0:
            return "The engine's event log ends early, or has lines that hold no event: nobody knows what it left out."
        if self.engine.interrupts and looks:
            return f"Interrupted: nothing was changed.\n{why}"
        if self.engine.interrupts > 1:
            return f"Interrupted twice, and so cut short: what was under way is not recorded.\n{why}"
        if self.engine.interrupts:
            return f"Interrupted: what was under way was ended, and what was made is recorded.\n{why}"
        if done.killed:
            return f"`pulumi` was killed ({done.killed}): the machine may be short of memory.\n{why}".strip()
        return why or f"`pulumi` ended with {done.code} and said nothing."

    def _next(self, stack: str, command: str, done: Finished, told: Told, *, touched: bool) -> tuple[str, ...]:
        """What to type to go on."""
        if known := _known(done, told):
            again = next_command(*known, stack=stack, typed=self.typed)
            return (again,) if again else ()
        if told.pending or (command in ("up", "destroy") and (done.killed or self.engine.interrupts > 1)):
            return (self.typed.fleet("recover", stack),)
        if command == "up":
            return (self.typed.fleet("up", stacks=(stack,)),)
        if self.engine.interrupts and not touched:
            return (self.typed.fleet({"refresh": "drift"}.get(command, command), stacks=(stack,)),)
        return (self.typed.pulumi(*_SHOWN_BY[command], stack=stack),)


def _known(done: Finished, told: Told) -> tuple[EngineError, str] | None:
    """The first error that a row knows, with that row."""
    within = bool(told.errors)
    rows = ((met(error, within=within), error) for error in told.errors or (done.said,))
    return next(((row, error) for row, error in rows if row), None)


def _doubts(done: Finished) -> tuple[str, ...]:
    if not done.unread:
        return ()
    return (f"{done.unread} lines of the engine's event log hold no event: this report may not tell all.",)


def _broken_file(stack: FleetStack) -> str:
    count = len(stack.problems)
    return f"Pulumi.{stack.name}.yaml has {count} problem{'s' * (count > 1)}:\n" + "\n".join(stack.problems)


def _rules(command: str, changes: Sequence[Change], steps: Sequence[Step], spec: StackSpec) -> tuple[BrokenRule, ...]:
    refused = judge.refused(changes) if command == "preview" else ()  # what is drifted has happened already
    return (*refused, *broken_rules(steps, spec.settings))
