"""What follows from each stack file, reviewed as text; `RECORD=1 pytest <this file>` writes it anew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from specs import ROOT, STACKS

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("stack", STACKS)
def test_what_follows_from_a_stack_file_is_what_was_reviewed(stack: str) -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "stack", stack], cwd=ROOT, capture_output=True, check=True, timeout=60
    ).stdout
    snapshot = SNAPSHOTS / f"{stack}.yaml"
    if os.environ.get("RECORD"):
        snapshot.write_bytes(printed)

    assert printed == snapshot.read_bytes(), "a refactor leaves it byte-identical; a change is recorded and explained"


def test_every_stack_file_has_a_snapshot() -> None:
    files = {path.name.removeprefix("Pulumi.") for path in ROOT.glob("Pulumi.?*.yaml")}
    assert files == {path.name for path in SNAPSHOTS.iterdir()}
