"""Long commands that bring something to this user's cache: bounded, one at a time, with a line that counts seconds."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

_TOLD = 1500
"""Characters of a failed command's output that are worth reading: its end."""
_LOOK_SECONDS, _SILENCE_SECONDS = 1, 30
"""Time between two progress lines on a terminal, and in a log."""


class Failed(Exception):
    """A command failed or took too long; the end of what it printed."""


def cache() -> Path:
    """This user's cache of the project, made where absent."""
    default = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    found = Path(os.environ.get("XDG_CACHE_HOME") or default).expanduser() / "anyscale-on-aks"
    found.mkdir(parents=True, exist_ok=True)
    return found


@contextmanager
def one_at_a_time(console: Console) -> Generator[None]:
    """Hold the cache against other processes of this user; the system lets go where the holder is killed."""
    with (cache() / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print("another process is bringing pulumi: waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run_to_end(
    command: list[str],
    what: str,
    console: Console,
    *,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    seconds: float | None = None,
) -> None:
    """Run `command` with everything it starts, counting seconds; on a terminal in place, else a line every half minute.

    Raises:
        Failed: it ended with an error, or did not end within `seconds`.
    """
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as output, console.status(what) as status:
        console.print(what)
        running = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        try:
            while running.poll() is None:
                elapsed = time.monotonic() - start
                if seconds is not None and elapsed >= seconds:
                    raise Failed(f"no end after {elapsed:.0f} s")
                told = f"{what} ({elapsed:.0f} s)"
                status.update(told)
                if not console.is_terminal and elapsed >= _SILENCE_SECONDS:
                    console.print(told)
                look = _LOOK_SECONDS if console.is_terminal else _SILENCE_SECONDS
                with suppress(subprocess.TimeoutExpired):
                    running.wait(timeout=look if seconds is None else min(look, seconds - elapsed))
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()
        if running.returncode != 0:
            output.seek(0)
            raise Failed(output.read()[-_TOLD:].strip())
