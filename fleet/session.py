"""One command: the stacks it works on, the engine, and the board that shows how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from fleet import order
from fleet.board import Board
from fleet.engine import Engine
from fleet.report import FleetReport, StackReport
from fleet.runs import Runs
from fleet.stacks import FleetStack, discover, select


class Session:
    """One command: the stacks it works on, and the engine."""

    def __init__(self, stacks: Sequence[FleetStack], engine: Engine, *, parallel: int) -> None:
        self.stacks, self.engine, self.parallel = stacks, engine, parallel
        self.known = engine.known()
        self.console = Console(stderr=True, highlight=False)

    @classmethod
    def open(cls, folder: Path, names: Sequence[str], *, parallel: int, init: bool = False) -> Session:
        """Find the stacks and the engine.

        Raises:
            FleetError: there is nothing to work on, or nothing to work with.
        """
        engine = Engine(folder)
        engine.require()  # before the files are read: in the simulator, `pulumi` brings its copies of them up to date
        stacks = select(discover(folder), names)
        session = cls(stacks, engine, parallel=parallel)
        missing = [stack.name for stack in stacks if stack.name not in session.known] if init else []
        for stack in missing:
            engine.init(stack)
        if missing:
            session.known = engine.known()
        return session

    @property
    def names(self) -> list[str]:
        """Of the stacks, in order."""
        return [stack.name for stack in self.stacks]

    def preview(self) -> FleetReport:
        """Preview every stack."""
        found = self._each("previewing", lambda runs: runs.preview, order.independent(self.stacks))
        return FleetReport(operation="preview", stacks=found)

    def up(self, *, allow_destructive: bool) -> FleetReport:
        """Deploy every stack, owners first."""
        needs = order.primaries_first(self.stacks)
        found = self._each("deploying", lambda runs: runs.up, needs, allow_destructive=allow_destructive)
        return FleetReport(operation="up", stacks=found)

    def destroy(self, *, preview: bool) -> FleetReport:
        """Destroy every stack, the owners of clouds last; or say what that would take."""
        needs = order.independent(self.stacks) if preview else order.primaries_last(self.stacks)
        doing = "previewing" if preview else "destroying"
        found = self._each(doing, lambda runs: lambda stack: runs.destroy(stack, preview=preview), needs)
        return FleetReport(operation="destroy", stacks=found)

    def drift(self) -> FleetReport:
        """Compare every stack with the cloud."""
        found = self._each("comparing", lambda runs: runs.drift, order.independent(self.stacks))
        return FleetReport(operation="drift", stacks=found)

    def _each(
        self,
        doing: str,
        verb: Callable[[Runs], order.Act],
        needs: Mapping[str, set[str]],
        *,
        allow_destructive: bool = False,
    ) -> tuple[StackReport, ...]:
        with Board(self.console, self.names, doing=doing) as board:
            runs = Runs(engine=self.engine, known=self.known, progress=board.event, allow_destructive=allow_destructive)
            act = verb(runs)

            def shown(stack: FleetStack) -> StackReport:
                board.begun(stack.name)
                report = act(stack)
                board.ended(report)
                return report

            return order.run(self.stacks, shown, needs=needs, parallel=self.parallel, interrupt=self.engine.interrupt)
