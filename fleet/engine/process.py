"""The `pulumi` that a person would run, run for them: its commands, its event log, its words when it cannot begin.

Owns the processes and what is read from them. Uses whatever backend and secrets provider the environment names; never
`--config`, which writes stack files.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from pydantic import TypeAdapter

from fleet.engine.answers import EXPORT, OUTPUTS, STACKS, WHOAMI, StackRow, read_answer, read_version
from fleet.engine.event_log import EventLog
from fleet.engine.known_errors import explained
from fleet.errors import FleetError, Interrupted
from fleet.typed import Typed

Json = dict[str, Any]
T = TypeVar("T")

OLDEST = (3, 229, 0)
"""First with the error hooks and stack options that this project uses."""
_TAIL_SECONDS = 0.05
"""How often a running engine's event log is looked at."""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A run of the engine that has ended.

    Attributes:
        code: exit code; negative where a signal ended it.
        events: of its event log, in order.
        said: what it printed.
        unread: lines of the event log that hold no event.
    """

    code: int
    events: tuple[Json, ...]
    said: str
    unread: int = 0

    @property
    def whole(self) -> bool:
        """Whether the engine told all that it did, up to its summary."""
        return not self.unread and any("summaryEvent" in event for event in self.events)

    @property
    def killed(self) -> str:
        """Name of the signal that ended it, also where a shell tells of it; empty for none."""
        number = -self.code if self.code < 0 else self.code - 128
        return signal.Signals(number).name if number in {*signal.Signals} else ""


class Engine:
    """`pulumi` in the folder of a project; safe to use from many threads, one stack each.

    Attributes:
        folder: the project's.
        typed: how what to type next is spelled.
        interrupts: how often `interrupt` was called.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.typed = folder, Typed.here(folder)
        # The event log is a flag for debugging; a check for a newer version would be a call to a stranger.
        self._env = {**os.environ, "PULUMI_DEBUG_COMMANDS": "true", "PULUMI_SKIP_UPDATE_CHECK": "true"}
        self._running: dict[subprocess.Popen[bytes], signal.Signals] = {}
        self._lock = threading.RLock()  # a second Ctrl-C may come while the first is at work
        self.interrupts = 0

    def require(self) -> None:
        """Refuse an absent or old engine.

        Raises:
            FleetError: saying which was found and how to get one.
        """
        if not shutil.which("pulumi"):
            raise FleetError(
                "`pulumi` is not on PATH: install it (https://www.pulumi.com/docs/install), or try `fleet --simulated "
                "preview`, which brings its own."
            )
        found = self._answer("version")
        if read_version(found) < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            raise FleetError(f"pulumi {found.strip()} is too old: this project needs {oldest} or later. Update it.")

    def known(self) -> dict[str, StackRow]:
        """Stacks of the backend by name."""
        rows = self._read(STACKS, "stack", "ls", "--json")
        return {row.name.rpartition("/")[2]: row for row in rows}

    def init(self, stack: str) -> None:
        """Make a stack in the backend, with the secrets provider that its file names."""
        self._answer("stack", "init", stack, "--no-select", stack=stack)

    def backend(self) -> str:
        """Address of the state backend."""
        return self._read(WHOAMI, "whoami", "--json", "--verbose").url

    def outputs(self, stack: str) -> Json:
        """Outputs of the last run, none of them secret."""
        return self._read(OUTPUTS, "stack", "output", "--json", "--stack", stack, stack=stack)

    def export(self, stack: str) -> Json:
        """The state, secrets encrypted."""
        return self._read(EXPORT, "stack", "export", "--stack", stack, stack=stack).deployment

    def run(self, stack: str, *words: str, on_event: Callable[[Json], None] = lambda _: None) -> Finished:
        """Run a command that works on a stack, to its end.

        Args:
            stack: its name.
            words: command and flags.
            on_event: told each event as it comes.
        """
        with tempfile.TemporaryDirectory(prefix="fleet-") as folder:
            log = EventLog(Path(folder, "events"))
            said = Path(folder, "said")
            flags = ("--non-interactive", "--color", "never", "--stack", stack, "--event-log", f"{folder}/events")
            with said.open("wb") as out:
                engine = ("pulumi", *words, *flags)
                running = self._begin(engine, out=out, err=subprocess.STDOUT, ends_by=signal.SIGINT)
                try:
                    events = tuple(_told(running, log, on_event))
                except KeyboardInterrupt:  # of a command that runs one engine, without threads
                    self.interrupt()
                    raise
                finally:
                    self._end(running)
            said_whole = said.read_text(errors="replace")
            return Finished(code=running.returncode, events=events, said=said_whole, unread=log.unread)

    def ask(self, *words: str) -> Finished:
        """Run a command that has no event log to its end; `said` is its answer, or why there is none."""
        flags = ("--non-interactive", "--color", "never")
        pipe = subprocess.PIPE
        with self._begin(("pulumi", *words, *flags), out=pipe, err=pipe, ends_by=signal.SIGKILL) as asked:
            try:
                out, err = asked.communicate()
            except KeyboardInterrupt:
                self.interrupt()
                raise
            finally:
                self._end(asked)
        said = err or out if asked.returncode else out
        return Finished(code=asked.returncode, events=(), said=said.decode(errors="replace"))

    def interrupt(self) -> None:
        """Ask every running engine to end in order; asked twice, to end at once. None begins any more.

        What is only asked has nothing to end in order, and ends at once.
        """
        with self._lock:
            self.interrupts += 1
            for running, ends_by in self._running.items():
                with suppress(ProcessLookupError):
                    running.send_signal(ends_by)

    def _begin(
        self, words: Sequence[str], *, out: IO[bytes] | int, err: int, ends_by: signal.Signals
    ) -> subprocess.Popen[bytes]:
        """Start a process that Ctrl-C reaches through `interrupt` alone, and so once."""
        with self._lock:
            if self.interrupts:
                raise Interrupted("Interrupted before it began.")
            try:
                running = subprocess.Popen(
                    words,
                    cwd=self.folder,
                    env=self._env,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,
                )
            except OSError as problem:
                raise self._unstartable(problem) from None
            self._running[running] = ends_by
        return running

    def _end(self, running: subprocess.Popen[bytes]) -> None:
        """Wait for a process, whatever happens here: left behind, it would go on with nobody to read what it does."""
        while running.poll() is None:
            try:
                running.wait()
            except KeyboardInterrupt:
                self.interrupt()
        with self._lock:
            self._running.pop(running, None)

    def _unstartable(self, problem: OSError) -> FleetError:
        return FleetError(f"`pulumi` cannot be started in {self.folder.absolute()}: {problem.strerror}.")

    def _read(self, shape: TypeAdapter[T], *words: str, stack: str = "") -> T:
        return read_answer(self._answer(*words, stack=stack), shape, command=f"pulumi {' '.join(words)}")

    def _answer(self, *words: str, stack: str = "") -> str:
        done = self.ask(*words)
        if done.code:
            raise FleetError(explained(done.said, stack=stack, command=f"pulumi {' '.join(words)}", typed=self.typed))
        return done.said


def _told(running: subprocess.Popen[bytes], log: EventLog, on_event: Callable[[Json], None]) -> Iterator[Json]:
    """Events of an engine as it writes them, till it ends."""
    over = False
    while not over:
        over = running.poll() is not None
        for event in log.new(over=over):
            on_event(event)
            yield event
        if not over:
            with suppress(subprocess.TimeoutExpired):
                running.wait(_TAIL_SECONDS)
