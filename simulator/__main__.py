"""`python -m simulator -- COMMAND` runs a command with the simulated world up and the environment set."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from simulator.sandbox import Simulator
from simulator.simulate import simulate as deploy
from simulator.toolchain.engine import NoEngineError
from simulator.world import World

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / ".simulator"

app = typer.Typer(
    help="Azure, Entra, Kubernetes and Anyscale, simulated. `python -m simulator -- COMMAND` runs any command in it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.command()
def simulate(
    stacks: Annotated[list[str], typer.Argument(help="Stacks whose files exist, the primary first.")],
) -> None:
    """Deploy stacks in this order, check that a preview then shows no change, and print a table."""
    with Simulator(FOLDER, project=PROJECT) as simulator:
        raise typer.Exit(deploy(simulator, stacks))


@app.command()
def run(
    command: Annotated[list[str], typer.Argument(help="What to run; its exit code is this one's.")],
) -> None:
    """Run a command in the simulator; `python -m simulator -- COMMAND` is short for it."""
    with Simulator(FOLDER, project=PROJECT) as simulator:
        raise typer.Exit(simulator.call(*command))


@app.command()
def export() -> None:
    """Print the world as JSON: for each resource provider, type, id, inputs, outputs; and Anyscale's objects."""
    world = World(FOLDER)
    fields = ("provider", "type", "id", "inputs", "outputs")
    resources = [{key: asdict(record)[key] for key in fields} for record in world.records()]
    print(json.dumps({"resources": resources, "anyscale": world.anyscale}, indent=2))  # noqa: T201 - the answer


@app.command()
def reset() -> None:
    """Forget the world, the stacks' state and everything else under `.simulator/`."""
    shutil.rmtree(FOLDER, ignore_errors=True)


def main(words: list[str]) -> None:
    """`-- COMMAND` is `run -- COMMAND`."""
    try:
        app(["run", *words] if words[:1] == ["--"] else words)
    except NoEngineError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main(sys.argv[1:])
