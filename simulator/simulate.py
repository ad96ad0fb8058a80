"""Deploys stacks in the simulator, one after another, and says in a table what came of it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from simulator.sandbox import Simulator

REFUSED, FAILED = 2, 1
TAIL_LINES = 40

console = Console(highlight=False)


def simulate(simulator: Simulator, stacks: Sequence[str]) -> int:
    """Deploy `stacks` in this order and return the exit code: 0 if all are registered and nothing is left to change."""
    known = simulator.stacks()
    if absent := [stack for stack in stacks if stack not in known]:
        console.print(f"no stack file for {', '.join(absent)}: Pulumi.<stack>.yaml exists for {', '.join(known)}")
        return REFUSED
    for stack in stacks:
        if not (simulator.folder / "state" / ".pulumi" / "stacks" / "anyscale-on-aks" / f"{stack}.json").exists():
            simulator.run("pulumi", "stack", "init", stack, check=True)
        if not _step(simulator, stack, "up", "--yes", "--skip-preview"):
            return FAILED
    # After all are up: a later region must not disturb an earlier one.
    settled = [_step(simulator, stack, "preview", "--expect-no-changes") for stack in stacks]
    outputs = {stack: _outputs(simulator, stack) for stack in stacks}
    console.print(_table(outputs))
    console.print("next: make shell, then e.g.  pulumi stack output cloudResourceYaml --stack " + stacks[0])
    console.print("      edit a stack file, then  make shell  and  pulumi preview --stack " + stacks[-1])
    registered = all(told.get("operatorStatus") == "HEALTHY" for told in outputs.values())
    return 0 if registered and all(settled) else FAILED


def _step(simulator: Simulator, stack: str, *words: str) -> bool:
    """Run one command with a line that says how long it takes; its last words only where it failed."""
    start = time.monotonic()
    with console.status(f"{stack}: pulumi {words[0]}"):
        done = simulator.run("pulumi", *words, "--stack", stack, "--color", "never")
    verdict = "done" if done.returncode == 0 else f"failed with exit code {done.returncode}"
    console.print(f"{stack}: pulumi {words[0]} {verdict} ({time.monotonic() - start:.0f} s)")
    if done.returncode != 0:
        console.print("\n".join(done.stdout.splitlines()[-TAIL_LINES:]), markup=False)
        console.print(done.stderr, markup=False)
    return done.returncode == 0


def _outputs(simulator: Simulator, stack: str) -> dict[str, Any]:
    return json.loads(simulator.run("pulumi", "stack", "output", "--json", "--stack", stack, check=True).stdout)


def _table(outputs: dict[str, dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("stack", "cluster", "node pools", "Anyscale resource", "id", "state", "data"):
        table.add_column(column, overflow="fold")
    for stack, told in outputs.items():
        state = "registered" if told.get("operatorStatus") == "HEALTHY" else str(told.get("operatorStatus"))
        table.add_row(
            stack,
            told.get("clusterName", "-"),
            " ".join(told.get("nodePools", [])),
            told.get("cloudResourceName", "-"),
            told.get("cloudResourceId", "-"),
            state,
            told.get("dataUrl", "-"),
        )
    return table
