"""How long a first preview takes against floors that register the same resources."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.graph import Node, previewed
from simulator.sandbox import Simulator

PROJECT = Path(__file__).parents[1]
ROUNDS = 5
NOT_OURS = (
    "pulumi:pulumi:Stack",
    "pulumi:providers:azure-native",
    "pulumi:providers:azuread",
    "pulumi:providers:anyscale",
)
SPLIT = """
import json, time
start = time.perf_counter()
import pulumi
sdk = time.perf_counter()
import components.region, components.shared, components.every_resource
imported = time.perf_counter()
from pathlib import Path
from stack.derive import derive
from stack.load import load_file
derive("eastus", load_file("eastus", Path(".")))
print(json.dumps({"pulumi": sdk - start, "imports": imported - sdk, "load and derive": time.perf_counter() - imported}))
"""


@dataclass(frozen=True, kw_only=True)
class PreviewFigures:
    """Medians of `ROUNDS` rounds, in seconds, and the two ratios."""

    program: float
    floor: float
    plain_floor: float
    split: dict[str, float]

    @property
    def ratio(self) -> float:
        """Against the floor that imports the same SDK classes."""
        return self.program / self.floor

    @property
    def floor_ratio(self) -> float:
        """Against the floor that imports nothing."""
        return self.program / self.plain_floor


def measure(folder: Path) -> PreviewFigures:
    """Preview eastus from nothing, in turn with both floors, so that noise meets all three."""
    with Simulator(folder / "program", project=PROJECT) as program:
        program.run("pulumi", "stack", "init", "eastus", check=True)
        graph = folder / "graph.json"
        graph.write_text(json.dumps(_recorded(previewed(program, "eastus"))))
        with Simulator(folder / "floor", project=_floor_project(folder)) as floor:
            floor.run("pulumi", "stack", "init", "eastus", check=True)
            times: dict[str, list[float]] = {"program": [], "floor": [], "plain_floor": []}
            for _ in range(ROUNDS):
                times["program"].append(_preview(program))
                times["floor"].append(_preview(floor, BENCH_GRAPH=str(graph), BENCH_IMPORTS="1"))
                times["plain_floor"].append(_preview(floor, BENCH_GRAPH=str(graph), BENCH_IMPORTS=""))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    return PreviewFigures(**medians, split=_split(medians["program"]))


def _preview(simulator: Simulator, **environment: str) -> float:
    simulator.env.update(environment)
    start = time.perf_counter()
    simulator.run("pulumi", "preview", "--refresh=false", "--stack", "eastus", check=True)
    return time.perf_counter() - start


def _recorded(nodes: list[Node]) -> list[dict[str, object]]:
    """What the floor registers; what nobody knows yet is so marked already, as it travels."""
    return [
        {
            "urn": n.urn,
            "type": n.type,
            "name": n.name,
            "custom": n.custom,
            "parent": n.parent,
            "inputs": n.inputs,
        }
        for n in nodes
        if n.type not in NOT_OURS
    ]


def _floor_project(folder: Path) -> Path:
    desk = folder / "desk"
    desk.mkdir(parents=True)
    project = {"name": "anyscale-on-aks", "runtime": {"name": "python"}, "main": str(PROJECT / "bench" / "floor")}
    plugin = {"name": "anyscale", "path": str(PROJECT / "pulumi_anyscale")}
    (desk / "Pulumi.yaml").write_text(yaml.safe_dump({**project, "plugins": {"providers": [plugin]}}))
    (desk / "Pulumi.eastus.yaml").write_text((PROJECT / "Pulumi.eastus.yaml").read_text())
    return desk


def _split(whole: float) -> dict[str, float]:
    """Where the program's own time goes; the rest is registration, and the engine's start and end."""
    done = subprocess.run([sys.executable, "-c", SPLIT], cwd=PROJECT, capture_output=True, text=True, check=True)
    parts: dict[str, float] = json.loads(done.stdout)
    return {**parts, "registration and engine": whole - sum(parts.values())}
