"""A simulator for each test, as a process of the project's own environment."""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from clients.vendor_client import CLI, PROJECT, PROJECT_PYTHON, Simulated


@pytest.fixture
def simulated(tmp_path: Path) -> Generator[Simulated]:
    assert CLI.exists(), "these tests run in .venv-clients, which holds the vendor's command line"
    assert PROJECT_PYTHON.exists(), "the simulator runs in the project's own environment"
    command = [PROJECT_PYTHON, "-m", "simulator.anyscale", "--folder", tmp_path, "--activation-polls", "0"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin, "asked for"
        assert process.stdout, "asked for"
        url = process.stdout.readline().strip()
        assert url, "the simulator did not start: its own message is above"
        yield Simulated(url=url, folder=tmp_path)
        process.stdin.close()
        assert process.wait(timeout=30) == 0, "the simulator ends without an error"
