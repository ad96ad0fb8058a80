"""A pull request that takes the file of a stack away."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fleet.__main__ import run
from fleet.report import FleetReport
from tests.fleet.ci.conftest import PROJECT, Job
from tests.fleet.ci.github_fake import Fault, GitHubFake
from tests.fleet.fleets import done, fleet

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with the file of eastus, in which the workflow's commands run."""
    for name in ("Pulumi.yaml", "Pulumi.eastus.yaml"):
        shutil.copy(PROJECT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(job: Job, *words: str) -> list[str]:
    assert run(["ci", "matrix", *words]) == 0
    return [row["stack"] for row in json.loads(job.outputs["stacks"])]


@pytest.mark.parametrize(
    "change",
    [("Pulumi.westus3.yaml", "removed"), ("Pulumi.west.yaml", "renamed", "Pulumi.westus3.yaml")],
    ids=["removed", "renamed"],
)
def test_its_stack_is_a_row_like_any_other(
    desk: Path, github: GitHubFake, job: Job, change: tuple[str, str, str]
) -> None:
    github.changes(*change)
    job.set(FLEET_RUNNER="ray-{stack}")

    assert rows(job) == ["eastus", "westus3"]
    row = {"stack": "westus3", "environment": "preview-westus3", "runner": ["ray-westus3"]}
    assert json.loads(job.outputs["stacks"])[1] == row
    assert github.calls == ["GET pulls/7/files"]


@pytest.mark.parametrize(
    "change",
    [
        ("Pulumi.west.yaml", "added"),
        ("Pulumi.west.yaml", "copied", "Pulumi.westus3.yaml"),
        ("Pulumi.westus3.yaml", "modified"),
        ("Pulumi.eastus.yaml", "removed"),
        ("Pulumi.yaml", "removed"),
        ("docs/Pulumi.westus3.yaml", "removed"),
        ("westus3.yaml", "renamed", "docs/Pulumi.westus3.yaml"),
    ],
    ids=["added", "copied", "modified", "there all the same", "the project", "in a subfolder", "from a subfolder"],
)
def test_what_takes_no_stack_file_away_adds_no_row(
    desk: Path, github: GitHubFake, job: Job, change: tuple[str, str, str]
) -> None:
    github.changes(*change)

    assert rows(job) == ["eastus"]


@pytest.mark.parametrize("folder", ["infra", "./infra/", "infra/../infra"])
def test_of_a_project_in_a_folder_its_own_files_count(desk: Path, github: GitHubFake, job: Job, folder: str) -> None:
    shutil.copytree(desk, desk / "infra", ignore=shutil.ignore_patterns("infra"))
    for path in ("Pulumi.northeurope.yaml", "infra/Pulumi.westus3.yaml", "infra/old/Pulumi.uksouth.yaml"):
        github.changes(path, "removed")

    assert rows(job, "--folder", folder) == ["eastus", "westus3"]


def test_all_pages_are_read(desk: Path, github: GitHubFake, job: Job) -> None:
    for number in range(250):
        github.changes(f"docs/{number}.md", "modified")
    github.changes("Pulumi.westus3.yaml", "removed")

    assert rows(job) == ["eastus", "westus3"]
    assert len(github.calls) == 3


def test_where_github_does_not_tell_all_files_nobody_goes_on(
    desk: Path, github: GitHubFake, job: Job, capsys: Printed
) -> None:
    for number in range(3_000):
        github.changes(f"docs/{number}.md", "modified")

    assert run(["ci", "matrix"]) == 1
    assert "no more than 3,000 files" in capsys.readouterr().err


def test_a_passing_fault_is_waited_out(desk: Path, github: GitHubFake, job: Job) -> None:
    github.changes("Pulumi.westus3.yaml", "removed")
    github.faults = [Fault(call="GET pulls/7/files", status=502)]

    assert rows(job) == ["eastus", "westus3"]


@pytest.mark.parametrize("words", [["matrix"], ["merge", "reports"]], ids=lambda words: words[0])
def test_where_github_refuses_there_is_no_answer_and_it_is_told_why(
    desk: Path, github: GitHubFake, job: Job, capsys: Printed, words: list[str]
) -> None:
    github.faults = [Fault(call="GET pulls/7/files", status=403, message="Resource not accessible by integration")]

    assert run(["ci", *words]) == 1
    out, err = capsys.readouterr()
    assert not out and err.count("\n") == 1
    assert "pulls/7/files was answered 403" in err and "give the job the permission" in err
    assert not (job.folder / "output").exists() and not (desk / "report").exists()


UNASKED = {
    "of a fork": {"pull_request": {"number": 7, "head": {"sha": "b" * 40, "repo": {"full_name": "somebody/ray"}}}},
    "of a push": {"ref": "refs/heads/main"},
    "of a schedule": {"schedule": "23 5 * * 1-5"},
    "by hand": {"inputs": {"stacks": ""}},
}


@pytest.mark.parametrize("event", UNASKED.values(), ids=UNASKED)
def test_another_run_asks_nothing(desk: Path, github: GitHubFake, job: Job, event: dict[str, object]) -> None:
    github.changes("Pulumi.westus3.yaml", "removed")
    job.event(**event)

    assert rows(job) == ["eastus"]
    assert run(["ci", "merge", "reports"]) == 0
    assert github.calls == []


@pytest.mark.parametrize("variables", [{"GITHUB_ACTOR": "dependabot[bot]"}, {"AZURE_TENANT_ID": ""}], ids=str)
def test_a_run_that_previews_nothing_asks_nothing(
    desk: Path, github: GitHubFake, job: Job, variables: dict[str, str]
) -> None:
    github.changes("Pulumi.westus3.yaml", "removed")
    job.set(**variables)

    assert rows(job) == ["eastus"]
    assert github.calls == []


def test_one_that_reported_is_joined_with_the_others(desk: Path, github: GitHubFake) -> None:
    github.changes("Pulumi.westus3.yaml", "removed")
    (desk / "reports").mkdir()
    for stack in ("westus3", "eastus"):
        (desk / "reports" / f"{stack}.json").write_text(fleet(done(stack)).model_dump_json())

    assert run(["ci", "merge", "reports"]) == 0
    assert merged(desk) == fleet(done("eastus"), done("westus3"))


def test_one_that_did_not_report_has_failed(desk: Path, github: GitHubFake) -> None:
    github.changes("Pulumi.westus3.yaml", "removed")

    assert run(["ci", "merge", "reports"]) == 0
    [_, westus3] = merged(desk).stacks
    assert (westus3.stack, westus3.state) == ("westus3", "failed") and "did not report" in westus3.error


def merged(desk: Path) -> FleetReport:
    return FleetReport.model_validate_json((desk / "report" / "report.json").read_text())
