from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.ci import comment as comments
from fleet.ci.app import ci
from fleet.errors import FleetError
from fleet.show.report_markdown import MARKER
from tests.fleet import fleets
from tests.fleet.ci.conftest import Job
from tests.fleet.ci.github_fake import HEAD, LONGEST, TOKEN, Fault, GitHubFake, pull
from tests.fleet.ci.steps import comment
from tests.fleet.fleets import big_fleet, done, fleet

LISTED, ADDED = "GET issues/7/comments", "POST issues/7/comments"


def test_the_first_run_makes_the_comment_and_the_next_edits_it(github: GitHubFake, tmp_path: Path) -> None:
    first = comment(tmp_path, fleet(done("eastus", fleets.NEW_POOL)))
    second = comment(tmp_path, fleet(done("eastus", fleets.NEW_CLUSTER)))

    assert first == second == github.comments[0]["html_url"]
    assert len(github.comments) == 1, "a second comment would bury the first"
    assert "destructive" in github.comments[0]["body"]


def test_the_comment_names_the_run_with_the_full_report(github: GitHubFake, tmp_path: Path) -> None:
    comment(tmp_path, fleet(done("eastus")))

    assert "https://github.example/owner/ray/actions/runs/42" in github.comments[0]["body"]


def test_the_comment_says_of_which_commit_it_is(github: GitHubFake, job: Job, tmp_path: Path) -> None:
    job.set(GITHUB_SHA="e" * 40)  # of a merge that GitHub made to try it, and nobody has read

    comment(tmp_path, fleet(done("eastus")))

    assert github.comments[0]["body"].splitlines()[1] == f"## Fleet preview of {HEAD}: no change"


def test_where_nothing_was_previewed_no_old_verdict_stands(github: GitHubFake, job: Job, tmp_path: Path) -> None:
    comment(tmp_path, fleet(done("eastus")))
    (tmp_path / "report.json").unlink()
    job.event(action="synchronize", pull_request=pull(7, head="b" * 40))

    ended = CliRunner().invoke(ci, ["comment", "--report", str(tmp_path / "report.json")], catch_exceptions=False)

    assert ended.exit_code == 0
    [written] = github.comments
    assert written["body"].startswith(f"{MARKER}\n## Fleet preview of {'b' * 40}: nothing was previewed\n")
    assert "no change" not in written["body"] and "https://github.example/owner/ray/actions/runs/42" in written["body"]


@pytest.mark.parametrize("environment", [{"GITHUB_ACTOR": "dependabot[bot]"}, {"AZURE_TENANT_ID": ""}])
def test_where_nothing_can_be_previewed_nothing_is_written(
    github: GitHubFake, job: Job, tmp_path: Path, environment: dict[str, str]
) -> None:
    job.set(**environment)

    said = comment(tmp_path, fleet(done("eastus")))

    assert github.calls == [], "its token could not write"
    assert "nothing is previewed" in said or "they are previewed" in said


def test_the_comment_is_found_behind_a_hundred_others(github: GitHubFake, tmp_path: Path) -> None:
    for number in range(230):
        github.comment(f"remark {number}", author="somebody")
    github.comment(f"{MARKER}\nold")

    comment(tmp_path, fleet(done("eastus")))

    assert github.calls.count(LISTED) == 3
    assert github.writes == ["PATCH issues/comments/231"]


def test_somebody_elses_comment_with_our_marker_is_left_alone(github: GitHubFake, tmp_path: Path) -> None:
    github.comment(f"{MARKER}\nno change, trust me", author="somebody")

    comment(tmp_path, fleet(done("eastus")))

    assert github.comments[0]["body"].endswith("trust me")
    assert len(github.comments) == 2


def test_of_a_deleted_account_a_comment_is_nobodys(github: GitHubFake, tmp_path: Path) -> None:
    github.comment(MARKER)["user"] = None

    comment(tmp_path, fleet(done("eastus")))

    assert len(github.comments) == 2


def test_another_token_writes_under_another_name(github: GitHubFake, job: Job, tmp_path: Path) -> None:
    job.set(FLEET_AUTHOR="ray-bot")
    github.comment(MARKER)

    comment(tmp_path, fleet(done("eastus")))

    assert github.writes == [ADDED], "what the workflow's own token wrote is not this one's"


def test_a_failed_preview_is_commented_too(github: GitHubFake, tmp_path: Path) -> None:
    failed = done("eastus").model_copy(update={"state": "failed", "error": "No quota: ask Azure for more."})

    comment(tmp_path, fleet(failed))

    assert "No quota: ask Azure for more." in github.comments[0]["body"]


def test_fifty_stacks_fit_one_comment(github: GitHubFake, tmp_path: Path) -> None:
    comment(tmp_path, big_fleet())

    body = github.comments[0]["body"]
    assert len(body) < LONGEST
    assert all(f"region{number:02}" in body for number in range(50))
    assert fleets.SUBSCRIPTION not in body


