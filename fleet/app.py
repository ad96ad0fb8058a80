"""The commands: their options, what they print, their exit codes. Reports go to stdout, progress to stderr."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fleet import schema, session
from fleet.asking import confirmed, prompt
from fleet.ci.app import ci
from fleet.errors import FleetError
from fleet.leave import VARIABLE, Leave
from fleet.recover import carry_out, examine
from fleet.report import CHANGES, FAILED, NO_CHANGE, FleetReport
from fleet.session import DEPLOYING, PARALLEL, Session
from fleet.show import recovery, report_markdown, report_terminal, status_tables, validation
from fleet.show.board import busy
from fleet.stacks import discover, select
from fleet.typed import Typed
from fleet.unwatched import with_unwatched
from fleet.validated import validated

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(ci, name="ci")


class Format(StrEnum):
    """How a report is written."""

    terminal = "terminal"
    markdown = "markdown"
    json = "json"


Folder = Annotated[Path, typer.Option("--folder", "-C", help="The project's folder.")]
Stacks = Annotated[list[str] | None, typer.Option("--stack", "-s", help="Only this one; may be repeated.")]
Parallel = Annotated[
    int | None,
    typer.Option(
        "--parallel", "-p", min=1, help=f"How many stacks at once; else {PARALLEL} previews, {DEPLOYING} deployments."
    ),
]
Formatted = Annotated[Format, typer.Option("--format", help="Of the report, on stdout.")]
Init = Annotated[bool, typer.Option("--init", envvar="FLEET_INIT", help="Make stacks that the backend does not know.")]
AllowDestructive = Annotated[
    bool,
    typer.Option(
        "--allow-destructive",
        help="Go on where a cluster, pool, storage, identity, grant or registration would be replaced or deleted.",
    ),
]
Allowed = Annotated[
    str | None,
    typer.Option("--allowed", envvar=VARIABLE, help="Go on with these alone: a list as `fleet ci gate` tells."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
HERE = Path()


@app.callback()
def main(
    simulated: Annotated[
        bool, typer.Option("--simulated", help="On a simulated Azure and Anyscale: no account, no cost.")
    ] = False,
) -> None:
    """All regions at once: Anyscale's managed Ray on AKS. Not Azure Kubernetes Fleet Manager.

    Exit codes: 1 a failure or a broken rule, 3 destructive without --allow-destructive, 2 changes, 0 no change.
    """
    if simulated:  # `__main__` has taken it away, and started the simulator
        raise FleetError("--simulated works from `python -m fleet` and the `fleet` command only.")


@app.command()
def preview(
    stack: Stacks = None,
    folder: Folder = HERE,
    parallel: Parallel = None,
    format: Formatted = Format.terminal,
    init: Init = False,
    allow_destructive: AllowDestructive = False,
) -> None:
    """Say what `up` would do to every stack, worst first."""
    command = Session.open(folder, stack or (), parallel=parallel, init=init)
    report = with_unwatched(command.preview(), command.unwatched)
    show(report, format)
    raise typer.Exit(report.exit_code(allow_destructive=allow_destructive))


@app.command()
def up(
    stack: Stacks = None,
    folder: Folder = HERE,
    parallel: Parallel = None,
    yes: Yes = False,
    init: Init = False,
    allow_destructive: AllowDestructive = False,
    allowed: Allowed = None,
    format: Formatted = Format.terminal,
) -> None:
    """Preview, ask, then deploy: the owner of the cloud first, then those that join it.

    A stack whose preview fails is held back, with those that join it; the others go on. What would be destroyed without
    leave stops all.
    """
    leave = Leave.of(allowed, everything=allow_destructive)
    command = Session.open(folder, stack or (), parallel=parallel, init=init)
    for name, why in command.unwatched.items():  # which keeps no other region from being deployed
        typer.echo(f"{name}: {why}", err=True)
    before = command.preview()
    ready = command.ready(before)
    going = [each for each in before.stacks if each.stack in ready]
    lost = leave.lacks(*going)
    if lost or not ready:
        show(before, format)
        code = before.exit_code(allow_destructive=not lost)
        again = command.typed.fleet("up", "--allow-destructive", stacks=command.chosen)
        stopped(code, "deployed", lost=leave.refusal(*going, again=again) if lost else "")
        raise typer.Exit(code if code != CHANGES else FAILED)  # what waits for a stack that is no part of this run
    show(before, Format.terminal, err=True)
    if not yes and not confirmed(f"Deploy {', '.join(ready)}?{_beside(before)}"):
        typer.echo("Nothing was deployed.", err=True)
        raise typer.Exit(FAILED)

    def approve(then: FleetReport, names: Sequence[str]) -> bool:
        show(then, Format.terminal, err=True)
        return yes or not names or confirmed(f"Deploy {', '.join(names)}?")

    report = command.up(before, leave=leave, approve=approve)
    show(report, format)
    raise typer.Exit(FAILED if report.fails else NO_CHANGE)


@app.command()
def destroy(
    stack: Stacks = None,
    folder: Folder = HERE,
    parallel: Parallel = None,
    confirm: Annotated[str, typer.Option("--confirm", help="The names of the stacks, instead of typing them.")] = "",
    format: Formatted = Format.terminal,
) -> None:
    """Say what would go, ask for the names of the stacks, then destroy them: the owner of the cloud last."""
    command = Session.open(folder, stack or (), parallel=parallel)
    before = command.destroy(preview=True)
    if (code := before.exit_code(allow_destructive=True)) != CHANGES:
        show(before, format)
        stopped(code, "destroyed")
        raise typer.Exit(code)
    show(before, Format.terminal, err=True)
    names = " ".join(command.names)
    typed = confirm or prompt(f"This cannot be undone. To destroy, type: {names}\n")
    if typed.split() != command.names:
        raise FleetError(f"What was typed is not `{names}`: nothing was destroyed.")
    report = command.destroy(preview=False)
    show(report, format)
    raise typer.Exit(FAILED if report.fails else NO_CHANGE)


@app.command()
def drift(
    stack: Stacks = None,
    folder: Folder = HERE,
    parallel: Parallel = None,
    format: Formatted = Format.terminal,
) -> None:
    """Say what differs from the cloud, worst first. What the autoscaler and AKS change by themselves is no drift."""
    command = Session.open(folder, stack or (), parallel=parallel)
    report = with_unwatched(command.drift(), command.unwatched)
    show(report, format)
    raise typer.Exit(report.exit_code(allow_destructive=False))


@app.command()
def status(
    stack: Stacks = None,
    folder: Folder = HERE,
    parallel: Parallel = None,
    format: Formatted = Format.terminal,
) -> None:
    """Show how every region stands as of its last `up`: cluster, pools, GPUs, registration, operator, data."""
    found = Session.open(folder, stack or (), parallel=parallel).status()
    if format is Format.terminal:
        status_tables.terminal(found, Console(highlight=False))
    else:
        typer.echo(status_tables.markdown(found) if format is Format.markdown else found.model_dump_json(indent=2))
    raise typer.Exit(FAILED if found.totals.problems else NO_CHANGE)


@app.command()
def validate(
    folder: Folder = HERE,
    files_only: Annotated[
        bool, typer.Option("--files-only", help="Ask no backend: what is deployed is not compared.")
    ] = False,
    format: Formatted = Format.terminal,
) -> None:
    """Check every stack file, and all beside each other: names, addresses, owners, secrets providers, contracts.

    Warnings, of placeholders too, fail nothing.
    """
    found = validated(folder, files_only=files_only)
    if format is Format.json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        typer.echo(validation.markdown(found) if format is Format.markdown else validation.terminal(found))
    raise typer.Exit(FAILED if found.lines else NO_CHANGE)


@app.command()
def recover(
    stack: Annotated[str, typer.Argument(help="The stack whose run was killed.")],
    folder: Folder = HERE,
    yes: Yes = False,
    holder: Annotated[
        list[str] | None,
        typer.Option("--holder", help="Of a lock whose run, on another machine, you know to be over; with --yes."),
    ] = None,
    format: Formatted = Format.terminal,
) -> None:
    """Say what a killed run of a stack left, and the commands that clear it up; with --yes, run them.

    Exit codes: 0 nothing to recover, or recovered; 2 something to recover; 1 a failure.
    """
    if format is Format.markdown:
        raise FleetError("A recovery has no markdown form: --format terminal or json.")
    engine = session.require(folder)
    select(discover(folder), [stack])
    console, typed = Console(stderr=True, highlight=False), Typed.here(folder)
    with busy(console, f"looking at what the last run of {stack} left"):
        found = examine(engine, stack, typed)
    if yes and found.commands:
        found = carry_out(
            engine, found, lambda command, result: recovery.step(command, result, console), holders=holder or ()
        )
    if format is Format.json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        recovery.render(found, Console(highlight=False), typed)
    raise typer.Exit(found.exit_code)


@app.command("schema")
def print_schema(
    what: Annotated[
        schema.Document, typer.Argument(help="Of reports, or of what `status`, `validate` or `recover` print.")
    ] = schema.Document.report,
) -> None:
    """Print the JSON schema of what a command prints with --format json."""
    typer.echo(schema.document(what), nl=False)


def show(report: FleetReport, format: Format, *, err: bool = False) -> None:
    """Write a report."""
    if format is Format.terminal:
        report_terminal.render(report, Console(stderr=err, highlight=False))
    else:
        text = report_markdown.render(report) if format is Format.markdown else report.model_dump_json(indent=2)
        typer.echo(text, err=err)


def _beside(before: FleetReport) -> str:
    """Which other stacks the answer to the question is not about, and why."""
    waiting = [each.stack for each in before.stacks if each.state == "waits"]
    held = [each.stack for each in before.stacks if each.fails]
    told = ((waiting, "previewed once it can be, and asked for then"), (held, "held back, see above"))
    return "".join(f" ({', '.join(names)}: {why})" for names, why in told if names)


def stopped(code: int, done: str, *, lost: str = "") -> None:
    """Say why nothing follows a preview; `lost` where it is destructive, which somebody must mean."""
    reasons = {
        FAILED: "what failed above comes first.",
        CHANGES: "what waits above joins a stack that is no part of this run.",
    }
    if why := lost or reasons.get(code):
        typer.echo(f"Nothing was {done}: {why}", err=True)
