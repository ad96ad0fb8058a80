"""Stacks whose file a pull request takes away: their regions may live on, and no stack file tells of them any more.

Source: REST interface of GitHub, files of a pull request, read 2026-11.
"""

from __future__ import annotations

from pathlib import Path

from fleet.ci.answers import ChangedFile
from fleet.ci.gate import unseen
from fleet.ci.github import GitHub
from fleet.ci.runner import Runner
from fleet.errors import FleetError
from fleet.stacks import stack_of

_TOLD = 3_000
"""So many files GitHub lists at most, without a word about the others."""


def removed(runner: Runner, folder: Path) -> tuple[str, ...]:
    """Names of the stacks, in their order; none where the run is about no pull request, or previews nothing.

    Args:
        runner: works at the root of the repository.
        folder: the project's, as the pull request leaves it.

    Raises:
        FleetError: GitHub could not be asked, or does not tell all.
    """
    if not runner.pull_request or unseen(runner):
        return ()
    github, number = GitHub.of(runner), runner.pull_request.get("number")
    files = github.anew(lambda: tuple(github.pages(f"pulls/{number}/files", ChangedFile)))
    if len(files) >= _TOLD:
        raise FleetError(
            f"GitHub tells no more than {_TOLD:,} files of a pull request, so nobody knows whether #{number} takes a "
            "stack file away: split it into smaller ones."
        )
    left = [Path(path) for file in files if (path := _left(file))]
    here = [path for path in left if path.parent.resolve() == folder.resolve() and not path.exists()]
    return tuple(sorted({name for path in here if (name := stack_of(path))}))


def _left(file: ChangedFile) -> str | None:
    """The path at which nothing is left of it."""
    return {"removed": file.filename, "renamed": file.previous_filename}.get(file.status)
