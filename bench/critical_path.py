"""How close an `up` comes to the longest chain of waits in its own graph: needless waits show as the difference.

Owns the model of what each step takes, Anyscale's included, and the reading of the engine's clock.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.graph import Node, deployed, longest_chain
from fleet.engine.event_log import EventLog
from simulator import anyscale
from simulator.sandbox import Simulator
from simulator.standins import Latency

PROJECT = Path(__file__).parents[1]
FACTOR = 0.11
"""Ten minutes of Azure in a little over one."""
ANYSCALE: Mapping[str, tuple[str, str, float]] = {
    "anyscale:index:Cloud": ("POST", r".*/clouds", 5.0),
    "anyscale:index:CloudResource": ("PUT", r".*/add_resource", 5.0),
}
"""Type to the one request that makes it, and seconds: nobody publishes any, so as long as Azure's small writes. The
other types of the provider only look at what is there, and find it at once."""
BEGIN, END = "resourcePreEvent", "resOutputsEvent"
"""Events of a registered resource's step: it begins, it is done."""
_TAIL_SECONDS = 0.02
"""How often the log is looked at: the time in its lines is in whole seconds, so a line's own coming is taken."""


@dataclass(frozen=True, kw_only=True)
class PathFigures:
    """Seconds of the `up`, from its first registration to the end of its last step, and of the longest chain.

    Attributes:
        steps: of the chain, those that take any: name, seconds of the model, and how many seconds after the end of the
            one before (the first: after the first registration) it began, which is more than it needed.
        after: seconds from the end of the chain's last step to that of the `up`'s.
    """

    taken: float
    chain: float
    steps: list[tuple[str, float, float]]
    after: float

    @property
    def ratio(self) -> float:
        """1 where nothing waits but for what it needs."""
        return self.taken / self.chain


def measure(folder: Path) -> PathFigures:
    """Deploy eastus against slow clouds."""
    slow = anyscale.Faults(
        anyscale.Fault(method=method, path=path, delay_seconds=seconds * FACTOR)
        for method, path, seconds in ANYSCALE.values()
    )
    with Simulator(folder, project=PROJECT, latency=Latency(factor=FACTOR), anyscale_faults=slow) as simulator:
        simulator.run("pulumi", "stack", "init", "eastus", check=True)
        times = _up(simulator, folder)
        nodes = deployed(simulator, "eastus")
    if slow.unused:
        raise SystemExit(f"Anyscale was never asked for {slow.unused}: the chain would be reckoned with what never was")
    return figures_of(nodes, times)


def seconds(node: Node) -> float:
    """What the model says that making it takes."""
    if node.type in ANYSCALE:
        return ANYSCALE[node.type][2] * FACTOR
    package = node.type.split(":")[0]
    slow = node.custom and package in {"azure-native", "azuread", "kubernetes"}
    return Latency(factor=FACTOR).seconds(package, node.type, "create") if slow else 0.0


@dataclass(frozen=True, kw_only=True)
class Times:
    """When each URN's step was registered and done, on one clock."""

    begun: dict[str, float]
    ended: dict[str, float]


def _up(simulator: Simulator, folder: Path) -> Times:
    """Deploy, and note when the engine's event log tells of each step.

    Raises:
        subprocess.CalledProcessError: the deployment failed.
    """
    path, said = folder / "up.events", folder / "up.said"
    words = ("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", "eastus")
    log, times, over = EventLog(path), Times(begun={}, ended={}), False
    with said.open("w") as out:
        running = simulator.start(
            *words,
            *("--event-log", str(path)),
            env={"PULUMI_DEBUG_COMMANDS": "true"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        while not over:
            over = running.poll() is not None
            for event in log.new(over=over):
                for kind, moments in ((BEGIN, times.begun), (END, times.ended)):
                    if kind in event:
                        moments[event[kind]["metadata"]["urn"]] = time.monotonic()
            time.sleep(_TAIL_SECONDS)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, words, said.read_text(), "")
    return times


def figures_of(nodes: list[Node], times: Times) -> PathFigures:
    """The longest chain of the graph, and where the `up` fell behind it."""
    chain, path = longest_chain(nodes, seconds)
    first, last = min(times.begun.values()), max(times.ended.values())
    steps: list[tuple[str, float, float]] = []
    ready = first
    for node in filter(seconds, path):
        steps.append((node.name, seconds(node), times.begun[node.urn] - ready))
        ready = times.ended[node.urn]
    return PathFigures(taken=last - first, chain=chain, steps=steps, after=last - ready)
