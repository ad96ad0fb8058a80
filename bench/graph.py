"""The resource graph of a stack, from what the engine says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.sandbox import Simulator


@dataclass(frozen=True, kw_only=True)
class Node:
    """A resource and what it waits for.

    Attributes:
        waits_for: URNs: dependencies, and its provider.
    """

    urn: str
    type: str
    custom: bool
    parent: str
    inputs: dict[str, Any]
    waits_for: frozenset[str]

    @property
    def name(self) -> str:
        """Logical name."""
        return self.urn.rsplit("::", 1)[-1]


def previewed(simulator: Simulator, stack: str) -> list[Node]:
    """The graph that a first preview means to create, parents first."""
    done = simulator.run("pulumi", "preview", "--json", "--refresh=false", "--stack", stack, check=True)
    steps = json.loads(done.stdout[done.stdout.index("{") :])["steps"]
    return [_node(step["newState"]) for step in steps]


def deployed(simulator: Simulator, stack: str) -> list[Node]:
    """The graph of a deployed stack."""
    done = simulator.run("pulumi", "stack", "export", "--stack", stack, check=True)
    return [_node(state) for state in json.loads(done.stdout)["deployment"]["resources"]]


def longest_chain(nodes: list[Node], seconds: Callable[[Node], float]) -> tuple[float, list[Node]]:
    """The chain of waits whose seconds add up to most."""
    by_urn = {node.urn: node for node in nodes}
    best: dict[str, tuple[float, list[Node]]] = {}

    def to(node: Node) -> tuple[float, list[Node]]:
        if node.urn not in best:
            before = max(
                (to(by_urn[urn]) for urn in sorted(node.waits_for) if urn in by_urn),
                key=lambda c: c[0],
                default=(0.0, []),
            )
            best[node.urn] = (before[0] + seconds(node), [*before[1], node])
        return best[node.urn]

    return max((to(node) for node in nodes), key=lambda chain: chain[0])


def _node(state: dict[str, Any]) -> Node:
    provider = str(state.get("provider", "")).rpartition("::")[0]
    return Node(
        urn=state["urn"],
        type=state["type"],
        custom=state["custom"],
        parent=state.get("parent", ""),
        inputs=state.get("inputs", {}),
        waits_for=frozenset([*state.get("dependencies", ()), *([provider] if provider else [])]),
    )
