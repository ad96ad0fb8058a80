"""`python -m fleet`: the commands over all stacks. `--simulated`, anywhere in it, runs the command on the simulator."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from fleet.app import app
from fleet.ctrl_c import at_terminal, heard, passed_on
from fleet.errors import FleetError
from fleet.report import FAILED
from fleet.typed import SIMULATED

PROJECT = Path(__file__).parents[1]
INTERRUPTED = 130
"""Exit code of Ctrl-C where there is no report."""
_FOLDER = re.compile(r"--folder(=|$)|-[yh]*C")
"""A word that gives `--folder`: with its value or before it, and behind short flags that take none."""


def run(words: Sequence[str]) -> int:
    """Run a command and return its exit code; a mistake in the words is a failure, for 2 means changes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a terminal has no letter for ends no report
    if not words:
        run(["--help"])
        return FAILED
    try:
        if "--simulated" in words:
            return _simulated([word for word in words if word != "--simulated"])
        with heard(_interrupted):
            code = app(words, prog_name="fleet", standalone_mode=False)
    except FleetError as refusal:
        return _refused(str(refusal))
    except typer.TyperException as misuse:
        context = getattr(misuse, "ctx", None)
        command = context.command_path if context else "fleet"
        return _refused(f"{misuse.format_message().rstrip('.')}. `{command} --help` lists what there is.")
    except OSError as problem:
        return _refused(str(problem))
    if code == INTERRUPTED:
        print("fleet: interrupted; the same command can begin again.", file=sys.stderr)
    return code if isinstance(code, int) else 0


def _interrupted(_: int) -> None:
    """A job that is cancelled and a terminal that is closed are a Ctrl-C: no engine is left behind."""
    raise KeyboardInterrupt


def _refused(why: str) -> int:
    print(f"fleet: {why}", file=sys.stderr)
    return FAILED


def _simulated(words: Sequence[str]) -> int:
    """The same command, as a process in the world that the simulator keeps up around it."""
    if any(_FOLDER.match(word) for word in words):
        raise FleetError("--simulated works on copies of this project's own files: leave --folder out.")
    inside = [sys.executable, "-m", "fleet", *words]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "FLEET_INIT": "1", SIMULATED: "1"}
    command = [sys.executable, "-m", "simulator", "--", *inside]
    on_terminal = at_terminal()
    # On a terminal Ctrl-C reaches all of them by itself; elsewhere what ends this process is passed on, once.
    with (
        subprocess.Popen(command, cwd=PROJECT, env=environment, process_group=None if on_terminal else 0) as running,
        passed_on(running, but_ctrl_c=on_terminal),
    ):
        code = running.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
