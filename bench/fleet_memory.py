"""Memory of a preview of 24 stacks: of `fleet` itself, and of all that it starts."""

from __future__ import annotations

import contextlib
import time

import psutil

from bench.fleet_desk import FLEET, OWNER, PROJECT, init, joiners
from simulator.sandbox import Simulator

STACKS = 24
PARALLEL = 2


def peak_mib(simulator: Simulator) -> float:
    """Highest resident memory during a preview of all stacks, in MiB.

    Of `fleet`, the engines, their language hosts, the program and the providers that they start; not of the simulator,
    which stands for clouds. Pages that several share are counted once, where the system tells of them (Linux).

    Args:
        simulator: one in which the owner is deployed: stacks that join one that is not are not previewed.

    Raises:
        SystemExit: not every stack was previewed: there is nothing to measure.
    """
    known = simulator.run("pulumi", "stack", "ls", "--json", check=True).stdout
    init(simulator, [stack for stack in (OWNER, *joiners(STACKS - 1)) if f'"{stack}"' not in known])
    words = (*FLEET, "preview", "--parallel", str(PARALLEL), "--format", "json")
    running = simulator.start(*words, env={"PYTHONPATH": str(PROJECT)}, stdout=-3, stderr=-3)
    peak = 0
    while running.poll() is None:
        peak = max(peak, _resident(psutil.Process(running.pid)))
        time.sleep(0.25)
    if running.returncode not in (0, 2):
        raise SystemExit(f"`fleet preview` of {STACKS} stacks failed: nothing to measure")
    return peak / 2**20


def _resident(root: psutil.Process) -> int:
    whole = 0
    for process in (root, *root.children(recursive=True)):
        with contextlib.suppress(psutil.Error):  # it ended meanwhile
            told = process.memory_full_info()
            whole += getattr(told, "pss", told.rss)
    return whole
