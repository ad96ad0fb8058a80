"""How a recovery reads."""

from __future__ import annotations

from fleet.recover import Command, Recovery, Result
from tests.fleet.recoveries import shown


def test_what_the_engine_says_moves_no_cursor_and_is_no_markup() -> None:
    command = Command(words=("pulumi", "cancel"), line="pulumi cancel", why="takes the lock")
    result = Result(line="pulumi cancel", outcome="failed", said="[red]no[/red] \x1b[2J")
    found = Recovery(stack="eastus", commands=(command,), results=(result,), error=result.said)

    assert r"Not recovered: [red]no[/red] \x1b[2J" in shown(found)
