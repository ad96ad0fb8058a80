"""One comment for the fleet in a pull request: made once, edited in place ever after."""

from __future__ import annotations

from fleet.ci.answers import Comment
from fleet.ci.github import GitHub
from fleet.ci.runner import SUMMARY_BYTES
from fleet.report import FleetReport
from fleet.show import report_markdown
from fleet.show.markdown import link_to

AUTHOR = "github-actions[bot]"
"""Whom GitHub names as the author of what a workflow's own token writes."""


def write(report: FleetReport | None, github: GitHub, number: int, *, author: str, link: str, commit: str) -> str:
    """Write the comment, and return its address.

    Args:
        report: None where nothing was previewed: what the comment says of older commits is not left standing.
        number: of the pull request.
        author: whose comment is looked for: anybody may write one with our marker in it.
        link: address of the full report.
        commit: that it is of.

    Raises:
        GitHubError: it could not be written.
    """
    text = report_markdown.render(report, link=link, commit=commit) if report else _nothing(link=link, commit=commit)
    body = {"body": text}

    def once() -> Comment:
        found = _ours(github, number, author)
        if found:
            return github.edit(f"issues/comments/{found.id}", body, Comment)
        return github.create(f"issues/{number}/comments", body, Comment)

    return github.anew(once).html_url


def summary(report: FleetReport, *, link: str, commit: str) -> str:
    """The same for the page of the run, with as much detail as GitHub takes there."""
    limit = SUMMARY_BYTES
    while (
        len((text := report_markdown.render(report, limit=limit, link=link, commit=commit)).encode()) >= SUMMARY_BYTES
    ):
        limit = limit * 3 // 4  # the renderer counts characters, GitHub counts bytes
    return text


def _nothing(*, link: str, commit: str) -> str:
    where = link_to("the run", link) if link else "the run"
    return (
        f"{report_markdown.MARKER}\n## Fleet preview{report_markdown.of_commit(commit)}: nothing was previewed\n\n"
        f"The jobs before this comment ended without a report: see {where}.\n"
    )


def _ours(github: GitHub, number: int, author: str) -> Comment | None:
    """The oldest of ours, should there be two."""
    for each in github.pages(f"issues/{number}/comments", Comment):
        if each.user and each.user.login == author and report_markdown.MARKER in (each.body or ""):
            return each
    return None
