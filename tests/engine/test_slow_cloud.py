"""A cloud that takes its time, and somebody who does not wait: the next `up` goes on where the last one was stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from engine.deployment import Deployment
from engine.sweep import in_state, in_world
from engine.test_faults import no_duplicates
from engine.waiting import start_up, until

from simulator import standins

Seen = Callable[[Deployment], bool]


def exists(type_suffix: str) -> Seen:
    return lambda deployment: any(True for _ in deployment.world.records(type_suffix=type_suffix))


def registered(deployment: Deployment) -> bool:
    return any(cloud["resources"] for cloud in deployment.world.anyscale.get("clouds", {}).values())


def test_an_up_that_is_stopped_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    with Deployment.at(tmp_path, latency=standins.Latency(factor=0.01)) as deployment:
        deployment.init("eastus")
        half_made: set[str] = set()
        for begun in (exists(":NatGateway"), exists(":ManagedCluster"), registered):
            stopped_once(deployment, begun)
            half_made |= {row["type"] for row in in_state(deployment, "eastus").values() if row.get("initErrors")}
        assert "azure-native:containerservice:ManagedCluster" in half_made, "nothing was stopped in the middle"

        deployment.up("eastus")

        assert in_state(deployment, "eastus").keys() == in_world(deployment, "eastus"), "an orphan"
        no_duplicates(deployment)
        assert deployment.outputs("eastus")["operatorStatus"] == "HEALTHY"
        assert deployment.preview("eastus").changes == set()


def stopped_once(deployment: Deployment, begun: Seen) -> None:
    before = deployment.writes()
    running = start_up(deployment)
    until(lambda: begun(deployment) and deployment.writes() > before)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=60) != 0, "it was over before it could be stopped"
