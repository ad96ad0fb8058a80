"""Whether a change may go on: nothing destructive passes that nobody said yes to.

A yes is the label of a pull request, meant for the commits that were there when it was put on: a push takes it off.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.ci.github import GitHub, Json
from fleet.ci.runner import Runner
from fleet.errors import FleetError
from fleet.report import DESTRUCTIVE, FAILED, NO_CHANGE, FleetReport

LABEL = "allow-destructive"
"""On the pull request; also the name of the input by which a deployment is started by hand."""
_HOW = f"Read what is lost in the report; where that is meant, a maintainer adds {LABEL}, and this check runs again."
_NEW_COMMITS = ("reopened", "synchronize")
"""What happened to a pull request that may now have other commits than those that its label was put on for."""
_FROM_OUTSIDE = (
    "These commits come from a fork or a bot, which get no credentials, so nobody has seen what they do to the fleet. "
    "A maintainer who has read them pushes a fork's to a branch of this repository, or puts any label on a bot's pull "
    "request: then they are previewed."
)
_NOT_CONNECTED = (
    "This repository names no Azure tenant (variable AZURE_TENANT_ID), so nothing is previewed and nothing is deployed "
    "(docs/how-to/pull-requests.md)."
)
_NO_REPORT = "There is no report: see why the jobs before this one ended, and run them again."


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the gate says.

    Attributes:
        code: 0 where the change may go on, else an exit code of reports: 1 or 3.
        why: one paragraph.
        allowed: whether somebody said yes to what is destroyed.
    """

    code: int
    why: str
    allowed: bool = False


def decide(report: FleetReport | None, runner: Runner) -> Decision:
    """Decide on a report.

    Args:
        report: None where there is none.
        runner: tells which pull request, commit or start by hand it is about. GitHub is asked for the labels as they
            are now: the event file has those of the moment when the run began, and one taken off since is off.
    """
    if runner.from_outside:
        return Decision(code=FAILED, why=_FROM_OUTSIDE)
    if not runner.connected:
        return Decision(code=NO_CHANGE, why=_NOT_CONNECTED)
    if report is None:
        return Decision(code=FAILED, why=_NO_REPORT)
    code = report.exit_code(allow_destructive=False)
    if code == FAILED:
        failed = ", ".join(stack.stack for stack in report.stacks if stack.fails)
        return Decision(code=FAILED, why=f"Failed, or breaks a rule: {failed}. The report says what to do.")
    if code != DESTRUCTIVE:
        return Decision(code=NO_CHANGE, why=f"May go on: {report.verdict}.")
    lost = ", ".join(stack.stack for stack in report.stacks if stack.verdict == "destructive")
    try:
        allowed, why = _allowed(runner)
    except FleetError as error:
        allowed, why = False, f"whether that is meant could not be asked ({error}), so it counts as not meant."
    return Decision(code=NO_CHANGE if allowed else DESTRUCTIVE, why=f"Destructive: {lost}; {why}", allowed=allowed)


def take_back(github: GitHub, runner: Runner) -> None:
    """Take the label off after a push.

    Raises:
        GitHubError: it could not be.
    """
    number = runner.pull_request["number"]

    def once() -> None:
        if LABEL in _labels(github.get(f"pulls/{number}")):
            github.remove(f"issues/{number}/labels/{LABEL}")

    if runner.event.get("action") in _NEW_COMMITS:
        github.anew(once)


def _allowed(runner: Runner) -> tuple[bool, str]:
    """Whether what is destroyed is meant, and how that is known."""
    if runner.event.get("action") in _NEW_COMMITS:
        return False, f"these commits are new, and a label put on before they were does not count. {_HOW}"
    if runner.pull_request:
        github = GitHub.of(runner)
        return github.anew(lambda: _by_label(github, runner.pull_request))
    if LABEL in runner.inputs:
        allowed = str(runner.inputs[LABEL]).lower() == "true"
        return allowed, f"started by hand {'with' if allowed else 'without'} {LABEL}."
    if commit := runner.environment.get("GITHUB_SHA"):
        github = GitHub.of(runner)
        return github.anew(lambda: _by_merged(github, commit))
    return False, f"and nothing here can carry the label {LABEL}."


def _by_label(github: GitHub, asked: Json) -> tuple[bool, str]:
    now = github.get(f"pulls/{asked['number']}")
    if now["head"]["sha"] != asked["head"]["sha"]:
        return False, "and the pull request has newer commits than those previewed: their own run decides."
    if LABEL in _labels(now):
        return True, f"the pull request carries the label {LABEL}."
    return False, (f"the pull request does not carry the label {LABEL}. {_HOW}")


def _by_merged(github: GitHub, commit: str) -> tuple[bool, str]:
    merged = [pull for pull in github.pages(f"commits/{commit}/pulls") if pull["merge_commit_sha"] == commit]
    if yes := [pull["number"] for pull in merged if pull["merged_at"] and LABEL in _labels(pull)]:
        return True, f"#{yes[0]}, which brought {commit[:7]}, carries the label {LABEL}."
    return False, (
        f"no merged pull request that brought {commit[:7]} carries the label {LABEL}. Where it is meant, start this "
        f"workflow by hand with {LABEL}."
    )


def _labels(pull: Json) -> set[str]:
    return {label["name"] for label in pull["labels"]}
