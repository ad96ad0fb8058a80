"""All stacks at once, under the real engine. What needs no engine is in tests/fleet: options, gates, what is asked."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from engine.deployment import PROJECT, Deployment
from engine.fleet_command import fleet, report
from reachable import by_signals

from simulator.standins import Fault, Faults, Latency, drift

FAILED, CHANGES, DESTRUCTIVE = 1, 2, 3


def test_a_fleet_that_is_as_its_files_say_has_nothing_to_do(deployed: Deployment) -> None:
    before = deployed.writes()

    code, stacks = report(deployed, "up", "--yes")

    assert code == 0
    assert list(stacks) == ["eastus", "westus3"], "the owner of the cloud first"
    assert all(not stack["changes"] and not stack["brokenRules"] for stack in stacks.values()), "outputs stay too"
    assert deployed.writes() == before


def test_a_fleet_is_deployed_from_nothing_owner_first_and_goes_on_where_it_failed(tmp_path: Path) -> None:
    quota = Fault(type_suffix=":ManagedCluster", operation="create", error="QuotaExceeded: cores of the family")
    with Deployment.at(tmp_path, faults=Faults(quota)) as fresh:
        fresh.init("eastus", "westus3")

        code, stacks = report(fresh, "up", "--yes")

        assert code == FAILED
        assert (stacks["eastus"]["state"], stacks["westus3"]["state"]) == ("failed", "skipped")
        assert stacks["eastus"]["error"].startswith("eastus-cluster: "), "which resource, first"
        assert "QuotaExceeded" in stacks["eastus"]["error"]
        assert stacks["westus3"]["error"] == "eastus failed first."
        made = {change["name"] for change in stacks["eastus"]["changes"]}
        assert "eastus-network" in made and "eastus-cluster" not in made, "what was done, and no more"

        code, stacks = report(fresh, "preview")

        assert code == CHANGES
        assert stacks["westus3"]["state"] == "waits", "what it would join is not there"
        assert "eastus" in stacks["westus3"]["notes"][0]

        code, stacks = report(fresh, "up", "--yes")

        assert code == 0, stacks
        assert {name: stack["state"] for name, stack in stacks.items()} == {"eastus": "done", "westus3": "done"}
        assert report(fresh, "preview")[0] == 0


def test_what_would_go_is_told_first_and_needs_leave(deployed: Deployment) -> None:
    deployed.edit("westus3", lambda s: s["nodePools"].pop(1))
    deployed.edit("eastus", lambda s: s["nodePools"][0].update(maxCount=60))
    before = deployed.writes()

    code, stacks = report(deployed, "up", "--yes")

    assert code == DESTRUCTIVE
    assert deployed.writes() == before, "the gate stands before anything is touched"
    first = stacks["westus3"]["changes"][0]
    assert (first["operation"], first["name"], first["verdict"]) == ("delete", "westus3-h200", "destructive")
    assert first["loses"]
    [raised] = stacks["eastus"]["changes"]
    assert (raised["verdict"], raised["properties"][0]["old"], raised["properties"][0]["new"]) == ("safe", "50", "60")
    assert fleet(deployed, "up", "--yes", "--allow-destructive").returncode == 0
    assert report(deployed, "preview")[0] == 0


def test_a_stack_that_cannot_be_previewed_is_in_the_report_and_the_others_still_are(deployed: Deployment) -> None:
    deployed.edit("westus3", lambda s: s.update(sizedFor="trial"))
    deployed.edit("eastus", lambda s: s["nodePools"][0].update(maxCount=60))

    code, stacks = report(deployed, "preview")

    assert code == FAILED
    assert "sizedFor: trial where many-jobs is deployed" in stacks["westus3"]["error"]
    assert stacks["eastus"]["changes"]


def test_drift_is_told_by_severity_and_what_the_autoscaler_does_is_none(deployed: Deployment) -> None:
    cluster = deployed.only("ManagedCluster", "aks-ray-westus3")
    drift.autoscale(deployed.world, deployed.only("AgentPool", "cpu", stack="westus3").key, 7)
    drift.patch_upgrade(deployed.world, cluster.key)
    assert report(deployed, "drift")[0] == 0
    drift.changed(deployed.world, cluster.key, "apiServerAccessProfile.authorizedIPRanges", ["0.0.0.0/0"])
    drift.somebody_deletes(deployed.world, deployed.only("AgentPool", "h200").key)

    code, stacks = report(deployed, "drift")

    assert code == FAILED, "an API server that is open to the internet breaks a rule"
    assert [change["operation"] for change in stacks["westus3"]["changes"]] == ["delete", "update"]
    assert [rule["rule"] for rule in stacks["westus3"]["brokenRules"]] == ["api-server-clients"]
    assert not stacks["eastus"]["changes"]


def test_a_protected_fleet_is_let_go_with_leave_and_destroyed_owner_last(deployed: Deployment) -> None:
    before = deployed.writes()
    code, stacks = report(deployed, "destroy", "--confirm", "eastus westus3")
    assert code == FAILED and "lifecycle: retiring" in stacks["westus3"]["error"], "protected"
    for stack in ("eastus", "westus3"):
        deployed.edit(stack, lambda s: s.update(lifecycle="disposable"))

    code, stacks = report(deployed, "up", "--yes")

    assert code == DESTRUCTIVE, "a protection that goes is as bad as the loss of what it protects"
    freed = {change["name"] for change in stacks["westus3"]["changes"] if change["operation"] == "unprotect"}
    assert {"westus3-cluster", "westus3-data", "westus3-drain"} <= freed
    assert deployed.writes() == before
    assert fleet(deployed, "up", "--yes", "--allow-destructive").returncode == 0
    for stack in ("eastus", "westus3"):
        deployed.edit(stack, lambda s: s.update(lifecycle="protected"))
    code, stacks = report(deployed, "preview", "--stack", "westus3")
    assert code == CHANGES, "protection alone is a change, else it would never be put on"
    for stack in ("eastus", "westus3"):
        deployed.edit(stack, lambda s: s.update(lifecycle="disposable"))

    code, stacks = report(deployed, "destroy", "--confirm", "eastus westus3")

    assert code == 0, stacks
    assert not list(deployed.world.records(type_suffix=":ManagedCluster"))
    assert deployed.world.anyscale["clouds"] == {}


def test_ctrl_c_ends_every_stack_in_order_and_says_where_each_stands(tmp_path: Path) -> None:
    words = (sys.executable, "-m", "fleet", "up", "--yes", "--format", "json")
    # in which a cluster takes six seconds
    with by_signals(), Deployment.at(tmp_path, latency=Latency(factor=0.02)) as slow:
        slow.init("eastus", "westus3")
        with slow.simulator.start(
            *words,
            env={"PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
        ) as running:
            while not any(slow.world.records(type_suffix=":ManagedCluster")):
                time.sleep(0.1)
            running.send_signal(2)
            told, _ = running.communicate(timeout=120)

        stacks: dict[str, Any] = {each["stack"]: each for each in json.loads(told)["stacks"]}
        assert running.returncode == FAILED
        assert stacks["eastus"]["state"] == "failed"
        assert stacks["eastus"]["error"].startswith("Interrupted: what was under way was ended")
        assert stacks["westus3"]["state"] == "skipped"
        assert stacks["eastus"]["next"] == ["fleet up --stack eastus --stack westus3"]
        state = slow.simulator.folder / "state" / ".pulumi"
        assert state.is_dir() and not list(state.glob("locks/**/*.json")), "the lock was given back"
