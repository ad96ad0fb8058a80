"""Stacks in order, as many at once as asked: nothing begins before what it needs has succeeded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from fleet.report import StackReport
from fleet.stacks import FleetStack
from fleet.typed import Typed

Act = Callable[[FleetStack], StackReport]


def primaries_first(stacks: Sequence[FleetStack]) -> dict[str, set[str]]:
    """What each stack needs: its primary, where that is part of the run."""
    names = {stack.name for stack in stacks}
    return {stack.name: {stack.primary} & names for stack in stacks}


def primaries_last(stacks: Sequence[FleetStack]) -> dict[str, set[str]]:
    """The reverse: a primary needs all that join it."""
    return {stack.name: {other.name for other in stacks if other.primary == stack.name} for stack in stacks}


def independent(stacks: Sequence[FleetStack]) -> dict[str, set[str]]:
    """Nothing needs anything."""
    return {stack.name: set() for stack in stacks}


def run(
    stacks: Sequence[FleetStack],
    act: Act,
    *,
    needs: Mapping[str, Collection[str]],
    parallel: int,
    stopped: Callable[[], bool],
    typed: Typed,
) -> tuple[StackReport, ...]:
    """Let `act` work on every stack.

    Args:
        stacks: which.
        act: works on one; answers failures with a report, and is called from several threads.
        needs: names of the stacks that must be done before.
        parallel: how many at once.
        stopped: whether nothing new may begin, since somebody pressed Ctrl-C.
        typed: how what to type after a fault of ours is spelled.

    Returns:
        a report for each stack, in the order of `stacks`.
    """
    waiting = {stack.name: stack for stack in stacks}
    done: dict[str, StackReport] = {}
    running: dict[Future[StackReport], str] = {}
    with ThreadPoolExecutor(max_workers=parallel) as pool:
        while waiting or running:
            for name, stack in list(waiting.items()):
                lost = [need for need in needs[name] if need in done and done[need].fails]
                if stopped() or lost:
                    why = "Interrupted before it began." if stopped() else f"{', '.join(sorted(lost))} failed first."
                    done[name] = StackReport(stack=name, state="skipped", error=why)
                    del waiting[name]
                elif done.keys() >= {*needs[name]}:
                    running[pool.submit(act, stack)] = name
                    del waiting[name]
            for future in wait(running, return_when=FIRST_COMPLETED).done if running else ():
                name = running.pop(future)
                done[name] = _report(name, future, typed)
    return tuple(done[stack.name] for stack in stacks)


def _report(stack: str, ended: Future[StackReport], typed: Typed) -> StackReport:
    """A fault of ours in one stack takes no other's report away."""
    if problem := ended.exception():
        what = " ".join(f"{type(problem).__name__}: {problem}".split())
        error = f"`fleet` itself failed here, and what the engine did is not told: {what}. Please report it."
        return StackReport(stack=stack, state="failed", error=error, next=(typed.pulumi("preview", stack=stack),))
    return ended.result()
