"""The workflows' own commands, in their order, on reports of a fleet: what a reviewer reads, where the gate stands."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.app import app
from fleet.report import FleetReport, StackReport
from fleet.show.report_markdown import MARKER
from tests.fleet import fleets
from tests.fleet.ci.conftest import Job
from tests.fleet.ci.github_fake import HEAD, LATER, LONGEST, GitHubFake, pull
from tests.fleet.fleets import big_fleet, done
from tests.workflows.workflow import PROJECT, read

STACKS = ("eastus", "westus3")


class Repository:
    """A checkout, in which each job finds what the jobs before it uploaded."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        folder.mkdir()
        shutil.copy(PROJECT / "Pulumi.yaml", folder)
        monkeypatch.chdir(folder)

    def has(self, *stacks: str) -> None:
        for stack in stacks:
            own = PROJECT / f"Pulumi.{stack}.yaml"
            shutil.copy(own if own.exists() else PROJECT / "Pulumi.westus3.yaml", self.folder / f"Pulumi.{stack}.yaml")

    def reported(self, stacks: Iterable[StackReport], *, operation: str = "preview") -> None:
        shutil.rmtree(self.folder / "reports", ignore_errors=True)
        (self.folder / "reports").mkdir()
        for stack in stacks:
            report = FleetReport.model_validate({"operation": operation, "stacks": (stack,)})
            (self.folder / "reports" / f"{stack.stack}.json").write_text(report.model_dump_json())

    def runs(self, workflow: str, *jobs: str) -> list[int]:
        """Exit codes of the commands of these jobs."""
        commands = read(workflow).fleet_commands(*jobs)
        return [CliRunner().invoke(app, words, catch_exceptions=False).exit_code for words in commands]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path / "checkout", monkeypatch)
    made.has(*STACKS)
    return made


CASES = {
    "no change": ((), 0, "no change"),
    "safe": ((fleets.NEW_POOL,), 0, "safe"),
    "disruptive": ((fleets.UPGRADE, fleets.NEW_POOL), 0, "disruptive"),
    "destructive": ((fleets.NEW_CLUSTER, fleets.NO_POOL), 3, "destructive"),
}


@pytest.mark.parametrize(("changes", "code", "verdict"), CASES.values(), ids=CASES)
def test_a_reviewer_reads_one_comment_and_the_gate_follows_the_verdict(
    repository: Repository, github: GitHubFake, job: Job, changes: tuple[fleets.Change, ...], code: int, verdict: str
) -> None:
    repository.reported([done("eastus", *changes), done("westus3")])

    codes = repository.runs("pull-request", "stacks", "report", "gate")

    assert codes == [0, 0, 0, code], "matrix, merge, comment, gate"
    [comment] = github.comments
    heading = f"## Fleet preview of {HEAD}: {verdict}"
    assert comment["body"].startswith(f"{MARKER}\n{heading}")
    assert heading in job.summary.read_text()
    assert heading in (repository.folder / "report" / "report.md").read_text()


def test_what_is_destructive_passes_with_the_label_and_stops_when_it_is_taken_off(
    repository: Repository, github: GitHubFake, job: Job
) -> None:
    repository.reported([done("eastus", fleets.NEW_CLUSTER), done("westus3")])

    github.put_on("allow-destructive", at=LATER)
    assert repository.runs("pull-request", "report", "gate")[-1] == 0

    github.pulls[7] = pull(7)
    assert repository.runs("pull-request", "report", "gate")[-1] == 3
    assert len(github.comments) == 1


def test_a_preview_that_failed_and_one_that_said_nothing_are_in_the_comment(
    repository: Repository, github: GitHubFake, job: Job
) -> None:
    repository.has("eastus2")
    failed = StackReport(stack="eastus", state="failed", error="No quota for 96 cores: ask Azure for more.")
    repository.reported([failed, done("westus3", fleets.NEW_POOL)])

    assert repository.runs("pull-request", "report", "gate") == [0, 0, 1]

    body = github.comments[0]["body"]
    assert "No quota for 96 cores" in body
    assert "did not report" in body and "eastus2" in body
    assert "eastus-h200" in body, "the others still are in the report"


def test_of_fifty_stacks_every_one_is_in_the_comment(repository: Repository, github: GitHubFake, job: Job) -> None:
    for stack in STACKS:
        (repository.folder / f"Pulumi.{stack}.yaml").unlink()
    report = big_fleet()
    repository.has(*(stack.stack for stack in report.stacks))
    repository.reported(report.stacks)

    assert repository.runs("pull-request", "report", "gate") == [0, 0, 1]

    body = github.comments[0]["body"]
    assert len(body) < LONGEST
    assert all(stack.stack in body for stack in report.stacks)
    assert len(job.summary.read_text()) > len(body), "the page of the run has room for more"
    assert "Left out" in body
    assert "Left out" not in (repository.folder / "report" / "report.md").read_text(), "the artifact has it all"


def test_a_fork_gets_checks_and_a_notice_and_does_not_pass(
    repository: Repository, github: GitHubFake, job: Job
) -> None:
    job.event(pull_request={"number": 7, "head": {"sha": "b" * 40, "repo": {"full_name": "somebody/ray"}}})
    job.set(AZURE_TENANT_ID="")

    assert repository.runs("pull-request", "stacks") == [0]
    assert job.outputs["previews"] == "false", "the jobs preview and report are skipped by it"
    assert repository.runs("pull-request", "gate") == [1]
    assert github.calls == []


def test_a_deployment_of_a_labelled_pull_request_goes_on(repository: Repository, github: GitHubFake, job: Job) -> None:
    repository.reported([done("eastus", fleets.NEW_CLUSTER), done("westus3")])
    job.event(ref="refs/heads/main")
    job.set(GITHUB_SHA="c" * 40)
    github.brought["c" * 40] = [7]

    github.pulls[7] = pull(7, merged="c" * 40)
    assert repository.runs("deploy", "stacks", "gate") == [0, 0, 0, 3], "validate, matrix, merge, gate"

    github.put_on("allow-destructive", at=LATER)
    assert repository.runs("deploy", "gate") == [0, 0]
    assert [row["stack"] for row in json.loads(job.outputs["owners"])] == ["eastus"]


def test_a_deployment_that_changes_nothing_asks_no_reviewer(
    repository: Repository, github: GitHubFake, job: Job
) -> None:
    repository.reported([done("eastus"), done("westus3")])
    job.event(ref="refs/heads/main")

    assert repository.runs("deploy", "gate") == [0, 0]
    assert job.outputs == {"owners": "", "joiners": ""}


def test_drift_is_tracked_until_it_is_gone(repository: Repository, github: GitHubFake, job: Job) -> None:
    job.event(schedule="23 5 * * 1-5")

    repository.reported([done("eastus", fleets.MORE_NODES)], operation="drift")
    assert repository.runs("drift", "stacks", "track") == [0, 0, 0]
    assert "did not report" in github.issues[0]["body"], "westus3's job died"

    repository.reported([done("eastus"), done("westus3")], operation="drift")
    assert repository.runs("drift", "track") == [0, 0]
    assert [issue["state"] for issue in github.issues] == ["closed"]
