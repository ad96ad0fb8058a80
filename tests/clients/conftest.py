"""The simulator, as a process of the project's own environment: for each test, or with a region deployed in it."""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from clients.vendor_client import CLI, PROJECT, PROJECT_PYTHON, Deployed, Simulated


@pytest.fixture
def simulated(tmp_path: Path) -> Generator[Simulated]:
    with serving(tmp_path) as simulated:
        yield simulated


@pytest.fixture(scope="module")
def eastus(tmp_path_factory: pytest.TempPathFactory) -> Generator[Deployed]:
    """The project's own eastus, deployed by the real engine; Anyscale goes on where the deployment ended."""
    folder = tmp_path_factory.mktemp("eastus")
    pulumi(folder, "stack", "init", "eastus")
    pulumi(folder, "up", "--yes", "--skip-preview", "--stack", "eastus")
    document = pulumi(folder, "stack", "output", "cloudResourceYaml", "--stack", "eastus")
    with serving(folder) as simulated:
        yield Deployed(simulated=simulated, cloud_resource_yaml=document)


def pulumi(folder: Path, *words: str) -> str:
    """Run `pulumi` in the simulated world of a folder; what it printed."""
    command = [PROJECT_PYTHON, "-m", "simulator", "--folder", folder, "--", "pulumi", "--non-interactive", *words]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"pulumi {' '.join(words)} failed:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@contextmanager
def serving(folder: Path) -> Generator[Simulated]:
    """Anyscale, for the world of a folder."""
    assert CLI.exists(), "these tests run in .venv-clients, which holds the vendor's command line"
    assert PROJECT_PYTHON.exists(), "the simulator runs in the project's own environment"
    command = [PROJECT_PYTHON, "-m", "simulator.anyscale", "--folder", folder, "--activation-polls", "0"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin, "asked for"
        assert process.stdout, "asked for"
        url = process.stdout.readline().strip()
        assert url, "the simulator did not start: its own message is above"
        yield Simulated(url=url, folder=folder)
        process.stdin.close()
        assert process.wait(timeout=30) == 0, "the simulator ends without an error"
