"""Commands on the simulated world: `python -m simulator -- COMMAND...` runs any command in it."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from simulator import simulate as rehearsal
from simulator.anyscale import UnusableFaultsError
from simulator.mirror import UnusableProjectError
from simulator.sandbox import Simulator
from simulator.toolchain.engine import NoEngineError
from simulator.world import UnusableWorldError, World

PROJECT = Path(__file__).parents[1]
OURS = {"world.json", "journal.jsonl", "copied.json"}
"""Files of which at least one is in every folder that was used: only such a folder is removed."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def main(
    context: typer.Context,
    folder: Annotated[Path, typer.Option(help="Keeps the world and the engine's state.")] = PROJECT / ".simulator",
) -> None:
    """Azure, Entra, Kubernetes and Anyscale, simulated: `python -m simulator -- pulumi preview --stack eastus`.

    They are up as long as such a command runs, or the shell that `shell` opens; elsewhere pulumi does not find them.
    """
    context.obj = folder


@app.command(hidden=True)
def run(context: typer.Context, words: list[str]) -> None:
    """Run a command with the world up; exits as the command does."""
    with Simulator(context.obj, project=PROJECT) as simulator:
        try:
            code = simulator.call(*words)
        except OSError as error:
            typer.echo(f"{words[0]} cannot be started in {simulator.folder}: {error.strerror}", err=True)
            code = 127 if isinstance(error, FileNotFoundError) else 126
    raise typer.Exit(code)


@app.command()
def shell(context: typer.Context) -> None:
    """Open a shell in the simulated world."""
    run(context, [os.environ.get("SHELL") or "/bin/sh"])


@app.command()
def simulate(context: typer.Context, stacks: list[str]) -> None:
    """Deploy stacks, in the order given, and check that a second deployment would change nothing."""
    with Simulator(context.obj, project=PROJECT) as simulator:
        code = rehearsal.simulate(simulator, stacks)
    raise typer.Exit(code)


@app.command()
def export(context: typer.Context) -> None:
    """Print what exists, as JSON."""
    world = World(context.obj)
    resources = [dataclasses.asdict(record) for record in world.records()]
    typer.echo(json.dumps({"resources": resources, "anyscale": world.anyscale}, indent=2))


@app.command()
def reset(context: typer.Context) -> None:
    """Forget the world and everything deployed to it."""
    folder: Path = context.obj
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else {folder.name}
    if folder.exists() and found and found.isdisjoint(OURS):
        typer.echo(f"{folder} holds no simulated world: nothing is removed", err=True)
        raise typer.Exit(2)
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        typer.echo(f"{folder}: there is no world to forget")
    except OSError as error:
        typer.echo(f"{folder} cannot be removed whole ({error.strerror or error}); remove it by hand", err=True)
        raise typer.Exit(1) from None


def with_run(words: list[str]) -> list[str]:
    """Read `-- COMMAND` as `run -- COMMAND`, where no other command comes first."""
    names = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    at = words.index("--") if "--" in words else 0
    return words if "--" not in words or names & set(words[:at]) else [*words[:at], "run", *words[at:]]


if __name__ == "__main__":
    try:
        app(with_run(sys.argv[1:]), prog_name="python -m simulator")
    except (NoEngineError, UnusableFaultsError, UnusableProjectError, UnusableWorldError) as problem:
        sys.exit(str(problem))
