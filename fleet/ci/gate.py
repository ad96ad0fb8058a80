"""Whether a change may go on: nothing destructive passes that nobody said yes to."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.ci import label
from fleet.ci.answers import Pull
from fleet.ci.github import GitHub
from fleet.ci.label import LABEL
from fleet.ci.runner import Runner
from fleet.errors import FleetError
from fleet.report import DESTRUCTIVE, FAILED, NO_CHANGE, FleetReport

_HOW = (
    f"Read what is lost in the report; where that is meant, a maintainer puts {LABEL} on, anew where it is on already, "
    "and this check runs again."
)
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
    if why := unseen(runner):
        return Decision(code=FAILED if runner.from_outside else NO_CHANGE, why=why)
    if report is None:
        return Decision(code=FAILED, why=_NO_REPORT)
    failed = [stack.stack for stack in report.stacks if stack.fails]
    lost = [stack.stack for stack in report.stacks if stack.verdict == "destructive" and not stack.fails]
    told = [f"Failed, or breaks a rule: {', '.join(failed)}. The report says what to do."] if failed else []
    allowed = False
    if lost:
        allowed, why = _asked(runner)
        told.append(f"Destructive: {', '.join(lost)}; {why}")
    code = FAILED if failed else DESTRUCTIVE if lost and not allowed else NO_CHANGE
    return Decision(code=code, why=" ".join(told) or f"May go on: {report.verdict}.", allowed=allowed)


def unseen(runner: Runner) -> str:
    """Why nothing is previewed; empty where stacks are."""
    if runner.from_outside:
        return _FROM_OUTSIDE
    return "" if runner.connected else _NOT_CONNECTED


def _asked(runner: Runner) -> tuple[bool, str]:
    try:
        return _allowed(runner)
    except FleetError as error:
        return False, f"whether that is meant could not be asked ({error}), so it counts as not meant."


def _allowed(runner: Runner) -> tuple[bool, str]:
    """Whether what is destroyed is meant, and how that is known."""
    if runner.pull_request:
        github = GitHub.of(runner)
        return github.anew(lambda: _by_label(github, runner))
    if LABEL in runner.inputs:
        allowed = str(runner.inputs[LABEL]).lower() == "true"
        return allowed, f"started by hand {'with' if allowed else 'without'} {LABEL}."
    if commit := runner.environment.get("GITHUB_SHA"):
        github = GitHub.of(runner)
        return github.anew(lambda: _by_merged(github, commit))
    return False, f"and nothing here can carry the label {LABEL}."


def _by_label(github: GitHub, runner: Runner) -> tuple[bool, str]:
    now = github.get(f"pulls/{runner.pull_request.get('number')}", Pull)
    if now.head.sha != runner.commit:
        return False, "and the pull request has newer commits than those previewed: their own run decides."
    allowed, why = label.given(github, now, runner.event)
    return allowed, f"{why}." if allowed else f"{why}. {_HOW}"


def _by_merged(github: GitHub, commit: str) -> tuple[bool, str]:
    pulls = github.pages(f"commits/{commit}/pulls", Pull)
    merged = [pull for pull in pulls if pull.merge_commit_sha == commit and pull.merged_at]
    told = [label.given(github, pull, {}) for pull in merged] or [(False, f"no pull request brought {commit[:7]}")]
    allowed, why = next((each for each in told if each[0]), told[0])
    return allowed, f"{why}." if allowed else f"{why}. Where it is meant, start this workflow by hand with {LABEL}."
