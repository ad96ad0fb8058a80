from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.ci.app import ci
from fleet.errors import FleetError
from tests.fleet.ci.conftest import PROJECT, Job

pytestmark = pytest.mark.usefixtures("github")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    for name in ("Pulumi.yaml", "Pulumi.eastus.yaml", "Pulumi.westus3.yaml"):
        shutil.copy(PROJECT / name, tmp_path)
    return tmp_path


def matrix(desk: Path, *words: str) -> str:
    done = CliRunner().invoke(ci, ["matrix", "--folder", str(desk), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_each_stack_file_is_a_row_with_its_environment_for_previews(job: Job, desk: Path) -> None:
    matrix(desk)

    eastus = {"stack": "eastus", "environment": "preview-eastus", "runner": ["ubuntu-latest"]}
    westus3 = {"stack": "westus3", "environment": "preview-westus3", "runner": ["ubuntu-latest"]}
    assert json.loads(job.outputs["stacks"]) == [eastus, westus3]
    assert job.outputs["previews"] == "true"


@pytest.mark.parametrize("named", ["westus3", " westus3 ", "westus3, westus3"])
def test_started_by_hand_for_some_stacks_it_is_about_those_alone(job: Job, desk: Path, named: str) -> None:
    job.event(inputs={"stacks": named})

    matrix(desk)

    assert [row["stack"] for row in json.loads(job.outputs["stacks"])] == ["westus3"]


@pytest.mark.parametrize("inputs", [{"stacks": ""}, {"stacks": None}, {}])
def test_started_by_hand_for_none_it_is_about_all(job: Job, desk: Path, inputs: dict[str, None]) -> None:
    job.event(inputs=inputs)

    matrix(desk)

    assert len(json.loads(job.outputs["stacks"])) == 2


def test_a_stack_that_is_spelled_wrong_is_told(job: Job, desk: Path) -> None:
    job.event(inputs={"stacks": "eastus westus"})

    with pytest.raises(FleetError, match="Did you mean westus3"):
        CliRunner().invoke(ci, ["matrix", "--folder", str(desk)], catch_exceptions=False)


def test_labels_of_runners_may_name_the_stack(job: Job, desk: Path) -> None:
    job.set(FLEET_RUNNER="self-hosted, ray-{stack}")

    matrix(desk)

    labels = [row["runner"] for row in json.loads(job.outputs["stacks"])]
    assert labels == [["self-hosted", "ray-eastus"], ["self-hosted", "ray-westus3"]]


def test_an_empty_variable_is_no_label(job: Job, desk: Path) -> None:
    job.set(FLEET_RUNNER="")

    matrix(desk)

    assert json.loads(job.outputs["stacks"])[0]["runner"] == ["ubuntu-latest"], "GitHub gives unset variables as ''"


def test_a_file_that_cannot_be_read_is_a_row_all_the_same(job: Job, desk: Path) -> None:
    (desk / "Pulumi.westus3.yaml").write_text("config: [")

    matrix(desk)

    stacks = [row["stack"] for row in json.loads(job.outputs["stacks"])]
    assert stacks == ["eastus", "westus3"], "its own job says what is wrong with it"


@pytest.mark.parametrize("home", [{"full_name": "somebody/ray"}, None], ids=["of a fork", "of a fork that is gone"])
def test_commits_of_a_fork_are_not_previewed_and_a_notice_says_so(
    job: Job, desk: Path, home: dict[str, str] | None
) -> None:
    job.event(pull_request={"number": 7, "head": {"sha": "b" * 40, "repo": home}})
    job.set(GITHUB_ACTIONS="true")

    said = matrix(desk)

    assert job.outputs["previews"] == "false"
    assert said.startswith("::notice::These commits come from a fork or a bot")
    assert "from a fork" in job.summary.read_text()


def test_a_repository_without_a_tenant_previews_nothing_and_says_so(job: Job, desk: Path) -> None:
    job.set(AZURE_TENANT_ID="")

    said = matrix(desk)

    assert job.outputs["previews"] == "false"
    assert "AZURE_TENANT_ID" in said


def test_outside_of_github_the_rows_are_printed(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    github = ("GITHUB_ACTIONS", "GITHUB_EVENT_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    for name in (*github, "AZURE_TENANT_ID", "FLEET_RUNNER"):
        monkeypatch.delenv(name, raising=False)

    said = dict(line.split("=", 1) for line in matrix(desk).splitlines() if line.startswith(("stacks=", "previews=")))

    assert [row["stack"] for row in json.loads(said["stacks"])] == ["eastus", "westus3"]
    assert said["previews"] == "false", "a laptop has no tenant of a repository"
