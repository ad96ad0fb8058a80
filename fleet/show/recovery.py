"""A recovery as people read it: who holds the lock, what was under way, and the commands, one a line to copy."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from fleet.recover import Command, Recovery, Result
from fleet.show.plain import plain
from fleet.typed import Typed

_OUTCOMES = {
    "done": "done",
    "not there": "it was never made: the next `up` makes it",
    "not needed": "not needed",
    "failed": "failed",
}
_LIFE = {"dead": "over", "alive": "not over", "unknown": "perhaps over"}


def render(recovery: Recovery, console: Console, typed: Typed) -> None:
    """Write a recovery; no line is broken, since commands are for copying."""
    for line in _lines(recovery, typed):
        console.print(plain(line), markup=False, highlight=False, soft_wrap=True)


def step(command: Command, result: Result | None, console: Console) -> None:
    """Write one line as a command begins, and one as it ends."""
    line = f"  {_OUTCOMES[result.outcome]}" if result else f"$ {command.line}"
    console.print(plain(line), markup=False, highlight=False, soft_wrap=True)


def _lines(recovery: Recovery, typed: Typed) -> Iterator[str]:
    if recovery.alive:
        yield f"{recovery.stack}: a run is under way."
        yield from _held(recovery)
        yield f"Not recovered: {recovery.error}"
        return
    if not recovery.commands:
        yield f"{recovery.stack}: nothing to recover: nobody holds the lock, and nothing is under way."
        return
    yield from _found(recovery)
    by_hand = [each for each in recovery.under_way if each.by_hand]
    if recovery.error:
        yield f"Not recovered: {recovery.error}"
        if not recovery.results and recovery.unproven:
            yield f"  {_does_it(recovery, typed)}"
    elif recovery.results:
        yield f"Recovered. Next: {typed.fleet('preview', stacks=(recovery.stack,))}"
    else:
        yield f"To recover, in this order (`{_does_it(recovery, typed)}` does it):"
        for command in recovery.commands:
            yield f"  # {command.why}"
            yield f"  {command.line}"
    if by_hand:
        yield f"Left to you: {', '.join(f'{each.type} {each.name}: {each.settled}' for each in by_hand)}"


def _does_it(recovery: Recovery, typed: Typed) -> str:
    looked = (word for lock in recovery.unproven for word in ("--holder", lock.holder))
    return typed.fleet("recover", recovery.stack, "--yes", *looked)


def _found(recovery: Recovery) -> Iterator[str]:
    yield f"{recovery.stack}: {'a run was cut off' if recovery.cut_off else 'the lock is held'}."
    yield from _held(recovery)
    if whole := recovery.replacement:
        yield f"  state: {recovery.cut} is cut; {whole.file}, of {whole.written}, is whole"
    if whole and whole.before_the_run:
        yield (
            "  It is from before the run, and does not know what that made: where the next `up` says `cannot create "
            "already existing resource`, `pulumi import` that (docs/deploy.md, when something stops halfway)."
        )
    for each in recovery.under_way:
        where = f" ({each.id})" if each.id else ""
        yield f"  {each.operation}: {each.type} {each.name}{where}: {each.settled}"


def _held(recovery: Recovery) -> Iterator[str]:
    for lock in recovery.locks:
        since = f" since {lock.since}" if lock.since else ""
        yield f"  lock: {lock.holder}{since}; the run is {_LIFE[lock.run]}: {lock.why}"
