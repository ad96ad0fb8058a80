"""One command: the stacks it works on, the engine, and the board that shows how far it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from fleet import going_on, held_back, order
from fleet.ctrl_c import heard
from fleet.engine.answers import StackRow
from fleet.engine.process import Engine
from fleet.errors import FleetError
from fleet.leave import Leave
from fleet.primaries import Primaries, read_shared
from fleet.report import FleetReport, StackReport
from fleet.runs import Runs
from fleet.show.board import Board, busy
from fleet.stacks import FleetStack, discover, read_stack, select
from fleet.status import FleetStatus, fleet_status
from fleet.typed import Typed
from fleet.unwatched import elsewhere, unwatched
from stack.contract import ContractError, SharedValues

Json = dict[str, Any]

PARALLEL = min(4, (os.cpu_count() or 1) + 1)
"""Previews are bound by processors, and each waits a little: one more at once than there are is best (`make bench`)."""
DEPLOYING = 8
"""An `up` and a `destroy` wait for Azure most of their time; each takes a few hundred MiB of memory (`make bench`)."""


Approve = Callable[[FleetReport, Sequence[str]], bool]
"""Shows a preview, and asks whether the stacks of it that are named may be deployed; none is named where none may."""


class Session:
    """One command: the stacks it works on, and the engine.

    Attributes:
        chosen: names that were given; none where it works on all stacks.
        unwatched: by name, what is wrong with stacks that have resources and no file; none where some are chosen.
    """

    def __init__(
        self, stacks: Sequence[FleetStack], engine: Engine, *, parallel: int | None, chosen: Sequence[str]
    ) -> None:
        self.stacks, self.engine, self.chosen = stacks, engine, chosen
        self.looking, self.deploying = parallel or PARALLEL, parallel or DEPLOYING
        self.console = Console(stderr=True, highlight=False)
        self.typed = Typed.here(engine.folder)
        self.known: dict[str, StackRow] = {}
        self.unwatched: dict[str, str] = {}
        self._primaries = Primaries()

    @classmethod
    def open(
        cls, folder: Path, names: Sequence[str] = (), *, parallel: int | None = None, init: bool = False
    ) -> Session:
        """Find the stacks and the engine.

        Args:
            folder: the project's.
            names: of the stacks to work on, all where none is given.
            parallel: how many at once; without, what suits each command.
            init: make the stacks that the backend does not know.

        Raises:
            FleetError: there is nothing to work on, or nothing to work with.
        """
        engine = require(folder)  # before the files are read: in the simulator, `pulumi` brings its copies up to date
        files = discover(folder)
        session = cls(select(files, names), engine, parallel=parallel, chosen=names)
        with busy(session.console, "asking the state backend for its stacks"):
            session.known = engine.known()
            missing = [s.name for s in session.stacks if s.spec and s.name not in session.known] if init else []
            for stack in missing:
                engine.init(stack)
            if missing:
                session.known = engine.known()
        session.unwatched = {} if names else unwatched(files, session.known, session.typed)
        if not names and (told := elsewhere(files, session.known)):
            session.console.print(told)
        return session

    @property
    def names(self) -> list[str]:
        """Of the stacks, in order."""
        return [stack.name for stack in self.stacks]

    def preview(self) -> FleetReport:
        """Preview every stack."""
        found = self._previews(self.stacks)
        again = {} if self.chosen else {"next": (self.typed.fleet("up"),)}
        told = (each.model_copy(update=again) if each.state == "waits" else each for each in found.values())
        return FleetReport(operation="preview", stacks=tuple(told))

    def ready(self, seen: FleetReport) -> list[str]:
        """Names of the previewed stacks that change something and passed, as did the stack that each joins."""
        held = {each.stack for each in seen.stacks if each.fails}
        changed = {each.stack for each in seen.stacks if each.verdict != "no change"}
        return [s.name for s in self.stacks if s.name in changed and held.isdisjoint({s.name, s.primary})]

    def up(self, before: FleetReport, *, leave: Leave, approve: Approve) -> FleetReport:
        """Deploy what was previewed and changes something, owners first.

        A stack whose preview failed is held back, and so is what joins it; the others go on. What could not be
        previewed before, since its primary was not deployed or told other things then, or whose file was edited since,
        is previewed after that, and approved by itself.
        """
        found = self._deploy(self.stacks, {each.stack: each for each in before.stacks})
        left = [self._now(stack) for stack in self.stacks if found[stack.name].state == "waits"]
        if left and not self.engine.interrupts:
            then = self._previews(left)
            held = {name: why for name, each in then.items() if (why := held_back.held(each, leave, self.typed))}
            ready = [stack for stack in left if stack.name not in held]
            agreed = approve(FleetReport(operation="preview", stacks=tuple(then.values())), [s.name for s in ready])
            found |= held
            if agreed:
                found |= self._deploy(ready, then)
        found = {name: held_back.left(each) if each.state == "waits" else each for name, each in found.items()}
        return FleetReport(operation="up", stacks=tuple(going_on.with_next(found, "up", self.typed).values()))

    def destroy(self, *, preview: bool) -> FleetReport:
        """Destroy every stack, the owners of clouds last; or say what that would take."""
        needs = order.independent(self.stacks) if preview else order.primaries_last(self.stacks)
        doing = "previewing" if preview else "destroying"
        parallel = self.looking if preview else self.deploying
        found = self._each(
            doing,
            lambda runs: lambda stack: runs.destroy(stack, preview=preview),
            self.stacks,
            needs,
            parallel=parallel,
        )
        told = found if preview else going_on.with_next(found, "destroy", self.typed)
        return FleetReport(operation="destroy", stacks=tuple(told.values()))

    def drift(self) -> FleetReport:
        """Compare every stack with the cloud."""
        found = self._each("comparing", lambda runs: runs.drift, self.stacks, order.independent(self.stacks))
        return FleetReport(operation="drift", stacks=tuple(found.values()))

    def status(self) -> FleetStatus:
        """How the stacks stand, from what their last `up` left."""
        names = [*self.names, *self.unwatched]
        outputs, unread = self.outputs(names)
        wrong = {**unread, **self.unwatched}
        return fleet_status(
            names, outputs=outputs, known=self.known, now=datetime.now(UTC), wrong=wrong, typed=self.typed
        )

    def outputs(self, names: Sequence[str]) -> tuple[dict[str, Json], dict[str, str]]:
        """Outputs by stack, of those that the backend knows; and by stack why they could not be read."""
        outputs: dict[str, Json] = {}
        unread: dict[str, str] = {}

        def read(name: str) -> None:
            try:
                outputs[name] = self.engine.outputs(name)
            except FleetError as problem:
                unread[name] = str(problem)

        known = [name for name in names if name in self.known]
        with busy(self.console, "reading outputs"), ThreadPoolExecutor(self.looking) as pool:
            try:
                list(pool.map(read, known))
            except KeyboardInterrupt:  # which the threads do not hear
                self.engine.interrupt()
                raise
        return outputs, unread

    def _previews(self, stacks: Sequence[FleetStack]) -> dict[str, StackReport]:
        self._primaries = Primaries.of(*self.outputs(sorted({stack.primary for stack in stacks if stack.primary})))
        return self._each("previewing", lambda runs: runs.preview, stacks, order.independent(stacks))

    def _deploy(self, stacks: Sequence[FleetStack], seen: Mapping[str, StackReport]) -> dict[str, StackReport]:
        """Deploy those whose preview has changes, as far as it still tells what they would do; the others wait."""
        primaries = {stack.primary for stack in stacks}
        moved: set[str] = set()

        def deploy(runs: Runs, stack: FleetStack) -> StackReport:
            before = seen[stack.name]
            if before.fails:
                return held_back.failed(before, self.typed)
            if before.state == "waits":
                return before
            if stack.primary in moved:
                why = f"{stack.primary} tells other things now than when this was previewed: it is previewed again"
                return StackReport(stack=stack.name, state="waits", notes=(why,))
            if self._now(stack) != stack:
                why = (
                    f"Pulumi.{stack.name}.yaml says other things now than when it was previewed: it is previewed again"
                )
                return StackReport(stack=stack.name, state="waits", notes=(why,))
            if before.verdict == "no change":
                note = "nothing to change, and so not deployed again"
                return before.model_copy(update={"notes": (note, *before.notes)})
            after = runs.up(stack)
            if stack.name in primaries and self._tells(stack.name) != self._primaries.shared.get(stack.name):
                moved.add(stack.name)
            return after

        needs = order.primaries_first(stacks)
        return self._each(
            "deploying", lambda runs: lambda stack: deploy(runs, stack), stacks, needs, parallel=self.deploying
        )

    def _now(self, stack: FleetStack) -> FleetStack:
        """What its file says now: somebody may have edited it while a question waited for its answer."""
        if self.typed.simulated:
            self.engine.require()  # which brings the copies of the files up to date
        return read_stack(stack.name, self.engine.folder)

    def _tells(self, stack: str) -> SharedValues | None:
        """What a stack tells those that join it now; called in a thread, and so without a word of progress."""
        try:
            return read_shared(self.engine.outputs(stack))
        except (FleetError, ContractError):
            return None  # other than before: whoever joins it is previewed again, which says why

    def _each(
        self,
        doing: str,
        verb: Callable[[Runs], order.Act],
        stacks: Sequence[FleetStack],
        needs: Mapping[str, set[str]],
        *,
        parallel: int | None = None,
    ) -> dict[str, StackReport]:
        with Board(self.console, [stack.name for stack in stacks], doing=doing) as board, heard(self._stop):
            act = verb(
                Runs(
                    engine=self.engine,
                    known=self.known,
                    primaries=self._primaries,
                    progress=board.event,
                    typed=self.typed,
                )
            )

            def shown(stack: FleetStack) -> StackReport:
                board.begun(stack.name)
                report = act(stack)
                board.ended(report)
                return report

            found = order.run(
                stacks,
                shown,
                needs=needs,
                parallel=parallel or self.looking,
                stopped=lambda: self.engine.interrupts > 0,
                typed=self.typed,
            )
        return {report.stack: report for report in found}

    def _stop(self, _: int) -> None:
        self.engine.interrupt()
        self.console.print(
            "Stopping: each stack ends what it has begun, which may take minutes, and gives its lock back. Once more "
            f"cuts it short, and leaves work for `{self.typed.fleet('recover', 'STACK')}`."
            if self.engine.interrupts == 1
            else "Cutting short."
        )


def require(folder: Path) -> Engine:
    """The engine in a project's folder.

    Raises:
        FleetError: there is none, or an old one.
    """
    engine = Engine(folder)
    with busy(Console(stderr=True, highlight=False), "looking for `pulumi`"):
        engine.require()
    return engine
