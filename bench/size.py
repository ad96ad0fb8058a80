"""Memory of the program, seconds of a whole rehearsal, resources of each stack."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.graph import deployed
from simulator.sandbox import Simulator
from simulator.simulate import simulate

PROJECT = Path(__file__).parents[1]
STACKS = ("eastus", "westus3")


@dataclass(frozen=True, kw_only=True)
class SizeFigures:
    """What a rehearsal of both regions takes.

    Attributes:
        program_mib: highest resident memory of the program's process during a preview.
        simulate_s: both regions from nothing, with the previews that follow.
        resources: by stack, without providers and the stack itself.
    """

    program_mib: float
    simulate_s: float
    resources: dict[str, int]


def measure(folder: Path) -> SizeFigures:
    """Deploy both regions once, then preview one and watch its program."""
    with Simulator(folder, project=PROJECT) as simulator:
        start = time.perf_counter()
        code = simulate(simulator, STACKS)
        taken = time.perf_counter() - start
        if code:
            raise SystemExit("the rehearsal failed: nothing to measure")
        resources = {
            stack: sum(1 for node in deployed(simulator, stack) if not node.type.startswith("pulumi:"))
            for stack in STACKS
        }
        return SizeFigures(program_mib=_peak(simulator), simulate_s=taken, resources=resources)


def _peak(simulator: Simulator) -> float:
    """Highest resident memory of the process that runs `__main__.py`, in MiB."""
    running = simulator.start("pulumi", "preview", "--stack", STACKS[0], "--non-interactive", stdout=-3, stderr=-3)
    peak = 0
    while running.poll() is None:
        for child in psutil.Process(running.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if any("run_program" in word or "pulumi-language-python-exec" in word for word in child.cmdline()):
                    peak = max(peak, child.memory_info().rss)
        time.sleep(0.02)
    return peak / 2**20
