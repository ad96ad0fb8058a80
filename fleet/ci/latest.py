"""That a job deploys what its branch says now: one that is run again later would put back what was left behind."""

from __future__ import annotations

from urllib.parse import quote

from fleet.ci.answers import Reference
from fleet.ci.github import GitHub
from fleet.ci.runner import Runner
from fleet.errors import FleetError


def require_latest(runner: Runner) -> None:
    """Refuse a commit that is no longer the newest of its branch.

    Raises:
        FleetError: it is not, or nobody knows.
    """
    commit, branch = runner.environment.get("GITHUB_SHA", ""), runner.branch
    if not commit or not branch:
        raise FleetError("This is no run of a branch (GITHUB_SHA, GITHUB_REF), so nobody knows what is its newest.")
    github = GitHub.of(runner)
    newest = github.anew(lambda: github.get(f"git/ref/heads/{quote(branch)}", Reference)).object.sha
    if newest != commit:
        raise FleetError(
            f"{branch} is at {newest[:7]} now, and this run would put back {commit[:7]}: nothing was deployed. The run "
            f"of {newest[:7]} deploys all of {branch}; where that is over, start `deploy` by hand."
        )
