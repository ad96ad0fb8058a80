from __future__ import annotations

import pytest

from fleet.report import FleetReport, StackReport
from tests.fleet import fleets
from tests.fleet.ci.conftest import Job
from tests.fleet.ci.github_fake import LATER, Fault, GitHubFake, pull
from tests.fleet.ci.steps import gate
from tests.fleet.fleets import done, fleet

LABEL = "allow-destructive"
COMMIT = "c" * 40
LOSS = fleet(done("eastus", fleets.NEW_CLUSTER), done("westus3"))
BROKEN = fleet(done("eastus").model_copy(update={"broken_rules": (fleets.OPEN_INGRESS,)}))
FAILED = fleet(StackReport(stack="eastus", state="failed", error="No quota."), done("westus3", fleets.NEW_CLUSTER))


CASES = {
    "no change": (fleet(done("eastus")), 0, "May go on: no change"),
    "safe": (fleet(done("eastus", fleets.NEW_POOL)), 0, "May go on: safe"),
    "disruptive": (fleet(done("eastus", fleets.UPGRADE)), 0, "May go on: disruptive"),
    "waits": (fleet(StackReport(stack="westus3", state="waits")), 0, "May go on"),
    "destructive": (LOSS, 3, "Destructive: eastus; #7 does not carry the label"),
    "a broken rule": (BROKEN, 1, "Failed, or breaks a rule: eastus."),
    "a failed preview": (FAILED, 1, "Failed, or breaks a rule: eastus."),
    "no report": (None, 1, "There is no report"),
}


@pytest.mark.parametrize(("report", "code", "said"), CASES.values(), ids=CASES)
def test_the_verdict_decides(github: GitHubFake, job: Job, report: FleetReport | None, code: int, said: str) -> None:
    ended, text = gate(job, report)

    assert (ended, text.startswith(said)) == (code, True), text


def test_with_the_label_what_is_destructive_passes(github: GitHubFake, job: Job) -> None:
    github.put_on("bug", at=LATER)
    github.put_on(LABEL, at=LATER)

    assert gate(job, LOSS)[0] == 0


def test_no_label_lifts_a_failure_or_a_broken_rule(github: GitHubFake, job: Job) -> None:
    github.put_on(LABEL, at=LATER)

    assert (gate(job, BROKEN)[0], gate(job, FAILED)[0]) == (1, 1)


def test_words_of_others_are_no_markup_on_the_page_of_the_run(github: GitHubFake, job: Job) -> None:
    github.faults.append(Fault(call="GET", status=403, message="<img src=x> [here](https://example.com) @owner"))

    assert gate(job, LOSS)[0] == 3
    told = job.summary.read_text()
    assert "\\<img src=x\\>" in told and "\\[here\\]" in told and "@owner" not in told, told


def test_what_fails_anyway_nobody_is_asked_about(github: GitHubFake, job: Job) -> None:
    broken = LOSS.stacks[0].model_copy(update={"broken_rules": (fleets.OPEN_INGRESS,)})

    assert gate(job, fleet(broken))[0] == 1
    assert github.calls == []


def test_a_label_that_was_there_when_the_run_began_and_is_off_now_does_not_count(github: GitHubFake, job: Job) -> None:
    job.event(action="labeled", pull_request=pull(7, LABEL))

    assert gate(job, LOSS)[0] == 3


def test_a_label_of_newer_commits_says_nothing_of_those_previewed(github: GitHubFake, job: Job) -> None:
    github.pulls[7] = pull(7, LABEL, head="d" * 40)

    code, said = gate(job, LOSS)

    assert (code, "newer commits" in said) == (3, True)


UNASKED = {
    "an outage": Fault(call="GET", status=500, times=9),
    "no permission": Fault(call="GET", status=403),
    "nothing there": Fault(call="GET", status=404),
}


