"""One live line a stack while a run is under way: on a terminal they move, elsewhere each change is a line."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from fleet.report import StackReport
from fleet.steps import short_name

Json = dict[str, Any]


class Board:
    """What each stack is at. Writes to the console it is given, which is not where the report goes."""

    def __init__(self, console: Console, stacks: list[str], *, doing: str) -> None:
        self._console, self._doing = console, doing
        self._lines = dict.fromkeys(stacks, "waits its turn")
        self._resources = dict.fromkeys(stacks, 0)
        self._lock = threading.Lock()
        self._live = Live(get_renderable=self._table, console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def begun(self, stack: str) -> None:
        """A stack has its turn."""
        self._set(stack, self._doing)

    def event(self, stack: str, event: Json) -> None:
        """The engine told of a resource."""
        if metadata := event.get("resOutputsEvent", {}).get("metadata"):
            with self._lock:
                self._resources[stack] += metadata["op"] not in ("refresh", "read")
                count = self._resources[stack]
                self._lines[stack] = f"{self._doing}, {count} resources; last: {short_name(metadata['urn'])}"

    def ended(self, report: StackReport) -> None:
        """A stack is through."""
        counts = ", ".join(f"{count} to {operation}" for operation, count in report.counts.items())
        said = report.error.partition("\n")[0] or report.verdict
        self._set(report.stack, f"{report.state}: {said}" + (f" ({counts})" if counts else ""))

    def _set(self, stack: str, line: str) -> None:
        with self._lock:
            self._lines[stack] = line
        if not self._console.is_terminal:
            self._console.print(f"{stack}: {line}", markup=False, highlight=False, soft_wrap=True)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        with self._lock:
            for stack, line in self._lines.items():
                table.add_row(stack, Text(line, overflow="ellipsis", no_wrap=True))
        return table
