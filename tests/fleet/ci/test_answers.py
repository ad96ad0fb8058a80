"""What stands where GitHub's answer or event should be: told in one paragraph, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.ci.app import ci
from fleet.errors import FleetError
from tests.fleet import fleets
from tests.fleet.ci.conftest import Job
from tests.fleet.ci.github_fake import TOKEN, Fault, GitHubFake
from tests.fleet.ci.steps import comment, gate
from tests.fleet.ci.test_tracking import track
from tests.fleet.fleets import done, fleet

PAGE = "<!DOCTYPE html>\n<title>Sign in to the proxy</title>\n" + "<p>" * 500
LOSS = fleet(done("eastus", fleets.NEW_CLUSTER))


def commented(folder: Path) -> None:
    comment(folder, LOSS)


def tracked(folder: Path) -> None:
    track(folder, fleets.MORE_NODES)


def latest(folder: Path) -> None:
    CliRunner().invoke(ci, ["latest"], catch_exceptions=False)


def rows(folder: Path) -> None:
    CliRunner().invoke(ci, ["matrix"], catch_exceptions=False)


CALLS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a list": ("GET issues/7/comments", commented),
    "files": ("GET pulls/7/files", rows),
    "what is made": ("POST issues/7/comments", commented),
    "one thing": ("GET pulls/7", commented),
    "an issue that is made": ("POST issues", tracked),
    "a branch": ("GET git/ref/heads/main", latest),
}


@pytest.mark.parametrize("body", [PAGE, "", '"ok"', "[1, 2]", '{"logged": "out"}'], ids=lambda body: body[:9])
@pytest.mark.parametrize(("call", "act"), CALLS.values(), ids=CALLS)
def test_a_page_of_somebody_else_s_is_told(
    github: GitHubFake, job: Job, tmp_path: Path, call: str, act: Callable[[Path], None], body: str
) -> None:
    job.set(GITHUB_SHA="c" * 40, GITHUB_REF="refs/heads/main")
    github.faults = [Fault(call=call, status=200, body=body)]

    with pytest.raises(FleetError, match="proxy") as refusal:
        act(tmp_path)
    assert call.split()[1] in str(refusal.value) and TOKEN not in str(refusal.value)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 600


def test_an_edit_that_somebody_else_answers_is_told(github: GitHubFake, tmp_path: Path) -> None:
    comment(tmp_path, LOSS)
    github.faults = [Fault(call="PATCH", status=200, body=PAGE)]

    with pytest.raises(FleetError, match="Sign in to the proxy"):
        comment(tmp_path, LOSS)


def test_the_gate_stays_shut_behind_somebody_else_s_page(github: GitHubFake, job: Job) -> None:
    github.faults = [Fault(call="GET pulls/7", status=200, body=PAGE)]

    code, said = gate(job, LOSS)

    assert (code, "counts as not meant" in said) == (3, True), said


@pytest.mark.parametrize("content", ["[]", '"push"', "null", "7"])
def test_an_event_that_is_none_is_told(job: Job, tmp_path: Path, content: str) -> None:
    path = tmp_path / "event.json"
    path.write_text(content)
    job.set(GITHUB_EVENT_PATH=str(path))

    with pytest.raises(FleetError, match="GITHUB_EVENT_PATH"):
        gate(job, LOSS)


@pytest.mark.parametrize("odd", [[], "7", 7])
def test_a_part_of_an_event_that_is_none_counts_as_absent(job: Job, odd: object) -> None:
    job.event(pull_request=odd, inputs=odd)

    assert gate(job, fleet(done("eastus")))[0] == 0
    assert gate(job, LOSS)[0] == 3
