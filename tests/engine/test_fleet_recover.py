"""`fleet recover` after runs that were killed for real: everything is found again, nothing is made twice."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.deployment import Deployment
from engine.fleet_command import fleet
from engine.waiting import quiet, start_up, until

from catalog.arm_ids import CONVERGES
from fleet import recover
from simulator.standins import Fault, Faults

FAILED, LEFT = 1, 2


def hang(kind: str, *, times: int = 1, made: bool = True) -> Fault:
    """A create whose answer never comes, of something that was made or not."""
    return Fault(type_suffix=f":{kind}", operation="create", hang=True, after_commit=made, times=times)


def killed_up(
    folder: Path,
    *faults: Fault,
    under_way: Callable[[Deployment], bool],
    meanwhile: Callable[[Deployment], None] = lambda _: None,
) -> None:
    """An `up` that is killed with nothing but what hangs under way."""
    hangs = Faults(*faults)
    with Deployment.at(folder, faults=hangs) as deployment:
        if not (deployment.simulator.folder / "state/.pulumi/stacks").exists():
            deployment.init("eastus")
        running = start_up(deployment)
        until(lambda: under_way(deployment))
        quiet(deployment, 2)
        meanwhile(deployment)
        os.kill(running.pid, signal.SIGKILL)
        running.wait(timeout=60)
        until(lambda: hangs.hanging == 0)  # one that is let go on instead would still make what it hung before


def the_lock_is_kept(deployment: Deployment) -> None:
    alive = fleet(deployment, "recover", "eastus", "--yes")
    assert alive.returncode == FAILED, "a run that is alive keeps its lock"
    assert "The run is not over" in alive.stdout and "is a running pulumi" in alive.stdout


def what_is_left_is_told(deployment: Deployment) -> None:
    looked = fleet(deployment, "recover", "eastus")
    assert looked.returncode == LEFT, looked.stderr
    assert "pulumi cancel --yes --stack eastus" in looked.stdout, "looking gives no lock away"


def recovered(deployment: Deployment) -> dict[str, str]:
    """Recover, and check that the next preview makes only what was never made; outcome by name of what was imported."""
    done = fleet(deployment, "recover", "eastus", "--yes", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    there = {f"{each['type'].rpartition(':')[2]} {each['urn'].rpartition('::')[2]}" for each in state(deployment)}
    preview = deployment.preview("eastus")
    created = {name for operation, name in preview.changes if operation == "create"}
    assert there.isdisjoint(created), "what was imported is not made again"
    # A killed first run leaves no digest of the cluster, so that its list of pools is sent once more: decision 0007.
    relisted = [step["diffReasons"] for step in preview.steps if step["op"] == "update"]
    assert relisted in ([], [["agentPoolProfiles"]]), "what was imported is as the program wants it"
    assert {operation for operation, _ in preview.changes} <= {"create", "update"}
    outcomes = dict(zip([each["urn"] for each in told["commands"]], told["results"], strict=True))
    return {urn.rpartition("::")[2]: result["outcome"] for urn, result in outcomes.items() if urn}


def state(deployment: Deployment) -> list[dict[str, Any]]:
    exported = json.loads(deployment.pulumi("stack", "export", "--stack", "eastus").stdout)["deployment"]
    assert not exported.get("pending_operations")
    return [each for each in exported["resources"] if each.get("custom")]


def count(deployment: Deployment, kind: str) -> int:
    return len(list(deployment.world.records(type_suffix=f":{kind}")))


def test_what_killed_runs_left_is_recovered_and_the_world_holds_each_thing_once(tmp_path: Path) -> None:
    killed_up(
        tmp_path,
        hang("VirtualNetwork"),
        hang("BlobContainer", made=False),
        hang("BlobContainer", times=2),
        under_way=lambda d: count(d, "VirtualNetwork") == 1 and count(d, "BlobContainer") >= 2,
        meanwhile=the_lock_is_kept,
    )
    with Deployment.at(tmp_path) as deployment:
        what_is_left_is_told(deployment)
        outcomes = recovered(deployment)
        assert outcomes["eastus-network"] == "done"
        assert sorted(outcomes.values()) == ["done", "done", "done", "not there"], "one container was never made"

    killed_up(tmp_path, hang("ManagedCluster"), under_way=lambda d: count(d, "ManagedCluster") == 1)
    with Deployment.at(tmp_path) as deployment:
        [file] = deployment.simulator.folder.glob("state/.pulumi/stacks/*/eastus.json")
        whole = file.read_bytes()
        file.with_name(f"{file.name}.bak").write_bytes(whole)  # as each write begins, and the kill cuts it off
        file.write_bytes(whole[:5000])
        assert recovered(deployment)["eastus-cluster"] == "done"

    killed_up(
        tmp_path,
        hang("AgentPool", times=2),
        hang("PersistentVolume", times=2),
        hang("Namespace", made=False),
        hang("Release"),
        under_way=lambda d: (
            count(d, "AgentPool") >= 2 and count(d, "PersistentVolume") >= 2 and count(d, "Release") > 0
        ),
    )
    with Deployment.at(tmp_path) as deployment:
        [stuck] = deployment.world.records(type_suffix=":Release")
        stuck.outputs["status"]["status"] = "pending-install"
        deployment.world.put(stuck)
        outcomes = recovered(deployment)
        assert sorted(outcomes.values()).count("not there") == 1, outcomes
        assert count(deployment, "Release") == 0, "what Helm never brought up is uninstalled"
        deployment.up("eastus")
        assert deployment.preview("eastus").changes == set()
        assert deployment.outputs("eastus")["operatorStatus"] == "HEALTHY"
        held = [each["id"] for each in state(deployment)]
        made = [each.id for each in deployment.world.records() if each.stack == "eastus"]
        assert set(made) <= set(held), "no orphan"
        assert_ids_are_told(state(deployment))
        nothing = fleet(deployment, "recover", "eastus", "--yes")
        assert (nothing.returncode, "nothing to recover" in nothing.stdout) == (0, True)


def assert_ids_are_told(resources: list[dict[str, Any]]) -> None:
    """Of every thing that was deployed, its inputs tell the id."""
    by_urn = {each["urn"]: each for each in resources}
    asked = [each for each in resources if not each["type"].startswith(tuple(row.type for row in CONVERGES))]
    assert {each["urn"]: recover._id(each, by_urn) for each in asked} == {each["urn"]: each["id"] for each in asked}
