"""The `fleet` command, in a deployment of a test."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from engine.deployment import PROJECT, Deployment


def fleet(deployment: Deployment, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end, where `pulumi` runs too; with `env`, as in a job of a pipeline."""
    python = str(deployment.python or sys.executable)
    return deployment.simulator.run(
        python, "-m", "fleet", *words, timeout=None, check=False, PYTHONPATH=str(PROJECT), **env
    )


def report(deployment: Deployment, *words: str, **env: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON report of a command that gives one."""
    done = fleet(deployment, *words, "--format", "json", **env)
    assert done.stdout, done.stderr
    return done.returncode, {each["stack"]: each for each in json.loads(done.stdout)["stacks"]}
