"""How close an `up` comes to the longest chain of waits in its own graph: needless waits show as the difference."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.graph import Node, deployed, longest_chain
from simulator.sandbox import Simulator
from simulator.standins import Latency

PROJECT = Path(__file__).parents[1]
FACTOR = 0.11
"""Ten minutes of Azure in a little over one."""


@dataclass(frozen=True, kw_only=True)
class Clocked(Latency):
    """A latency model that remembers when each wait began and ended."""

    waits: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def seconds(self, provider: str, type: str, operation: str) -> float:  # noqa: A002 - the stand-ins' own name
        """Seconds of the model, remembered with the moment they were asked for."""
        taken = super().seconds(provider, type, operation)
        begin = time.monotonic()
        with self.lock:
            self.waits.append((begin, begin + taken))
        return taken


@dataclass(frozen=True, kw_only=True)
class PathFigures:
    """Seconds of the `up`, from its first write to the end of its last, and of the longest chain."""

    taken: float
    chain: float
    steps: list[tuple[str, float]]

    @property
    def ratio(self) -> float:
        """1 where nothing waits but for what it needs."""
        return self.taken / self.chain


def measure(folder: Path) -> PathFigures:
    """Deploy eastus against slow clouds."""
    latency = Clocked(factor=FACTOR)
    with Simulator(folder, project=PROJECT, latency=latency) as simulator:
        simulator.run("pulumi", "stack", "init", "eastus", check=True)
        simulator.run("pulumi", "up", "--yes", "--skip-preview", "--stack", "eastus", check=True)
        nodes = deployed(simulator, "eastus")
    model = Latency(factor=FACTOR)

    def seconds(node: Node) -> float:
        package = node.type.split(":")[0]
        mine = node.custom and package in {"azure-native", "azuread", "kubernetes"}
        return model.seconds(package, node.type, "create") if mine else 0.0

    chain, path = longest_chain(nodes, seconds)
    taken = max(end for _, end in latency.waits) - min(begin for begin, _ in latency.waits)
    return PathFigures(taken=taken, chain=chain, steps=[(node.name, seconds(node)) for node in path if seconds(node)])
