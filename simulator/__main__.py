"""Commands on the simulated world: `python -m simulator -- COMMAND...` runs any command in it."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import click
import typer
from typer.core import TyperGroup

from simulator import simulate as rehearsal
from simulator.sandbox import Simulator
from simulator.toolchain.engine import NoEngineError
from simulator.world import World

PROJECT = Path(__file__).parents[1]


class CommandAfterDashes(TyperGroup):
    """Takes what follows `--` for a command of the user's, to be run in the simulated world."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read `-- COMMAND` as `run -- COMMAND`."""
        before, dashes, after = _partition(args)
        if dashes and not self.commands.keys() & set(before):
            args = [*before, "run", "--", *after]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=CommandAfterDashes, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def main(
    context: typer.Context,
    folder: Annotated[Path, typer.Option(help="Where the world and the engine's state are kept.")] = PROJECT / ".simulator",
) -> None:
    """Azure, Entra, Kubernetes and Anyscale, simulated: `python -m simulator -- pulumi preview --stack eastus`."""
    context.obj = folder


@app.command(hidden=True)
def run(context: typer.Context, words: list[str]) -> None:
    """Run a command with the world up; exits as the command does."""
    with Simulator(context.obj, project=PROJECT) as simulator:
        try:
            code = simulator.call(*words)
        except FileNotFoundError:
            typer.echo(f"{words[0]}: not found", err=True)
            code = 127
    raise typer.Exit(code)


@app.command()
def shell(context: typer.Context) -> None:
    """Open a shell in the simulated world."""
    run(context, [os.environ.get("SHELL", "/bin/sh")])


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
    if folder.exists() and not (folder / "world.json").exists() and any(folder.iterdir()):
        typer.echo(f"{folder} holds no simulated world: nothing is removed", err=True)
        raise typer.Exit(2)
    shutil.rmtree(folder, ignore_errors=True)


def _partition(words: list[str]) -> tuple[list[str], bool, list[str]]:
    if "--" not in words:
        return words, False, []
    at = words.index("--")
    return words[:at], True, words[at + 1 :]


if __name__ == "__main__":
    try:
        app(prog_name="python -m simulator")
    except NoEngineError as problem:
        sys.exit(str(problem))
