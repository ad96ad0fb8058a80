"""A job that is run again after its branch went on deploys nothing."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from fleet.ci.app import ci
from fleet.errors import FleetError
from tests.fleet.ci.conftest import Job
from tests.fleet.ci.github_fake import Fault, GitHubFake

OLD, NEW = "c" * 40, "d" * 40


def latest() -> int:
    return CliRunner().invoke(ci, ["latest"], catch_exceptions=False).exit_code


@pytest.fixture(autouse=True)
def on_main(job: Job, github: GitHubFake) -> None:
    job.event(ref="refs/heads/main")
    job.set(GITHUB_SHA=OLD, GITHUB_REF="refs/heads/main")
    github.heads["main"] = OLD


def test_the_newest_commit_of_the_branch_goes_on(github: GitHubFake) -> None:
    assert latest() == 0
    assert github.calls == ["GET git/ref/heads/main"]


def test_an_older_one_is_refused_with_what_to_do(github: GitHubFake) -> None:
    github.heads["main"] = NEW

    with pytest.raises(FleetError, match="main is at ddddddd now.*ccccccc.*start `deploy` by hand"):
        latest()


def test_a_branch_may_have_any_name(github: GitHubFake, job: Job) -> None:
    job.set(GITHUB_REF="refs/heads/release/#1")
    github.heads = {"release/#1": OLD}

    assert latest() == 0


@pytest.mark.parametrize("fault", [Fault(call="GET", status=404), Fault(call="GET", status=500, times=9)])
def test_where_nobody_knows_nothing_goes_on(github: GitHubFake, fault: Fault) -> None:
    github.faults = [fault]

    with pytest.raises(FleetError):
        latest()


def test_a_passing_fault_is_waited_out(github: GitHubFake) -> None:
    github.faults = [Fault(call="GET", status=502)]

    assert latest() == 0


@pytest.mark.parametrize("variables", [{"GITHUB_SHA": ""}, {"GITHUB_REF": ""}, {"GITHUB_REF": "refs/pull/7/merge"}])
def test_what_is_no_run_of_a_branch_is_refused(job: Job, variables: dict[str, str]) -> None:
    job.set(**variables)

    with pytest.raises(FleetError, match="no run of a branch"):
        latest()
