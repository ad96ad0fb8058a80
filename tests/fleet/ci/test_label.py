"""The label that says yes to what is destroyed: for which commits it counts, and which run takes it off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fleet.errors import FleetError
from tests.fleet import fleets
from tests.fleet.ci.conftest import Job
from tests.fleet.ci.github_fake import AFTER, HEAD, LATER, LATEST, PUSHED, Fault, GitHubFake, pull
from tests.fleet.ci.steps import comment, gate
from tests.fleet.fleets import done, fleet

LABEL = "allow-destructive"
NEW, COMMIT = "b" * 40, "c" * 40
LOSS = fleet(done("eastus", fleets.NEW_CLUSTER), done("westus3"))
LABELLED = {"action": "labeled", "label": {"name": LABEL}}
OTHERS: dict[str, dict[str, Any]] = {
    "another label is put on": {"action": "labeled", "label": {"name": "docs"}},
    "another label is taken off": {"action": "unlabeled", "label": {"name": "docs"}},
    "the run of the push, once more": {"action": "synchronize"},
    "opened": {"action": "opened"},
    "reopened": {"action": "reopened"},
}


def carried(github: GitHubFake) -> bool:
    return {"name": LABEL} in github.pulls[7]["labels"]


def test_the_run_that_the_label_sets_off_passes_for_the_commits_that_it_names(github: GitHubFake, job: Job) -> None:
    github.put_on(LABEL, at=LATER)
    job.event(**LABELLED, pull_request=pull(7))

    assert gate(job, LOSS)[0] == 0
    assert github.calls == ["GET pulls/7"], "no clock has to be asked"


@pytest.mark.parametrize("event", OTHERS.values(), ids=OTHERS)
def test_any_other_run_passes_while_nothing_was_pushed_since(
    github: GitHubFake, job: Job, event: dict[str, Any]
) -> None:
    github.put_on(LABEL, at=LATER)
    job.event(**event, pull_request=pull(7))

    comment(job.folder, LOSS)
    code, said = gate(job, LOSS)

    assert (code, carried(github)) == (0, True), said
    assert f"ann put {LABEL} on #7" in said, "who said yes stands on the page of the run"


@pytest.mark.parametrize("event", OTHERS.values(), ids=OTHERS)
def test_after_a_push_every_run_takes_the_label_off_for_that_of_the_push_may_be_cancelled(
    github: GitHubFake, job: Job, event: dict[str, Any]
) -> None:
    github.put_on(LABEL, at=LATER)
    github.push(NEW, at=LATEST)
    github.put_on("docs", at=AFTER)
    job.event(**event, pull_request=pull(7, head=NEW))

    code, said = gate(job, LOSS)
    assert (code, "from before bbbbbbb was pushed" in said) == (3, True), said

    comment(job.folder, LOSS)
    assert not carried(github)
    assert gate(job, LOSS)[0] == 3
    assert f"{LABEL} was taken off: " in job.summary.read_text(), "whoever put it on learns why"


def test_the_run_of_the_label_does_not_pass_for_what_was_pushed_after_it(github: GitHubFake, job: Job) -> None:
    github.put_on(LABEL, at=LATER)
    github.push(NEW, at=LATEST)
    job.event(**LABELLED, pull_request=pull(7))

    code, said = gate(job, LOSS)

    assert (code, "newer commits" in said) == (3, True), said
    comment(job.folder, LOSS)
    assert not carried(github)


def test_a_label_of_the_second_in_which_was_pushed_does_not_count(github: GitHubFake, job: Job) -> None:
    github.put_on(LABEL, at=PUSHED)

    assert gate(job, LOSS)[0] == 3, "nobody knows which came first"


def test_commits_that_are_pushed_back_are_not_those_that_the_label_was_put_on_for(github: GitHubFake, job: Job) -> None:
    github.push(NEW, at=LATER)
    github.put_on(LABEL, at=LATER)
    github.push(HEAD, at=LATEST)

    assert gate(job, LOSS)[0] == 3


def test_put_on_again_it_counts_again(github: GitHubFake, job: Job) -> None:
    github.put_on(LABEL, at=PUSHED)
    github.pulls[7]["labels"].clear()
    github.timeline += [{"event": "commented", "actor": {"login": "ann"}}] * 150
    github.put_on("docs", at=PUSHED)
    github.put_on(LABEL, at=LATER, actor=None)

    code, said = gate(job, LOSS)

    assert (code, f"somebody put {LABEL} on #7" in said) == (0, True), said


UNKNOWN = {"no push of these commits": [], "a push elsewhere": [{"ref": "refs/heads/main", "after": HEAD}]}


@pytest.mark.parametrize("activity", UNKNOWN.values(), ids=UNKNOWN)
def test_where_nobody_knows_when_was_pushed_it_does_not_count_and_putting_it_on_again_helps(
    github: GitHubFake, job: Job, activity: list[dict[str, str]]
) -> None:
    github.put_on(LABEL, at=LATER)
    github.activity = activity

    assert gate(job, LOSS)[0] == 3
    comment(job.folder, LOSS)
    assert not carried(github)

    github.put_on(LABEL, at=LATEST)
    job.event(**LABELLED, pull_request=pull(7))
    assert gate(job, LOSS)[0] == 0


def test_a_label_that_nobody_put_on_does_not_count(github: GitHubFake, job: Job) -> None:
    github.pulls[7] = pull(7, LABEL)

    assert gate(job, LOSS)[0] == 3


@pytest.mark.parametrize("call", ["GET pulls", "GET activity", "GET issues/7/timeline", "DELETE"])
def test_a_label_that_cannot_be_taken_off_costs_no_report_and_the_step_fails(
    github: GitHubFake, job: Job, call: str
) -> None:
    github.put_on(LABEL, at=LATER)
    github.push(NEW, at=LATEST)
    job.event(action="synchronize", pull_request=pull(7, head=NEW))
    github.faults = [Fault(call=call, status=403)]

    with pytest.raises(FleetError, match="give the job the permission"):
        comment(job.folder, LOSS)
    assert len(github.comments) == 1
    assert gate(job, LOSS)[0] == 3


def test_a_lost_answer_takes_it_off_once_and_other_labels_stay(github: GitHubFake, job: Job, tmp_path: Path) -> None:
    github.put_on("bug", at=LATER)
    github.put_on(LABEL, at=LATER)
    github.push(NEW, at=LATEST)
    github.faults = [Fault(call="DELETE", status=502, done=True)]

    comment(tmp_path, LOSS)

    assert github.pulls[7]["labels"] == [{"name": "bug"}]
    assert [call for call in github.calls if call.startswith("DELETE")] == [f"DELETE issues/7/labels/{LABEL}"]


def merged(github: GitHubFake, job: Job) -> None:
    github.pulls[7] |= {"merge_commit_sha": COMMIT, "merged_at": LATEST}
    github.activity.insert(0, {"ref": "refs/heads/change", "after": "0" * 40, "timestamp": LATEST})
    github.brought[COMMIT] = [7]
    job.event(ref="refs/heads/main")
    job.set(GITHUB_SHA=COMMIT)


def test_on_main_the_label_of_what_was_merged_counts_also_where_its_branch_is_gone(
    github: GitHubFake, job: Job
) -> None:
    github.put_on(LABEL, at=LATER)
    merged(github, job)

    assert gate(job, LOSS)[0] == 0


def test_on_main_a_label_from_before_the_last_push_does_not_count(github: GitHubFake, job: Job) -> None:
    github.put_on(LABEL, at=LATER)
    github.push(NEW, at=LATEST)
    merged(github, job)

    code, said = gate(job, LOSS)

    assert (code, "start this workflow by hand" in said) == (3, True), said
