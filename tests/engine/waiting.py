"""Runs that go on beside a test: started, watched until they have come as far as the test needs."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from engine.deployment import Deployment


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came that far"
        time.sleep(0.1)


def quiet(deployment: Deployment, seconds: float = 3) -> None:
    """Wait until nothing is written any more: what the run still waits for is all that is under way."""
    seen, since = -1, time.monotonic()

    def still() -> bool:
        nonlocal seen, since
        if deployment.writes() != seen:
            seen, since = deployment.writes(), time.monotonic()
        return time.monotonic() - since > seconds

    until(still)


def start_up(deployment: Deployment) -> subprocess.Popen[str]:
    return deployment.simulator.start(
        "pulumi",
        "up",
        "--yes",
        "--skip-preview",
        "--stack",
        "eastus",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
