"""The label by which a maintainer says yes to what a pull request destroys: for which commits it counts.

A yes is for commits that were there to be read. The event of the label names them; to every other run the label counts
while nothing was pushed since, as GitHub itself saw it: the dates in commits are whatever their author wrote.
Reading this takes `contents: read` and `pull-requests: read`, which the gate has.
Source: REST interface of GitHub, repository activities and timeline events, read 2026-11.
"""

from __future__ import annotations

from datetime import datetime

from fleet.ci.answers import Event, Pull, Push
from fleet.ci.github import GitHub, Json
from fleet.ci.runner import Runner, within

LABEL = "allow-destructive"
"""On the pull request; also the name of the input by which a deployment is started by hand."""


def given(github: GitHub, pull: Pull, event: Json) -> tuple[bool, str]:
    """Whether a pull request carries the label for the commits that it has, and how that is known.

    Args:
        pull: as GitHub tells it now.
        event: what set the workflow off; it stays the same when a job is run again.

    Raises:
        GitHubError: it could not be asked.
    """
    number, head = pull.number, pull.head.sha
    if not _carried(pull):
        return False, f"#{number} does not carry the label {LABEL}"
    if _is_of_the_label(event, head):
        return True, f"{LABEL} was put on #{number} for {head[:7]}"
    pushed = _pushed(github, pull)
    if pushed is None:
        return False, f"when {head[:7]} was pushed is not known, and so not whether the label {LABEL} was put on for it"
    put_on = _put_on(github, number)
    if put_on is None or put_on.created_at is None or put_on.created_at <= pushed:
        return False, f"#{number} carries the label {LABEL} from before {head[:7]} was pushed, of which it says nothing"
    who = put_on.actor.login if put_on.actor else "somebody"
    return True, f"{who} put {LABEL} on #{number} after {head[:7]} was pushed"


def take_back(github: GitHub, runner: Runner) -> str:
    """Take the label off a pull request for whose commits it was not put on.

    Every run does: the one that a push sets off may have been cancelled by the next.

    Returns:
        why, empty where nothing was taken off.

    Raises:
        GitHubError: it could not be.
    """
    number = runner.pull_request["number"]

    def once() -> str:
        pull = github.get(f"pulls/{number}", Pull)
        counts, why = given(github, pull, runner.event)
        if counts or not _carried(pull):
            return ""
        github.remove(f"issues/{number}/labels/{LABEL}")
        return f"{LABEL} was taken off: {why}."

    return github.anew(once)


def _carried(pull: Pull) -> bool:
    return LABEL in {label.name for label in pull.labels}


def _is_of_the_label(event: Json, head: str) -> bool:
    named = event.get("action") == "labeled" and within(event, "label").get("name") == LABEL
    return named and within(within(event, "pull_request"), "head").get("sha") == head


def _pushed(github: GitHub, pull: Pull) -> datetime | None:
    """When the branch last came to be where it is. The branch may be gone: what was pushed to it is still told."""
    pushes = github.pages("activity", Push, ref=f"refs/heads/{pull.head.ref}", direction="desc")
    return next((push.timestamp for push in pushes if push.after == pull.head.sha), None)


def _put_on(github: GitHub, number: int) -> Event | None:
    """When the label was last put on, and by whom."""
    events = github.pages(f"issues/{number}/timeline", Event)
    found = [each for each in events if each.event == "labeled" and each.label and each.label.name == LABEL]
    return found[-1] if found else None
