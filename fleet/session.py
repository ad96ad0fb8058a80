"""One command: the stacks it works on, the engine, and the board that shows how far it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from fleet import order
from fleet.board import Board
from fleet.engine import Engine
from fleet.errors import FleetError
from fleet.report import FleetReport, StackReport
from fleet.runs import Runs
from fleet.stacks import FleetStack, discover, select
from fleet.status import FleetStatus, fleet_status
from fleet.validate import Validation, validate
from stack import contract

Json = dict[str, Any]

PARALLEL = min(4, os.cpu_count() or 2)
"""Previews are bound by processors: more at once than there are makes none of them faster (`make bench`)."""


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

    def status(self) -> FleetStatus:
        """How the stacks stand, from what their last `up` left."""
        outputs, unread = self.outputs(self.names)
        now = datetime.now(UTC)
        return fleet_status(self.names, outputs=outputs, known=self.known, now=now, unread=unread)

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
        with self.console.status("reading outputs"), ThreadPoolExecutor(self.parallel) as pool:
            list(pool.map(read, known))
        return outputs, unread

    def _joinable(self) -> list[str]:
        """Primaries of the stacks whose last `up` left what those that join need."""
        outputs, _ = self.outputs(sorted({stack.primary for stack in self.stacks if stack.primary}))
        return [name for name, told in outputs.items() if _joins(told)]

    def _each(
        self,
        doing: str,
        verb: Callable[[Runs], order.Act],
        needs: Mapping[str, set[str]],
        *,
        allow_destructive: bool = False,
    ) -> tuple[StackReport, ...]:
        with Board(self.console, self.names, doing=doing) as board:
            runs = Runs(
                engine=self.engine,
                known=self.known,
                joinable=self._joinable(),
                progress=board.event,
                allow_destructive=allow_destructive,
            )
            act = verb(runs)

            def shown(stack: FleetStack) -> StackReport:
                board.begun(stack.name)
                report = act(stack)
                board.ended(report)
                return report

            return order.run(self.stacks, shown, needs=needs, parallel=self.parallel, interrupt=self.engine.interrupt)


def _joins(outputs: Mapping[str, Any]) -> bool:
    try:
        contract.read(contract.SharedValues, outputs, contract.SHARED_PREFIX)
    except contract.ContractError:
        return False
    return True


def validated(folder: Path, *, files_only: bool) -> Validation:
    """What is wrong with the stack files, and, unless `files_only`, with what is deployed beside them.

    Raises:
        FleetError: there is no project, or no backend to ask.
    """
    if files_only:
        return validate(folder, discover(folder))
    session = Session.open(folder, (), parallel=PARALLEL)
    outputs, unread = session.outputs(session.names)
    elsewhere = dict.fromkeys(session.known.keys() - unread.keys(), Json())
    found = validate(folder, session.stacks, deployed={**elsewhere, **outputs})
    lost = {
        name: (*found.files.get(name, ()), f"what is deployed cannot be read: {why}") for name, why in unread.items()
    }
    return found.model_copy(update={"files": {**found.files, **lost}})
