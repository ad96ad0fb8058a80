"""What a command is at, on stderr: a live line a stack on a terminal; elsewhere a line a change, and one each minute.

Owns no result: the report is told elsewhere.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from fleet.engine.steps import short_name
from fleet.report import StackReport
from fleet.show.plain import plain

Json = dict[str, Any]

SOON = 2.0
"""Seconds after which a person wonders."""
_BEAT = 60.0
"""Seconds between lines off a terminal: some runners of pipelines end a job that says nothing for ten minutes."""


@contextmanager
def busy(console: Console, doing: str) -> Generator[None]:
    """Say what takes its time: at once on a terminal, elsewhere if it takes longer than a moment."""
    if console.is_terminal:
        with console.status(doing):
            yield
        return
    later = threading.Timer(SOON, console.print, (f"{doing} ...",))
    later.daemon = True
    later.start()
    try:
        yield
    finally:
        later.cancel()


@dataclass
class _Line:
    """Of one stack."""

    said: str = "waits its turn"
    since: float | None = None
    """When its turn began; None before and after."""
    resources: int = 0
    under_way: dict[str, float] = field(default_factory=dict[str, float])
    """URNs that the engine has begun and not ended, and since when."""


class Board:
    """What each stack is at. Writes to the console it is given, which is not where the report goes."""

    def __init__(
        self, console: Console, stacks: list[str], *, doing: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console, self._doing, self._clock = console, doing, clock
        self._lines = {stack: _Line() for stack in stacks}
        self._lock = threading.RLock()  # Ctrl-C may come in the middle of a line
        self._over = threading.Event()
        self._beats = threading.Thread(target=self._beat, daemon=True)
        self._live = Live(get_renderable=self._table, console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        else:
            self._beats.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._console.is_terminal:
            self._live.stop()

    def begun(self, stack: str) -> None:
        """A stack has its turn."""
        with self._lock:
            self._lines[stack].since = self._clock()
        self._say(stack, self._doing)

    def event(self, stack: str, event: Json) -> None:
        """The engine told of a resource."""
        begun: Json = event.get("resourcePreEvent", {}).get("metadata", {})
        ended: Json = event.get("resOutputsEvent", {}).get("metadata", {})
        with self._lock:
            line = self._lines[stack]
            if begun and begun["type"].partition(":")[0] != "pulumi" and ":components:" not in begun["type"]:
                line.under_way[begun["urn"]] = self._clock()
            elif ended:
                line.resources += ended["op"] not in ("refresh", "read")
                line.under_way.pop(ended["urn"], None)

    def ended(self, report: StackReport) -> None:
        """A stack is through."""
        with self._lock:
            self._lines[report.stack].since = None
        counts = ", ".join(f"{count} to {operation}" for operation, count in report.counts.items())
        said = report.error.partition("\n")[0] or (report.notes[0] if report.state == "waits" else report.verdict)
        self._say(report.stack, f"{report.state}: {said}" + (f" ({counts})" if counts else ""))

    def told(self) -> list[tuple[str, str]]:
        """A line for each stack, those at work first."""
        with self._lock:
            at_work = [stack for stack, line in self._lines.items() if line.since is not None]
            others = [stack for stack in self._lines if stack not in at_work]
            return [(stack, self._told(self._lines[stack])) for stack in (*at_work, *others)]

    def beat(self) -> None:
        """Print a line for each stack at work."""
        with self._lock:
            for stack, said in self.told():
                if self._lines[stack].since is not None:
                    self._print(stack, said)

    def _told(self, line: _Line) -> str:
        if line.since is None:
            return line.said
        now = self._clock()
        said = f"{line.said}, {_minutes(now - line.since)}, {line.resources} resources"
        if not line.under_way:
            return said
        urn, since = min(line.under_way.items(), key=lambda each: each[1])
        more = f" and {len(line.under_way) - 1} more" if len(line.under_way) > 1 else ""
        return f"{said}; at {plain(short_name(urn))} for {_minutes(now - since)}{more}"

    def _say(self, stack: str, said: str) -> None:
        with self._lock:
            self._lines[stack].said = plain(said)
            if not self._console.is_terminal:
                self._print(stack, plain(said))

    def _print(self, stack: str, said: str) -> None:
        self._console.print(f"{stack}: {said}", markup=False, highlight=False, soft_wrap=True)

    def _beat(self) -> None:
        while not self._over.wait(_BEAT):
            self.beat()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for stack, said in self.told():
            table.add_row(stack, Text(said, overflow="ellipsis", no_wrap=True))
        return table


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
