"""`fleet ci`: what the workflows in .github/workflows call, each command one step. Any of them runs on a laptop too."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from fleet.ci import comment as comments
from fleet.ci import gate as gates
from fleet.ci import label, one_stack, tracking
from fleet.ci import matrix as matrices
from fleet.ci import merge as merging
from fleet.ci.deploys import Deploys, deploys
from fleet.ci.github import GitHub
from fleet.ci.latest import require_latest
from fleet.ci.removed import removed
from fleet.ci.runner import Runner
from fleet.errors import FleetError
from fleet.leave import written
from fleet.report import FAILED, FleetReport
from fleet.show import report_markdown
from fleet.show.markdown import prose
from fleet.stacks import discover

ci = typer.Typer(no_args_is_help=True, help="Steps of the workflows in .github/workflows.")

Reported = Annotated[one_stack.Operation, typer.Option("--operation", help="What the reports are of.")]
Folder = Annotated[Path, typer.Option("--folder", "-C", help="The project's folder.")]
Labels = Annotated[
    str, typer.Option("--runner", envvar="FLEET_RUNNER", help="Labels, between commas; {stack} is the stack.")
]
Report = Annotated[Path, typer.Option("--report", help="What `fleet ci merge` wrote.")]
Author = Annotated[str, typer.Option("--author", envvar="FLEET_AUTHOR", help="Login behind GITHUB_TOKEN.")]
HERE, MERGED = Path(), Path("report")
JSON, MARKDOWN = "report.json", "report.md"
_NO_LIMIT = 100_000_000
_NAME = re.compile(r"[\w.-]+", re.ASCII)
"""What a report can be called after."""


@ci.command()
def matrix(folder: Folder = HERE, runner: Labels = matrices.RUNNER) -> None:
    """Tell the stacks, for `strategy.matrix`, and whether they are previewed; say why where they are not."""
    job = Runner.of(os.environ)
    rows = [matrices.row(name, runner, environment=f"{matrices.PREVIEW}{name}") for name in _reporting(job, folder)]
    why = gates.unseen(job)
    job.answer(previews=str(not why).lower(), stacks=matrices.text(rows))
    if why:
        _tell(job, "notice", why)


@ci.command()
def run(
    operation: Annotated[one_stack.Operation, typer.Argument()],
    stack: Annotated[str, typer.Option("--stack", "-s", help="Its name.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the report, which is called after the stack.")],
    folder: Folder = HERE,
) -> None:
    """Preview one stack, or compare it with the cloud, and write its report, masked. Fails where the stack does."""
    if not _NAME.fullmatch(stack):
        raise FleetError(f"{stack!r} is no name of a stack: a report is called after it.")
    report = one_stack.run(operation, stack, folder)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{stack}.json").write_text(report.model_dump_json(indent=2), encoding="utf-8")
    for note in (note for each in report.stacks for note in each.notes):
        typer.echo(f"{stack}: {note}", err=True)
    failed = [each for each in report.stacks if each.fails]
    for each in failed:
        typer.echo(f"{each.stack}: {each.error or 'breaks a rule'}", err=True)
    raise typer.Exit(FAILED if failed else 0)


@ci.command()
def merge(
    reports: Annotated[list[Path], typer.Argument(help="Files, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for report.json and report.md.")] = MERGED,
    folder: Folder = HERE,
    operation: Reported = "preview",
) -> None:
    """Join the reports of single stacks, here and on the page of the run. A stack without a report has failed."""
    job = Runner.of(os.environ)
    report = merging.merge(reports, stacks=_reporting(job, folder), operation=operation)
    out.mkdir(parents=True, exist_ok=True)
    (out / JSON).write_text(report.model_dump_json(indent=2), encoding="utf-8")
    (out / MARKDOWN).write_text(report_markdown.render(report, limit=_NO_LIMIT, commit=job.commit), encoding="utf-8")
    job.summarize(comments.summary(report, link=job.run_address, commit=job.commit))


@ci.command()
def comment(report: Report = MERGED / JSON, author: Author = comments.AUTHOR) -> None:
    """Write the report into the pull request, as one comment that is edited in place; take off a label that is old."""
    job = Runner.of(os.environ)
    number = job.pull_request.get("number")
    if number is None:
        raise FleetError("The event is about no pull request: comments are written in the workflow pull-request.")
    github = GitHub.of(job)
    if why := gates.unseen(job):
        job.tell("notice", why)
        return
    merged = _read(report) if report.exists() else None
    try:
        if taken := label.take_back(github, job):
            _tell(job, "notice", taken)
    finally:
        typer.echo(comments.write(merged, github, number, author=author, link=job.run_address, commit=job.commit))


@ci.command()
def gate(report: Report = MERGED / JSON, folder: Folder = HERE, runner: Labels = matrices.RUNNER) -> None:
    """Pass, or not: 1 a failure or a broken rule, 3 destructive where nobody said that it is meant.

    Tells what is deployed, for `strategy.matrix`: what changes and passed, also where something else did not.
    """
    job = Runner.of(os.environ)
    merged = _read(report) if report.exists() else None
    decision = gates.decide(merged, job)
    _tell(job, "error" if decision.code else "notice", decision.why)
    found = Deploys()
    if merged and not job.pull_request and not gates.unseen(job):
        found = deploys(matrices.chosen(discover(folder), job), merged, allowed=decision.allowed)
        _tell(job, "notice", str(found))
    owners, joiners = (
        matrices.text([matrices.row(stack, runner, allowed=written(lost)) for stack, lost in each.items()])
        for each in (found.owners, found.joiners)
    )
    job.answer(owners=owners, joiners=joiners)
    raise typer.Exit(decision.code)


@ci.command()
def latest() -> None:
    """Refuse to go on where the commit is no longer the newest of its branch."""
    require_latest(Runner.of(os.environ))


@ci.command("tracking-issue")
def tracking_issue(report: Report = MERGED / JSON, author: Author = comments.AUTHOR) -> None:
    """Open, edit or close the issue that tracks drift."""
    job, merged = Runner.of(os.environ), _read(report)
    typer.echo(tracking.track(merged, GitHub.of(job), author=author, link=job.run_address))


def _reporting(job: Runner, folder: Path) -> list[str]:
    """The stacks that a run is about: those with a file, then those whose file its pull request takes away."""
    return [*(stack.name for stack in matrices.chosen(discover(folder), job)), *removed(job, folder)]


def _tell(job: Runner, kind: str, text: str) -> None:
    """In the log, and on the page of the run."""
    job.tell(kind, text)
    job.summarize(prose(text))


def _read(path: Path) -> FleetReport:
    try:
        return FleetReport.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise FleetError(f"{path} is no report ({str(error).splitlines()[0]}): `fleet ci merge` writes it.") from None
