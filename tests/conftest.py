from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

if find_spec("hypothesis"):  # not in the environment of tests/clients
    from hypothesis import HealthCheck, settings

    # The same examples in each run, and no test that fails because the machine is busy.
    settings.register_profile(
        "project", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("project")

USERS_OWN = ("ANYSCALE_", "ARM_", "AZURE_", "KUBECONFIG", "PULUMI_")


@pytest.fixture(autouse=True)
def nobodys_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What whoever runs the tests has set, no test sees: neither an account nor an access token."""
    for name in os.environ:
        if name.startswith(USERS_OWN):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but this machine is reached."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = "127.0.0.1" if address[0] == "localhost" else address[0]
            assert ipaddress.ip_address(host).is_loopback, f"a test tried to reach {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(autouse=True)
def _own_event_loop() -> Iterator[None]:
    """Unfinished work of one test never runs inside the next, and a test that ends its loop leaves no gap."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
    asyncio.set_event_loop(None)
