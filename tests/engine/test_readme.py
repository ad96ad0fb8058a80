"""What README shows of an engine's and of the fleet's output is what they print."""

from __future__ import annotations

from engine.deployment import PROJECT, Deployment
from engine.fleet_command import fleet

WIDTH = "96"
"""Columns of the terminal in README."""


def shown_after(command: str) -> list[str]:
    """Lines of README under a command, up to the end of the indented block."""
    lines = (PROJECT / "README.md").read_text().splitlines()
    [start] = [index for index, line in enumerate(lines) if line.partition("#")[0].strip() == f"$ {command}"]
    rest = lines[start + 1 :]
    end = next(index for index, line in enumerate(rest) if line and not line.startswith("    "))
    return [line.removeprefix("    ").rstrip() for line in "\n".join(rest[:end]).rstrip().splitlines()]


def test_a_pool_that_is_added_is_previewed_as_readme_shows(deployed: Deployment) -> None:
    pool = {"name": "a100", "vmSize": "Standard_NC24ads_A100_v4", "maxCount": 4, "zones": ["1"]}
    deployed.edit("westus3", lambda s: s["nodePools"].append(pool))

    done = deployed.pulumi("preview", "--stack", "westus3")

    printed = [line.rstrip() for line in done.stdout.splitlines()]
    shown = shown_after("pulumi preview --stack westus3")
    assert [line for line in printed if line in shown] == shown, done.stdout


def test_a_fleet_is_previewed_as_readme_shows(deployed: Deployment) -> None:
    deployed.edit("westus3", lambda s: s["nodePools"][0].update(zones=["1"]))
    deployed.edit("eastus", lambda s: s["nodePools"][0].update(maxCount=80))

    done = fleet(deployed, "preview", COLUMNS=WIDTH)

    assert done.returncode == 3, done.stderr
    printed = [line.rstrip() for line in done.stdout.rstrip().splitlines()]
    assert printed == shown_after("fleet preview"), done.stdout