def test_the_page_of_the_run_holds_a_report_of_any_size() -> None:
    text = comments.summary(big_fleet(changes=9_000), link="", commit="")

    assert 500_000 < len(text.encode()) < 1024 * 1024, "GitHub drops a longer one whole"


def test_a_passing_fault_is_waited_out(github: GitHubFake, tmp_path: Path) -> None:
    github.faults = [Fault(call="GET", status=502), Fault(call="POST", status=500)]

    comment(tmp_path, fleet(done("eastus")))

    assert len(github.comments) == 1
    assert len(github.waits) == 2


def test_a_comment_whose_answer_was_lost_is_not_made_twice(github: GitHubFake, tmp_path: Path) -> None:
    github.faults = [Fault(call="POST", status=504, done=True)]

    comment(tmp_path, fleet(done("eastus")))

    assert len(github.comments) == 1
    assert github.writes == [ADDED, "PATCH issues/comments/1"]


REFUSALS = {
    "a token that has ended": (Fault(call="GET", status=401, message="Bad credentials"), "GITHUB_TOKEN is refused"),
    "no permission": (
        Fault(call="POST", status=403, message="Resource not accessible by integration"),
        "give the job the permission",
    ),
    "no such pull request": (Fault(call="GET", status=404, message="Not Found"), "or the token may not see it"),
    "too long": (Fault(call="POST", status=422, message="Validation Failed"), "GitHub says: Validation Failed"),
    "an outage": (Fault(call="GET", status=503, message="down", times=9), "try again later"),
    "an hour's quota": (
        Fault(call="GET", status=403, headers={"x-ratelimit-remaining": "0"}, times=9),
        "too many calls",
    ),
}


@pytest.mark.parametrize(("fault", "said"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_one_paragraph_that_says_what_to_do(
    github: GitHubFake, tmp_path: Path, fault: Fault, said: str
) -> None:
    github.faults = [fault]

    with pytest.raises(FleetError, match=said) as refusal:
        comment(tmp_path, fleet(done("eastus")))

    assert TOKEN not in str(refusal.value)
    assert len(github.calls) <= 8, "nobody is asked for ever"


def test_a_pause_that_github_asks_for_is_kept(github: GitHubFake, tmp_path: Path) -> None:
    github.faults = [Fault(call="POST", status=403, message="secondary rate limit", headers={"retry-after": "60"})]

    comment(tmp_path, fleet(done("eastus")))

    assert github.waits == [60]


def test_a_pause_of_an_hour_is_not_waited_for(github: GitHubFake, tmp_path: Path) -> None:
    github.faults = [Fault(call="POST", status=429, headers={"retry-after": "3600"})]

    with pytest.raises(FleetError, match="too many calls"):
        comment(tmp_path, fleet(done("eastus")))
    assert github.waits == []


def test_a_server_that_is_not_there_is_told(github: GitHubFake, job: Job, tmp_path: Path) -> None:
    job.set(GITHUB_API_URL="http://127.0.0.1:1")

    with pytest.raises(FleetError, match="GitHub does not answer GET /repos/owner/ray/issues/7/comments"):
        comment(tmp_path, fleet(done("eastus")))


def test_the_token_goes_to_no_other_server(github: GitHubFake, job: Job, tmp_path: Path) -> None:
    for number in range(101):
        github.comment(f"remark {number}", author="somebody")
    github.next_page = f"{github.address}.elsewhere.example/repos"

    with pytest.raises(FleetError, match="the token is sent to"):
        comment(tmp_path, fleet(done("eastus")))


def test_the_token_is_not_sent_in_clear(github: GitHubFake, job: Job, tmp_path: Path) -> None:
    job.set(GITHUB_API_URL="http://github.example/api/v3")

    with pytest.raises(FleetError, match="over https only"):
        comment(tmp_path, fleet(done("eastus")))


@pytest.mark.parametrize("missing", ["GITHUB_TOKEN", "GITHUB_REPOSITORY"])
def test_without_its_variables_it_names_them(github: GitHubFake, job: Job, tmp_path: Path, missing: str) -> None:
    job.set(**{missing: ""})

    with pytest.raises(FleetError, match=f"{missing} must be set"):
        comment(tmp_path, fleet(done("eastus")))


def test_an_event_without_a_pull_request_is_refused(github: GitHubFake, job: Job, tmp_path: Path) -> None:
    job.event(ref="refs/heads/main")

    with pytest.raises(FleetError, match="about no pull request"):
        comment(tmp_path, fleet(done("eastus")))
    assert github.calls == []


def test_an_event_file_that_cannot_be_read_is_told(github: GitHubFake, job: Job, tmp_path: Path) -> None:
    job.set(GITHUB_EVENT_PATH=str(tmp_path / "absent.json"))

    with pytest.raises(FleetError, match="GITHUB_EVENT_PATH"):
        comment(tmp_path, fleet(done("eastus")))


def test_a_file_that_is_no_report_is_told(github: GitHubFake, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")

    with pytest.raises(FleetError, match="report.json is no report"):
        CliRunner().invoke(ci, ["comment", "--report", str(tmp_path / "report.json")], catch_exceptions=False)