@pytest.mark.parametrize("fault", UNASKED.values(), ids=UNASKED)
def test_where_the_labels_cannot_be_read_there_is_none(github: GitHubFake, job: Job, fault: Fault) -> None:
    job.event(pull_request=pull(7, LABEL))
    github.put_on(LABEL, at=LATER)
    github.faults = [fault]

    code, said = gate(job, LOSS)

    assert (code, "counts as not meant" in said) == (3, True)


def test_without_a_token_nothing_destructive_passes(github: GitHubFake, job: Job) -> None:
    job.set(GITHUB_TOKEN="")

    assert gate(job, LOSS)[0] == 3


def test_a_fork_does_not_pass_whatever_it_reports(github: GitHubFake, job: Job) -> None:
    somebodys = {"sha": "b" * 40, "repo": {"full_name": "somebody/ray"}}
    job.event(pull_request={"number": 7, "head": somebodys})
    job.set(AZURE_TENANT_ID="")  # variables are not given to forks

    code, said = gate(job, fleet(done("eastus")))

    assert (code, "come from a fork or a bot" in said) == (1, True)


def test_a_bot_that_gets_no_variables_is_not_taken_for_a_repository_without_a_tenant(
    github: GitHubFake, job: Job
) -> None:
    job.set(AZURE_TENANT_ID="", GITHUB_ACTOR="dependabot[bot]")

    assert gate(job, None)[0] == 1

    job.set(AZURE_TENANT_ID="6f0e9d4c-1111-4222-8333-444455556666", GITHUB_ACTOR="maintainer")
    assert gate(job, fleet(done("eastus")))[0] == 0, "what a person sets off on it has credentials"


def test_a_repository_without_a_tenant_passes_since_nothing_is_deployed(job: Job) -> None:
    job.set(AZURE_TENANT_ID="")

    code, said = gate(job, None)

    assert (code, "AZURE_TENANT_ID" in said) == (0, True)


def on_main(job: Job, github: GitHubFake, *pulls: int) -> None:
    job.event(ref="refs/heads/main", after=COMMIT)
    job.set(GITHUB_SHA=COMMIT)
    github.brought[COMMIT] = list(pulls)


def test_on_main_the_label_of_the_merged_pull_request_counts(github: GitHubFake, job: Job) -> None:
    github.pulls[7] = pull(7, merged=COMMIT)
    github.put_on(LABEL, at=LATER)
    on_main(job, github, 7)

    code, said = gate(job, LOSS)

    assert (code, "#7" in said) == (0, True)


NOT_MERGED = {
    "merged as another commit": pull(7, LABEL, merged="e" * 40),
    "open, with the commit in it": pull(7, LABEL),
    "open, with the commit as a trial": pull(7, LABEL, merged=COMMIT) | {"merged_at": None},
    "merged without the label": pull(7, "bug", merged=COMMIT),
}


@pytest.mark.parametrize("asked", NOT_MERGED.values(), ids=NOT_MERGED)
def test_on_main_nothing_else_counts(github: GitHubFake, job: Job, asked: dict[str, object]) -> None:
    github.pulls[7] = asked
    on_main(job, github, 7)

    code, said = gate(job, LOSS)

    assert (code, "start this workflow by hand" in said) == (3, True)


def test_a_push_without_a_pull_request_is_not_labelled(github: GitHubFake, job: Job) -> None:
    on_main(job, github)

    assert gate(job, LOSS)[0] == 3


@pytest.mark.parametrize(("given", "code"), [(True, 0), ("true", 0), (False, 3), ("false", 3), (None, 3)])
def test_started_by_hand_its_input_decides(github: GitHubFake, job: Job, given: object, code: int) -> None:
    job.event(inputs={LABEL: given})

    assert gate(job, LOSS)[0] == code
    assert github.calls == []


def test_on_a_laptop_what_is_destructive_does_not_pass(job: Job) -> None:
    job.event()

    assert gate(job, LOSS)[0] == 3
