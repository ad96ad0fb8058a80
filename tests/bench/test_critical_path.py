"""From the engine's clock and the graph to the chain that is printed."""

from __future__ import annotations

import pytest

from bench.critical_path import FACTOR, Times, figures_of
from bench.graph import Node

TYPES = {
    "group": "azure-native:resources:ResourceGroup",
    "cluster": "azure-native:containerservice:ManagedCluster",
    "registration": "anyscale:index:CloudResource",
    "ready": "anyscale:index:OperatorReady",
}
GROUP, CLUSTER, REGISTRATION = 5 * FACTOR, 300 * FACTOR, 5 * FACTOR


def urn(name: str) -> str:
    return f"urn:pulumi:eastus::ray::{TYPES[name]}::{name}"


def chain() -> list[Node]:
    """Each waits for the one before."""
    before = [frozenset[str](), *(frozenset([urn(name)]) for name in TYPES)]
    return [
        Node(urn=urn(name), type=kind, custom=True, parent="", inputs={}, waits_for=waits)
        for (name, kind), waits in zip(TYPES.items(), before, strict=False)
    ]


TIMES = Times(
    begun={
        urn(name): at for name, at in {"group": 103.0, "cluster": 104.0, "registration": 140.0, "ready": 141.0}.items()
    }
    | {"the stack": 100.0},
    ended={
        urn(name): at for name, at in {"group": 104.0, "cluster": 138.0, "registration": 141.0, "ready": 149.0}.items()
    }
    | {"the stack": 150.0},
)


def test_an_up_counts_from_its_first_registration_to_its_last_step_whoever_they_are() -> None:
    assert figures_of(chain(), TIMES).taken == 50, "neither from the first write, nor to the last one"


def test_what_anyscale_takes_is_of_the_chain() -> None:
    found = figures_of(chain(), TIMES)

    assert found.chain == pytest.approx(GROUP + CLUSTER + REGISTRATION)
    assert found.ratio == pytest.approx(50 / found.chain)


def test_each_step_tells_how_long_it_waited_for_nothing() -> None:
    found = figures_of(chain(), TIMES)

    waited = {name: pytest.approx(seconds) for name, _, seconds in found.steps}
    assert waited == {"group": 3, "cluster": 0, "registration": 2}, "a step that takes nothing is not told"
    assert found.after == pytest.approx(9)
