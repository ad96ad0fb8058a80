"""`python -m fleet`: the commands over all stacks. `--simulated`, anywhere in it, runs the command on the simulator."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fleet.app import app
from fleet.errors import FleetError
from fleet.report import FAILED

PROJECT = Path(__file__).parents[1]


def run(words: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    if "--simulated" in words:
        return _simulated([word for word in words if word != "--simulated"])
    try:
        app(words, prog_name="fleet", standalone_mode=True)
    except FleetError as refusal:
        print(f"fleet: {refusal}", file=sys.stderr)
        return FAILED
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FAILED
    return 0


def _simulated(words: Sequence[str]) -> int:
    """The same command, as a process in the world that the simulator keeps up around it."""
    inside = [sys.executable, "-m", "fleet", *words]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "FLEET_INIT": "1"}
    command = [sys.executable, "-m", "simulator", "--", *inside]
    with subprocess.Popen(command, cwd=PROJECT, env=environment) as running:
        while True:
            try:
                return running.wait()
            except KeyboardInterrupt:  # reaches the simulator from the terminal, which passes it on
                continue


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
