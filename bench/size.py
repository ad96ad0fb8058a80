"""Memory of the program, seconds of a whole rehearsal, resources of each stack."""

from __future__ import annotations

import contextlib
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.graph import deployed
from simulator.sandbox import Simulator
from simulator.simulate import simulate

PROJECT = Path(__file__).parents[1]
STACKS = ("eastus", "westus3")
RUNNERS = ("run_program.py", "pulumi-language-python-exec")
"""In the command line of the process that runs the program: this project's language host, and Pulumi's own."""


@dataclass(frozen=True, kw_only=True)
class SizeFigures:
    """What a rehearsal of both regions takes.

    Attributes:
        up_mib: highest resident memory of the program's process during an `up` from nothing.
        preview_mib: and during a preview of what it made.
        simulate_s: both regions from nothing, with the previews that follow.
        resources: by stack, without providers and the stack itself.
    """

    up_mib: float
    preview_mib: float
    simulate_s: float
    resources: dict[str, int]

    @property
    def program_mib(self) -> float:
        """The higher of both."""
        return max(self.up_mib, self.preview_mib)


def measure(folder: Path) -> SizeFigures:
    """Deploy both regions once; then, in a world of its own, watch the program of an `up` and of a preview."""
    with Simulator(folder / "rehearsal", project=PROJECT) as simulator:
        start = time.perf_counter()
        code = simulate(simulator, STACKS)
        taken = time.perf_counter() - start
        if code:
            raise SystemExit("the rehearsal failed: nothing to measure")
        resources = {
            stack: sum(1 for node in deployed(simulator, stack) if not node.type.startswith("pulumi:"))
            for stack in STACKS
        }
    with Simulator(folder / "watched", project=PROJECT) as simulator:
        simulator.run("pulumi", "stack", "init", STACKS[0], check=True)
        up_mib = peak_mib(simulator, "up", "--yes", "--skip-preview")
        preview_mib = peak_mib(simulator, "preview")
    return SizeFigures(up_mib=up_mib, preview_mib=preview_mib, simulate_s=taken, resources=resources)


def peak_mib(simulator: Simulator, *words: str) -> float:
    """Highest resident memory of the process that runs `__main__.py`, in MiB.

    Raises:
        SystemExit: the command failed, or no such process was seen: there is nothing to measure.
    """
    command = ("pulumi", *words, "--stack", STACKS[0], "--non-interactive")
    running = simulator.start(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while running.poll() is None:
        for child in psutil.Process(running.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):  # it ended meanwhile
                if any(runner in word for word in child.cmdline() for runner in RUNNERS):
                    peak = max(peak, child.memory_info().rss)
        time.sleep(0.05)
    if running.returncode or not peak:
        why = f"failed with exit code {running.returncode}" if running.returncode else "was seen to run no program"
        raise SystemExit(f"`{' '.join(command)}` {why}: nothing to measure")
    return peak / 2**20
