"""One issue that tracks drift: opened when a stack differs from the cloud, closed when none does.

It is written to only when the shape of the drift changes: that keeps it quiet while etags and timestamps churn.
Somebody who closes it by hand is not contradicted before then.
"""

from __future__ import annotations

import hashlib
import json
import re

from fleet.ci.answers import Issue, Label
from fleet.ci.github import GitHub, GitHubError, Json
from fleet.report import NO_CHANGE, FleetReport
from fleet.show import report_markdown

LABEL = "fleet-drift"
TITLE = "The fleet differs from the cloud"
_SHAPE = re.compile(r"<!-- fleet-drift: (\w+) -->")
_ROOM = 100
"""Characters for the shape, behind the report."""
_THERE_ALREADY = 422


def shape(report: FleetReport) -> str:
    """Fingerprint of how bad it is where, and of how many changes of which kind; not of what they say."""
    rows = [
        (stack.stack, stack.state, stack.fails, stack.verdict, stack.counts, len(stack.broken_rules))
        for stack in report.stacks
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def track(report: FleetReport, github: GitHub, *, author: str, link: str) -> str:
    """Bring the issue in line with a report; returns what was done, in a line.

    Raises:
        GitHubError: it could not be.
    """
    return github.anew(lambda: _once(report, github, author, link))


def _once(report: FleetReport, github: GitHub, author: str, link: str) -> str:
    found = _ours(github, author)
    clean = report.exit_code(allow_destructive=False) == NO_CHANGE
    if found is None and clean:
        return "No drift, and no issue that says so."
    told = _SHAPE.search(found.body or "") if found else None
    if found and told and told[1] == shape(report):
        return f"As {found.html_url} says already: nothing written."
    text = report_markdown.render(report, limit=report_markdown.LIMIT - _ROOM, link=link)
    body = {"body": f"{text}\n<!-- fleet-drift: {shape(report)} -->\n"}
    if found is None:
        return f"Opened {_opened(github, body)}."
    state = {"state": "closed", "state_reason": "completed"} if clean else {"state": "open"}
    github.edit(f"issues/{found.number}", {**body, **state}, Issue)
    return f"{'Closed' if clean else 'Updated'} {found.html_url}."


def _opened(github: GitHub, body: Json) -> str:
    try:
        github.create("labels", {"name": LABEL, "color": "d93f0b", "description": "Found by the workflow drift"}, Label)
    except GitHubError as error:
        if error.status != _THERE_ALREADY:
            raise
    return github.create("issues", {"title": TITLE, "labels": [LABEL], **body}, Issue).html_url


def _ours(github: GitHub, author: str) -> Issue | None:
    """The newest, should there be two."""
    found = [
        issue
        for issue in github.pages("issues", Issue, labels=LABEL, state="all", creator=author)
        if issue.pull_request is None and _SHAPE.search(issue.body or "")
    ]
    return max(found, key=lambda issue: issue.number, default=None)
