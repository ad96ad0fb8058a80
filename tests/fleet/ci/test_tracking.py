from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.ci.app import ci
from fleet.ci.merge import SILENT
from fleet.errors import FleetError
from fleet.report import Change, FleetReport, StackReport
from tests.fleet import fleets
from tests.fleet.ci.github_fake import BOT, LONGEST, Fault, GitHubFake
from tests.fleet.fleets import big_fleet, done

LABEL = "fleet-drift"


def drift(*stacks: StackReport) -> FleetReport:
    return FleetReport(operation="drift", stacks=stacks)


def track(tmp_path: Path, *changes: Change) -> str:
    return track_report(tmp_path, drift(done("eastus", *changes), done("westus3")))


def track_report(tmp_path: Path, report: FleetReport) -> str:
    path = tmp_path / "report.json"
    path.write_text(report.model_dump_json())
    return CliRunner().invoke(ci, ["tracking-issue", "--report", str(path)], catch_exceptions=False).stdout


def test_a_clean_fleet_without_an_issue_writes_nothing(github: GitHubFake, tmp_path: Path) -> None:
    track(tmp_path)

    assert (github.issues, github.writes) == ([], [])


def test_drift_opens_one_issue_with_the_label(github: GitHubFake, tmp_path: Path) -> None:
    said = track(tmp_path, fleets.MORE_NODES)

    [issue] = github.issues
    assert issue["state"] == "open"
    assert issue["labels"] == [{"name": LABEL}]
    assert "eastus-cpu" in issue["body"]
    assert issue["html_url"] in said


def test_the_same_shape_writes_nothing_whatever_the_text(github: GitHubFake, tmp_path: Path) -> None:
    track(tmp_path, fleets.MORE_NODES)
    other = fleets.MORE_NODES.model_copy(update={"name": "eastus-h200", "properties": ()})
    github.calls.clear()

    track(tmp_path, other)

    assert github.writes == [], "an etag that churns would mail everybody every day"


@pytest.mark.parametrize(
    "changes", [(fleets.MORE_NODES, fleets.MORE_NODES), (fleets.UPGRADE,)], ids=["one more", "another severity"]
)
def test_another_shape_edits_the_issue(github: GitHubFake, tmp_path: Path, changes: tuple[Change, ...]) -> None:
    track(tmp_path, fleets.MORE_NODES)
    before = github.issues[0]["body"]

    track(tmp_path, *changes)

    assert len(github.issues) == 1
    assert github.issues[0]["body"] != before


def test_a_clean_fleet_closes_the_issue_once(github: GitHubFake, tmp_path: Path) -> None:
    track(tmp_path, fleets.MORE_NODES)

    track(tmp_path)
    github.calls.clear()
    track(tmp_path)

    assert (github.issues[0]["state"], github.issues[0]["state_reason"]) == ("closed", "completed")
    assert github.writes == []


def test_drift_that_comes_back_opens_the_same_issue(github: GitHubFake, tmp_path: Path) -> None:
    for changes in ((fleets.MORE_NODES,), (), (fleets.MORE_NODES,)):
        track(tmp_path, *changes)

    assert [issue["state"] for issue in github.issues] == ["open"]


def test_an_issue_closed_by_hand_stays_closed_until_the_shape_changes(github: GitHubFake, tmp_path: Path) -> None:
    track(tmp_path, fleets.MORE_NODES)
    github.issues[0]["state"] = "closed"

    track(tmp_path, fleets.MORE_NODES)
    assert github.issues[0]["state"] == "closed", "somebody has seen it and said so"

    track(tmp_path, fleets.MORE_NODES, fleets.MORE_NODES)
    assert github.issues[0]["state"] == "open"


def test_a_stack_that_did_not_report_is_no_clean_fleet(github: GitHubFake, tmp_path: Path) -> None:
    silent = StackReport(stack="westus3", state="failed", error=SILENT)

    track_report(tmp_path, drift(done("eastus"), silent))

    assert "did not report" in github.issues[0]["body"]


def test_the_issue_is_found_among_many_and_nobody_elses_is_touched(github: GitHubFake, tmp_path: Path) -> None:
    track(tmp_path, fleets.MORE_NODES)
    ours = github.issues[0]
    for number in range(250):
        others = {
            "number": 1_000 + number,
            "html_url": "",
            "user": {"login": BOT if number % 2 else "somebody"},
            "state": "open",
        }
        github.issues.insert(0, {**others, "labels": [{"name": LABEL}], "body": None if number % 3 else "drift?"})
    github.issues.insert(0, {**ours, "number": 999, "pull_request": {}})
    github.calls.clear()

    track(tmp_path)

    assert github.writes == ["PATCH issues/100"]


def test_a_label_that_is_there_is_no_hindrance(github: GitHubFake, tmp_path: Path) -> None:
    github.labels.add(LABEL)

    track(tmp_path, fleets.MORE_NODES)

    assert len(github.issues) == 1


def test_an_issue_whose_answer_was_lost_is_not_opened_twice(github: GitHubFake, tmp_path: Path) -> None:
    github.faults = [Fault(call="POST issues", status=502, done=True)]

    track(tmp_path, fleets.MORE_NODES)

    assert len(github.issues) == 1


@pytest.mark.parametrize(("status", "said"), [(403, "give the job the permission"), (410, "issues are turned off")])
def test_a_refusal_says_what_to_do(github: GitHubFake, tmp_path: Path, status: int, said: str) -> None:
    github.faults = [Fault(call="POST labels", status=status)]

    with pytest.raises(FleetError, match=said):
        track(tmp_path, fleets.MORE_NODES)


def test_fifty_stacks_fit_one_issue(github: GitHubFake, tmp_path: Path) -> None:
    track_report(tmp_path, big_fleet().model_copy(update={"operation": "drift"}))

    assert len(github.issues[0]["body"]) < LONGEST
