"""The `pulumi` that a person would run, run for them: its commands, its event log, its words when it cannot begin.

Owns the processes and what is read from them. Uses whatever backend and secrets provider the environment names; never
`--config`, which writes stack files.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fleet.engine_errors import explained
from fleet.errors import FleetError

Json = dict[str, Any]

OLDEST = (3, 229, 0)
"""First with the error hooks and stack options that this project uses."""
_TAIL_SECONDS = 0.05
"""How often a running engine's event log is looked at."""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A run of the engine that has ended.

    Attributes:
        code: exit code.
        events: of its event log, in order.
        said: what it printed.
    """

    code: int
    events: tuple[Json, ...]
    said: str


class Engine:
    """`pulumi` in the folder of a project; safe to use from many threads, one stack each.

    Attributes:
        folder: the project's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The event log is a flag for debugging; a check for a newer version would be a call to a stranger.
        self._env = {**os.environ, "PULUMI_DEBUG_COMMANDS": "true", "PULUMI_SKIP_UPDATE_CHECK": "true"}
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self.interrupted = False

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
        found = self._ask("version")
        version = tuple(int(part) for part in re.findall(r"\d+", found)[:3])
        if version < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            raise FleetError(f"pulumi {found.strip()} is too old: this project needs {oldest} or later. Update it.")

    def known(self) -> dict[str, Json]:
        """Stacks of the backend by name: `lastUpdate`, `resourceCount`, `updateInProgress` where there are."""
        rows: list[Json] = json.loads(self._ask("stack", "ls", "--json"))
        return {row["name"].rpartition("/")[2]: row for row in rows}

    def init(self, stack: str) -> None:
        """Make a stack in the backend, with the secrets provider that its file names."""
        self._ask("stack", "init", stack, "--no-select")

    def backend(self) -> str:
        """Address of the state backend."""
        return json.loads(self._ask("whoami", "--json", "--verbose"))["url"]

    def outputs(self, stack: str) -> Json:
        """Outputs of the last run, none of them secret."""
        return json.loads(self._ask("stack", "output", "--json", "--stack", stack))

    def export(self, stack: str) -> Json:
        """The state, secrets encrypted."""
        return json.loads(self._ask("stack", "export", "--stack", stack))

    def run(self, stack: str, *words: str, on_event: Callable[[Json], None] = lambda _: None) -> Finished:
        """Run a command that works on a stack, to its end.

        Args:
            stack: its name.
            words: command and flags.
            on_event: told each event as it comes.
        """
        with tempfile.TemporaryDirectory(prefix="fleet-") as folder:
            log = Path(folder, "events")
            said = Path(folder, "said")
            flags = ("--non-interactive", "--color", "never", "--stack", stack, "--event-log", str(log))
            with said.open("wb") as out:
                running = self._begin(("pulumi", *words, *flags), out)
                try:
                    events = tuple(_tail(running, log, on_event))
                finally:
                    self._ended(running)
            return Finished(code=running.returncode, events=events, said=said.read_text(errors="replace"))

    def ask(self, *words: str) -> Finished:
        """Run a command that has no event log to its end; `said` is its answer, or why there is none."""
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        said = done.stderr or done.stdout if done.returncode else done.stdout
        return Finished(code=done.returncode, events=(), said=said)

    def interrupt(self) -> None:
        """Ask every running engine to end in order; asked twice, to end at once."""
        self.interrupted = True
        with self._lock:
            for running in self._running:
                with suppress(ProcessLookupError):
                    running.send_signal(signal.SIGINT)

    def _begin(self, words: Sequence[str], out: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a process that Ctrl-C reaches through `interrupt` alone, and so once."""
        running = subprocess.Popen(
            words,
            cwd=self.folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with self._lock:
            self._running.add(running)
        return running

    def _ended(self, running: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._running.discard(running)

    def _ask(self, *words: str) -> str:
        done = self.ask(*words)
        if done.code:
            raise FleetError(explained(done.said, command=f"pulumi {' '.join(words)}"))
        return done.said


def _tail(running: subprocess.Popen[bytes], log: Path, on_event: Callable[[Json], None]) -> Iterator[Json]:
    """Events of a running engine as it writes them; what it says for its own debugging is left out."""
    position, cut = 0, b""
    while True:
        over = running.poll() is not None
        if log.exists():
            with log.open("rb") as file:
                file.seek(position)
                new = file.read()
            position += len(new)
            *whole, cut = (cut + new).split(b"\n")
            for line in whole:
                event: Json = json.loads(line)
                if event.get("diagnosticEvent", {}).get("severity") != "debug":
                    on_event(event)
                    yield event
        if over:
            return
        with suppress(subprocess.TimeoutExpired):
            running.wait(_TAIL_SECONDS)
