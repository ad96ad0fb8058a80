"""Runs that are cut off: the next `up` finds what is there, or docs/deploy.md says how to tell it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from engine.deployment import Deployment
from engine.waiting import quiet, start_up, until

from simulator import anyscale, standins


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "SIGKILL"])
def test_a_cloud_whose_making_was_cut_off_is_found_again(tmp_path: Path, number: signal.Signals) -> None:
    slow = anyscale.Polls(activation=10_000)
    with Deployment.at(tmp_path, anyscale_polls=slow) as deployment:
        deployment.init("eastus")
        running = start_up(deployment)
        until(lambda: bool(deployment.world.anyscale.get("clouds")))
        quiet(deployment)
        os.kill(running.pid, number)
        running.wait(timeout=60)
    with Deployment.at(tmp_path) as deployment:
        [cloud] = deployment.world.anyscale["clouds"].values()
        cloud["polls_left"] = 0
        if number == signal.SIGKILL:  # which leaves the lock
            deployment.pulumi("cancel", "--yes", "--stack", "eastus")

        deployment.up("eastus")

        assert list(deployment.world.anyscale["clouds"]) == [cloud["id"]], "no second cloud, no orphan"
        assert deployment.outputs("eastus")["cloudId"] == cloud["id"]


def test_a_nat_gateway_whose_making_was_killed_is_imported_as_documented(tmp_path: Path) -> None:
    faults = standins.Faults(
        standins.Fault(type_suffix=":NatGateway", operation="create", hang=True, after_commit=True)
    )
    with Deployment.at(tmp_path, faults=faults) as deployment:
        deployment.init("eastus")
        running = start_up(deployment)
        until(lambda: any(True for _ in deployment.world.records(type_suffix=":NatGateway")))
        quiet(deployment)
        os.kill(running.pid, signal.SIGKILL)
        running.wait(timeout=60)
        faults.release()
    with Deployment.at(tmp_path) as deployment:
        deployment.pulumi("cancel", "--yes", "--stack", "eastus")
        deployment.pulumi("refresh", "--yes", "--clear-pending-creates", "--stack", "eastus")
        refused = deployment.up("eastus", check=False)
        assert "cannot create already existing resource" in refused.stdout
        nat = deployment.only("NatGateway", "ng-ray-eastus")
        path = "anyscale-on-aks:components:Region$anyscale-on-aks:components:RegionalNetwork"
        parent = f"eastus=urn:pulumi:eastus::anyscale-on-aks::{path}::eastus"
        deployment.pulumi(
            "import",
            "--yes",
            "--stack",
            "eastus",
            "--protect=false",
            "--generate-code=false",
            "--parent",
            parent,
            "azure-native:network:NatGateway",
            "eastus-nat",
            nat.id,
        )

        deployment.up("eastus")

        assert deployment.outputs("eastus")["operatorStatus"] == "HEALTHY"
        assert deployment.preview("eastus").changes == set()
