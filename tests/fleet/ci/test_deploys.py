"""What the gate hands on: the stacks that are deployed, each with what may be destroyed in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from fleet.report import StackReport
from tests.fleet import fleets
from tests.fleet.ci.conftest import PROJECT, Job
from tests.fleet.ci.github_fake import GitHubFake
from tests.fleet.ci.steps import gate
from tests.fleet.fleets import done, fleet

LABEL = "allow-destructive"
BROKEN = done("eastus", fleets.NEW_POOL).model_copy(update={"broken_rules": (fleets.OPEN_INGRESS,)})
JOINERS = ("northeurope", "westus3")
OWNER, NORTH, WEST = done("eastus"), done("northeurope"), done("westus3")
OWNER_CHANGES, WEST_CHANGES = done("eastus", fleets.NEW_POOL), done("westus3", fleets.MORE_NODES)
WEST_LOSES = done("westus3", fleets.NO_POOL)


def failed(stack: str) -> StackReport:
    return StackReport(stack=stack, state="failed", error="No quota.")


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, github: GitHubFake, job: Job) -> Path:
    """eastus owns the cloud, northeurope and westus3 join it; main has changed."""
    folder = tmp_path / "desk"
    folder.mkdir()
    for name in ("Pulumi.yaml", "Pulumi.eastus.yaml", "Pulumi.westus3.yaml"):
        shutil.copy(PROJECT / name, folder)
    shutil.copy(PROJECT / "Pulumi.westus3.yaml", folder / "Pulumi.northeurope.yaml")
    job.checkout = folder
    job.event(ref="refs/heads/main")
    return folder


def rows(job: Job, name: str) -> list[dict[str, Any]]:
    return json.loads(job.outputs[name] or "[]")


def deployed(job: Job) -> tuple[list[str], list[str]]:
    owners, joiners = ([row["stack"] for row in rows(job, name)] for name in ("owners", "joiners"))
    return owners, joiners


CASES = {
    "nothing changes": ((OWNER, NORTH, WEST), 0, [], []),
    "one that joins": ((OWNER, NORTH, WEST_CHANGES), 0, [], ["westus3"]),
    "the owner, and who joins it may have to follow": ((OWNER_CHANGES, NORTH, WEST), 0, ["eastus"], [*JOINERS]),
    "one that waits": ((OWNER, NORTH, StackReport(stack="westus3", state="waits")), 0, [], ["westus3"]),
    "one fails, and the others go on": ((OWNER, failed("northeurope"), WEST_CHANGES), 1, [], ["westus3"]),
    "one of those that join a changed owner fails": (
        (OWNER_CHANGES, failed("northeurope"), WEST_CHANGES),
        1,
        ["eastus"],
        ["westus3"],
    ),
    "the owner fails, and holds back who joins it": ((failed("eastus"), NORTH, WEST_CHANGES), 1, [], []),
    "the owner breaks a rule": ((BROKEN, NORTH, WEST_CHANGES), 1, [], []),
    "the owner is destructive": ((done("eastus", fleets.NEW_CLUSTER), NORTH, WEST_CHANGES), 3, [], []),
    "one that joins is destructive": ((OWNER_CHANGES, NORTH, WEST_LOSES), 3, ["eastus"], ["northeurope"]),
    "one fails, another is destructive": ((OWNER_CHANGES, failed("northeurope"), WEST_LOSES), 1, ["eastus"], []),
}


@pytest.mark.parametrize(("stacks", "code", "owners", "joiners"), CASES.values(), ids=CASES)
def test_what_changes_and_passed_is_deployed_and_the_gate_stays_red_for_the_rest(
    job: Job, stacks: tuple[StackReport, ...], code: int, owners: list[str], joiners: list[str]
) -> None:
    assert gate(job, fleet(*stacks))[0] == code
    assert deployed(job) == (owners, joiners)
    assert {*job.outputs} == {"owners", "joiners"}


def test_where_there_is_nobody_the_output_is_empty(job: Job) -> None:
    gate(job, fleet(OWNER, NORTH, WEST))

    assert job.outputs == {"owners": "", "joiners": ""}, "GitHub fails a job with an empty matrix"


def test_the_page_of_the_run_tells_what_is_deployed_and_what_is_held_back_by_whom(job: Job) -> None:
    gate(job, fleet(failed("eastus"), NORTH, WEST_CHANGES))
    page = job.summary.read_text()
    assert "Deploys nothing." in page
    assert "Held back: eastus (failed, or breaks a rule), westus3 (joins eastus)." in page

    gate(job, fleet(OWNER_CHANGES, NORTH, WEST_LOSES))
    page = job.summary.read_text()
    assert "Deploys eastus, northeurope. Held back: westus3 (destructive)." in page


def test_a_pull_request_deploys_nothing_and_its_page_does_not_say_so(job: Job) -> None:
    job.event(pull_request={"number": 7, "head": {"sha": "a" * 40, "repo": {"full_name": "owner/ray"}}})

    gate(job, fleet(OWNER, NORTH, WEST_CHANGES))

    assert "eploys" not in job.summary.read_text()


def test_a_row_is_all_that_its_job_needs(job: Job) -> None:
    job.set(FLEET_RUNNER="self-hosted, ray-{stack}")

    gate(job, fleet(OWNER, NORTH, WEST_CHANGES))

    runner = ["self-hosted", "ray-westus3"]
    assert rows(job, "joiners") == [
        {"stack": "westus3", "environment": "westus3", "runner": runner, "allowed": "[]"},
    ]


def test_with_leave_each_stack_gets_what_was_seen_in_it_and_no_more(job: Job) -> None:
    job.event(inputs={LABEL: "true"})

    assert gate(job, fleet(OWNER_CHANGES, failed("northeurope"), WEST_LOSES))[0] == 1
    [eastus], [westus3] = rows(job, "owners"), rows(job, "joiners")
    assert eastus["allowed"] == "[]"
    assert json.loads(westus3["allowed"]) == [f"westus3: delete {fleets.POOL} eastus-a100"]


def test_started_by_hand_for_some_stacks_it_is_about_those_alone(job: Job) -> None:
    job.event(inputs={"stacks": "westus3"})

    assert gate(job, fleet(WEST_CHANGES))[0] == 0
    assert deployed(job) == ([], ["westus3"])


def test_what_nobody_previewed_is_not_deployed(job: Job) -> None:
    gate(job, None)
    assert job.outputs == {"owners": "", "joiners": ""}

    job.set(AZURE_TENANT_ID="")
    gate(job, fleet(OWNER_CHANGES, NORTH, WEST_CHANGES))
    assert job.outputs == {"owners": "", "joiners": ""}


def test_a_stack_that_the_report_does_not_tell_of_is_held_back(job: Job) -> None:
    gate(job, fleet(OWNER_CHANGES, WEST))

    assert deployed(job) == (["eastus"], ["westus3"])
    assert "Held back: northeurope" in job.summary.read_text()


def test_stacks_that_all_join_a_cloud_from_elsewhere_are_deployed(desk: Path, job: Job) -> None:
    (desk / "Pulumi.eastus.yaml").unlink()

    assert gate(job, fleet(NORTH, WEST_CHANGES))[0] == 0
    assert deployed(job) == ([], ["westus3"])
