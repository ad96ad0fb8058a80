"""How the fleet stands, and what it says where it cannot be read or is held, under the real engine."""

from __future__ import annotations

import json
from typing import Any

from engine.deployment import Deployment
from engine.fleet_command import fleet, report

FAILED = 1
WRONG = {"PULUMI_CONFIG_PASSPHRASE": "of another fleet"}


def regions(deployment: Deployment, **env: str) -> tuple[int, dict[str, Any]]:
    done = fleet(deployment, "status", "--format", "json", **env)
    assert done.stdout, done.stderr
    return done.returncode, {row["stack"]: row for row in json.loads(done.stdout)["regions"]}


def held(deployment: Deployment, stack: str) -> None:
    """As a run on another machine holds it."""
    [state] = (deployment.simulator.folder / "state/.pulumi/stacks").glob(f"*/{stack}.json")
    folder = deployment.simulator.folder / "state/.pulumi/locks/organization" / state.parent.name / stack
    folder.mkdir(parents=True, exist_ok=True)
    lock = {"pid": 12, "username": "ann", "hostname": "elsewhere", "timestamp": "2026-11-23T16:13:27Z"}
    (folder / "5b1e8a56-3f0c-4c3c-9d0e-6f3f8f0f2d11.json").write_text(json.dumps(lock))


def test_a_deployed_fleet_stands_and_its_files_are_right(deployed: Deployment) -> None:
    code, rows = regions(deployed)

    assert code == 0, rows
    assert [*rows] == ["eastus", "westus3"] and all(row["registered"] for row in rows.values())
    assert rows["westus3"]["nodePools"] == ["cpu", "h200"] and rows["westus3"]["resources"] > 50
    checked = fleet(deployed, "validate")
    assert checked.returncode == 0, checked.stdout


def test_a_wrong_passphrase_is_named_and_what_opens_no_secret_is_still_told(deployed: Deployment) -> None:
    code, stacks = report(deployed, "preview", **WRONG)

    assert code == FAILED
    assert stacks["eastus"]["error"].startswith("The passphrase does not open the secrets of eastus: set PULUMI_CONFIG")
    assert all(not stack["changes"] for stack in stacks.values())
    code, rows = regions(deployed, **WRONG)
    assert code == 0 and rows["eastus"]["registered"], "outputs hold no secret"


def test_a_stack_that_another_machine_holds_is_left_to_it(deployed: Deployment) -> None:
    deployed.edit("eastus", lambda s: s["nodePools"][0].update(maxCount=60))
    held(deployed, "eastus")
    before = deployed.writes()

    code, stacks = report(deployed, "up", "--yes", "--stack", "eastus")

    assert (code, deployed.writes()) == (FAILED, before)
    error = stacks["eastus"]["error"]
    assert error.startswith("Another run holds eastus: ann@elsewhere (pid 12) at 2026-11-23T16:13:27Z. Wait"), error
    assert stacks["eastus"]["next"][0] == "fleet recover eastus"
    refused = fleet(deployed, "recover", "eastus", "--yes")
    assert refused.returncode == FAILED and "Nothing here proves that the run is over" in refused.stdout
    assert fleet(deployed, "recover", "eastus", "--yes", "--holder", "ann@elsewhere (pid 12)").returncode == 0
    assert report(deployed, "up", "--yes", "--stack", "eastus")[0] == 0
