"""`make simulate`: deploy stacks to the simulated world, check that nothing is left to change, show what there is."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulator.sandbox import Simulator
from simulator.toolchain import engine

TOLD = 40
"""Last lines of a command's output that are shown when it fails."""
DONE = re.compile(r"^ +\S+ +(?P<type>\S+) (?P<name>\S+) (?:created|updated|deleted|replaced)\b")
"""A line of `pulumi up` that tells of a finished step."""

console = Console(highlight=False)


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What a deployed stack says of itself; empty where it says nothing."""

    stack: str
    cluster: str = ""
    node_pools: Sequence[str] = ()
    cloud_resource: str = ""
    operator_status: str = ""
    data_url: str = ""

    @classmethod
    def of(cls, stack: str, outputs: Mapping[str, Any]) -> Deployed:
        """Read the stack outputs that `components/outputs.py` exports."""
        return cls(
            stack=stack,
            cluster=outputs.get("clusterName", ""),
            node_pools=outputs.get("nodePools", ()),
            cloud_resource=outputs.get("cloudResourceId", ""),
            operator_status=outputs.get("operatorStatus", ""),
            data_url=outputs.get("dataUrl", ""),
        )

    @property
    def state(self) -> str:
        """`registered` once Anyscale knows the place and hears from its operator."""
        if self.cloud_resource and self.operator_status == "HEALTHY":
            return "registered"
        return f"not registered, operator {self.operator_status or 'unknown'}"


def simulate(simulator: Simulator, stacks: Sequence[str]) -> int:
    """Deploy `stacks` in this order.

    Returns:
        0 if all are registered and a preview that follows shows no change; 1 if not; 2 if a stack has no file.
    """
    there = simulator.stacks()
    missing = [stack for stack in stacks if stack not in there]
    if missing:
        files = ", ".join(f"Pulumi.{stack}.yaml" for stack in missing)
        console.print(f"There is no {files}. Stacks with a file: {', '.join(there) or 'none'}.")
        return 2
    console.print(f"pulumi {engine.ready().way}")
    try:
        return _rehearse(simulator, stacks)
    except subprocess.CalledProcessError as failed:
        _tell_failure(failed.cmd, failed.returncode, [failed.stdout, failed.stderr])
        return 1


def _rehearse(simulator: Simulator, stacks: Sequence[str]) -> int:
    for stack in stacks:
        if not _deploy(simulator, stack):
            return 1
    for stack in stacks:
        words = ("pulumi", "preview", "--non-interactive", "--expect-no-changes", "--stack", stack)
        if not _show(simulator, f"{stack}: is anything left to change?", "no change", words):
            return 1
    deployed = [Deployed.of(stack, _outputs(simulator, stack)) for stack in stacks]
    _table(deployed)
    _tell_next(simulator, stacks[-1])
    return 0 if all(each.state == "registered" for each in deployed) else 1


def _deploy(simulator: Simulator, stack: str) -> bool:
    known = json.loads(simulator.run("pulumi", "stack", "ls", "--json", check=True).stdout)
    if stack not in {each["name"] for each in known}:
        simulator.run("pulumi", "stack", "init", stack, check=True)
    words = ("pulumi", "up", "--non-interactive", "--yes", "--skip-preview", "--stack", stack)
    return _show(simulator, f"{stack}: deploying", "deployed", words)


def _show(simulator: Simulator, doing: str, done: str, words: Sequence[str]) -> bool:
    """Run a command with one line of progress; on failure its last lines. On Ctrl-C the engine gives its lock back."""
    last: deque[str] = deque(maxlen=TOLD)
    steps = 0
    with (
        console.status(doing) as status,
        simulator.foreground(
            *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        ) as running,
    ):
        for line in running.stdout or ():
            last.append(line.rstrip())
            if step := DONE.match(line):
                steps += 1
                status.update(f"{doing}, {steps} resources; last: {escape(step['name'])}")
    stack = doing.partition(":")[0]
    if running.returncode == 0:
        console.print(f"{stack}: {done}" + (f", {steps} resources" if steps else ""))
        return True
    _tell_failure(words, running.returncode, last)
    return False


def _tell_failure(words: Sequence[str], code: int, printed: Iterable[str]) -> None:
    failed = f"`{' '.join(words)}` failed with exit code {code}; the end of what it printed:"
    console.print("\n".join([failed, *printed]), markup=False, soft_wrap=True)


def _outputs(simulator: Simulator, stack: str) -> dict[str, Any]:
    return json.loads(simulator.run("pulumi", "stack", "output", "--json", "--stack", stack, check=True).stdout)


def _table(deployed: Sequence[Deployed]) -> None:
    table = Table("stack", "cluster", "node pools", "Anyscale resource", "state", "data", box=None, pad_edge=False)
    for each in deployed:
        pools = " ".join(each.node_pools)
        table.add_row(each.stack, each.cluster, pools, each.cloud_resource, each.state, each.data_url)
    whole = console.measure(table, options=console.options.update(width=1000)).maximum
    console.print()
    Console(highlight=False, width=max(whole, console.width)).print(table)  # uncut, ids are for copying


def _tell_next(simulator: Simulator, stack: str) -> None:
    elsewhere = simulator.folder != simulator.project / ".simulator"
    folder = f"--folder {shlex.quote(str(simulator.folder))} " if elsewhere else ""
    console.print(
        f"\nNext: change Pulumi.{stack}.yaml, then see what that would do:\n"
        f"  .venv/bin/python -m simulator {folder}-- pulumi preview --stack {stack}",
        markup=False,
        soft_wrap=True,
    )
