"""How long the fleet's commands take over eight stacks, against `pulumi` on one stack after another."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import fleet_desk, fleet_memory
from bench.fleet_desk import OWNER, fleet, init, joiners
from fleet.session import PARALLEL
from simulator.sandbox import Simulator
from simulator.standins import Latency

STACKS = [OWNER, *joiners(7)]
NINTH = joiners(8)[-1]
FACTOR = 0.07
"""Ten minutes of Azure in 42 seconds. With much less, the ten seconds of processor that a stack's preview and `up` take
would weigh more than waits, which they never do in earnest."""
UP_PARALLEL = 8
"""An `up` waits for Azure most of its time, and so is not bound by processors as a preview is."""
DEFAULT = PARALLEL
"""Previews at once where nobody says: it must be no slower than one after another, however good the best is."""
PREVIEW_PARALLEL = sorted({1, 2, 3, 4, DEFAULT})


@dataclass(frozen=True, kw_only=True)
class FleetFigures:
    """What eight stacks take.

    Attributes:
        single_up: seconds of one `pulumi up` of a ninth stack that joins; it previews first, as the fleet does.
        fleet_up: seconds of one `fleet up` of all eight, from nothing.
        single_preview: seconds of one `pulumi preview`, the mean of one before each run of the fleet.
        fleet_previews: parallelism to seconds of one `fleet preview` of all eight, deployed before.
        memory_mib: see `fleet_memory`.
    """

    single_up: float
    fleet_up: float
    single_preview: float
    fleet_previews: Mapping[int, float]
    memory_mib: float

    @property
    def single_ups(self) -> float:
        """Of eight stacks one after another, reckoned from one: the owner, which makes more, is taken for no slower."""
        return len(STACKS) * self.single_up

    @property
    def single_previews(self) -> float:
        """Of eight stacks one after another, reckoned from four."""
        return len(STACKS) * self.single_preview

    @property
    def up_ratio(self) -> float:
        """1 where the fleet is no faster."""
        return self.fleet_up / self.single_ups

    @property
    def preview_ratios(self) -> dict[int, float]:
        """Parallelism to ratio; 1 where the fleet is no faster."""
        return {parallel: taken / self.single_previews for parallel, taken in self.fleet_previews.items()}

    @property
    def best(self) -> int:
        """The parallelism at which previews take least."""
        return min(self.fleet_previews, key=lambda parallel: self.fleet_previews[parallel])


def measure(folder: Path) -> FleetFigures:
    """Deploy the fleet from nothing, and one stack more; preview it, and watch the memory of a larger one."""
    project = fleet_desk.desk(folder / "desk", stacks=fleet_memory.STACKS)
    with Simulator(folder / "world", project=project, latency=Latency(factor=FACTOR)) as simulator:
        init(simulator, [*STACKS, NINTH])
        fleet_up = _timed(lambda: fleet(simulator, "up", "--yes", stacks=STACKS, parallel=UP_PARALLEL))
        single_up = _single(simulator, "up", "--yes", stack=NINTH)
        single_previews: list[float] = []
        fleet_previews: dict[int, float] = {}
        for parallel in PREVIEW_PARALLEL:  # in turn, so that noise meets both
            single_previews.append(_single(simulator, "preview", stack=STACKS[parallel]))
            fleet_previews[parallel] = _timed(
                lambda parallel=parallel: fleet(simulator, "preview", stacks=STACKS, parallel=parallel)
            )
        memory_mib = fleet_memory.peak_mib(simulator)
    return FleetFigures(
        single_up=single_up,
        fleet_up=fleet_up,
        single_preview=statistics.mean(single_previews),
        fleet_previews=fleet_previews,
        memory_mib=memory_mib,
    )


def _single(simulator: Simulator, *words: str, stack: str) -> float:
    return _timed(lambda: simulator.run("pulumi", *words, "--non-interactive", "--stack", stack, check=True))


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
