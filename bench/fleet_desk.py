"""A project of many stacks, and the `fleet` command on it as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import yaml

from simulator.sandbox import Simulator

PROJECT = Path(__file__).parents[1]
OWNER = "eastus"
NETWORK = "addressSpace: 10.20.0.0/16"
"""Of the stack file that is copied."""
FLEET = [sys.executable, "-m", "fleet"]


def joiners(count: int) -> list[str]:
    """Names of so many stacks that join the owner's cloud."""
    return [f"joins{number:02}" for number in range(1, count + 1)]


def desk(folder: Path, stacks: int) -> Path:
    """Write a project of so many stacks: eastus, and copies of westus3 with networks of their own."""
    folder.mkdir(parents=True)
    project = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())
    project["main"] = str(PROJECT)
    for plugin in project["plugins"]["providers"]:
        plugin["path"] = str(PROJECT / plugin["path"])
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    (folder / f"Pulumi.{OWNER}.yaml").write_text((PROJECT / f"Pulumi.{OWNER}.yaml").read_text())
    joiner = (PROJECT / "Pulumi.westus3.yaml").read_text()
    for number, name in enumerate(joiners(stacks - 1), start=1):
        network = f"addressSpace: 10.{100 + number}.0.0/16"
        (folder / f"Pulumi.{name}.yaml").write_text(joiner.replace(NETWORK, network))
    return folder


def init(simulator: Simulator, stacks: Collection[str]) -> None:
    """Make stacks in the backend."""
    for stack in stacks:
        simulator.run("pulumi", "stack", "init", stack, "--no-select", check=True)


def fleet(
    simulator: Simulator, command: str, *words: str, stacks: Collection[str], parallel: int
) -> subprocess.CompletedProcess[str]:
    """Run a command of the fleet to its end.

    Raises:
        SystemExit: it failed: there is nothing to measure.
    """
    chosen = [word for stack in stacks for word in ("--stack", stack)]
    done = simulator.run(*FLEET, command, *words, "--parallel", str(parallel), *chosen, PYTHONPATH=str(PROJECT))
    if done.returncode not in (0, 2):
        raise SystemExit(f"`fleet {command}` failed: nothing to measure\n{done.stdout}\n{done.stderr}")
    return done
