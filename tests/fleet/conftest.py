from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reachable import by_signals

from tests.fleet.fake_engine import FakeEngine


@pytest.fixture(autouse=True)
def _reachable() -> Iterator[None]:
    with by_signals():
        yield


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """A project of two stacks and a `pulumi` on PATH that answers what the test wrote down."""
    monkeypatch.setenv("COLUMNS", "200")
    engine = FakeEngine(tmp_path)
    engine.use(monkeypatch)
    return engine
