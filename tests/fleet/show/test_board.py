"""What a person sees while it runs."""

from __future__ import annotations

import io
import threading

import pytest
from fleet_events import CLUSTER, POOL, REGION, after, before
from rich.console import Console

from fleet.report import StackReport
from fleet.show.board import Board, busy


def a_board(*, terminal: bool = False) -> tuple[Board, io.StringIO, list[float]]:
    now, out = [0.0], io.StringIO()
    console = Console(file=out, width=120, force_terminal=terminal, force_interactive=terminal)
    return Board(console, ["eastus", "westus3"], doing="deploying", clock=lambda: now[0]), out, now


def test_a_line_tells_what_takes_so_long_and_for_how_long() -> None:
    board, _, now = a_board()
    board.begun("westus3")
    board.event("westus3", before("create", REGION, "westus3", new={}))
    board.event("westus3", before("create", CLUSTER, "aks", new={}))
    now[0] = 60.0
    board.event("westus3", before("create", POOL, "cpu", new={}))
    board.event("westus3", before("create", POOL, "gpu", new={}))
    board.event("westus3", after("create", POOL, "cpu"))
    now[0] = 250.0

    assert board.told() == [
        ("westus3", "deploying, 4:10, 1 resources; at aks for 4:10 and 1 more"),
        ("eastus", "waits its turn"),
    ], "those at work first; components are at work all the time and are not told"


def test_off_a_terminal_each_change_is_a_line_and_so_is_each_minute() -> None:
    board, out, now = a_board()
    with board:
        board.begun("eastus")
        now[0] = 60.0
        board.beat()
        board.ended(StackReport(stack="eastus", state="failed", error="no quota\nand more"))
        board.beat()
        board.ended(StackReport(stack="westus3", state="waits", notes=("joins eastus",)))

    assert out.getvalue().splitlines() == [
        "eastus: deploying",
        "eastus: deploying, 1:00, 0 resources",
        "eastus: failed: no quota",
        "westus3: waits: joins eastus",
    ]


def test_on_a_terminal_the_lines_move_and_go() -> None:
    board, out, _ = a_board(terminal=True)
    with board:
        board.begun("eastus")

    assert "eastus" in out.getvalue() and "deploying" in out.getvalue()
    assert out.getvalue().endswith("\x1b[2K"), "nothing is left of them"


def test_what_takes_long_before_any_stack_has_its_turn_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said = threading.Event()

    class Out(io.StringIO):
        def write(self, text: str) -> int:
            if "asking" in text:
                said.set()
            return super().write(text)

    with monkeypatch.context() as at_once:
        at_once.setattr("fleet.show.board.SOON", 0.0)
        with busy(Console(file=Out()), "asking the backend"):
            assert said.wait(10), "a slow backend looks like one that hangs"
    quick = io.StringIO()
    with busy(Console(file=quick), "asking the backend"):
        pass
    assert not quick.getvalue(), "what takes no time is not worth a line in a log"
