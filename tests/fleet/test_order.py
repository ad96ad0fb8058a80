"""Stacks in order."""

from __future__ import annotations

import threading

from specs import a_spec

from fleet import order
from fleet.report import StackReport
from fleet.stacks import FleetStack
from fleet.typed import Typed

EASTUS = FleetStack(name="eastus", spec=a_spec())
WESTUS3 = FleetStack(name="westus3", spec=a_spec("westus3"))
THIRD = FleetStack(name="third", spec=a_spec("westus3"))
ALL = (EASTUS, WESTUS3, THIRD)


def run(act: order.Act, needs: dict[str, set[str]], *, parallel: int = 4) -> dict[str, StackReport]:
    reports = order.run(ALL, act, needs=needs, parallel=parallel, stopped=lambda: False, typed=Typed())
    return {report.stack: report for report in reports}


def test_an_owner_is_done_before_a_joiner_begins_and_in_reverse_for_a_destroy() -> None:
    begun: list[str] = []

    def act(stack: FleetStack) -> StackReport:
        begun.append(stack.name)
        return StackReport(stack=stack.name, state="done")

    run(act, order.primaries_first(ALL))
    assert begun[0] == "eastus"
    begun.clear()
    run(act, order.primaries_last(ALL))
    assert begun[-1] == "eastus"


def test_joiners_run_at_once_and_no_more_than_asked() -> None:
    both = threading.Barrier(2, timeout=10)

    def together(stack: FleetStack) -> StackReport:
        if stack.primary:
            both.wait()  # hangs, and so fails, where one waits for the other
        return StackReport(stack=stack.name, state="done")

    run(together, order.primaries_first(ALL), parallel=2)
    running, most, lock = 0, 0, threading.Lock()

    def counted(stack: FleetStack) -> StackReport:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        with lock:
            running -= 1
        return StackReport(stack=stack.name, state="done")

    run(counted, order.independent(ALL), parallel=1)
    assert most == 1


def test_a_failure_stops_its_dependents_only() -> None:
    def act(stack: FleetStack) -> StackReport:
        return StackReport(stack=stack.name, state="failed" if stack.name == "westus3" else "done")

    joined = run(act, order.primaries_first(ALL))
    assert {name: report.state for name, report in joined.items()} == {
        "eastus": "done",
        "westus3": "failed",
        "third": "done",
    }
    reverse = run(act, order.primaries_last(ALL))
    assert reverse["eastus"].state == "skipped"
    assert reverse["eastus"].error == "westus3 failed first."


def test_a_primary_that_is_no_part_of_the_run_is_not_waited_for() -> None:
    assert order.primaries_first((WESTUS3,)) == {"westus3": set()}


def test_nothing_begins_after_a_ctrl_c() -> None:
    begun: list[str] = []

    def act(stack: FleetStack) -> StackReport:
        begun.append(stack.name)
        return StackReport(stack=stack.name, state="done")

    needs = order.primaries_first(ALL)
    found = order.run(ALL, act, needs=needs, parallel=1, stopped=lambda: bool(begun), typed=Typed())

    assert begun == ["eastus"]
    assert {report.error for report in found[1:]} == {"Interrupted before it began."}
