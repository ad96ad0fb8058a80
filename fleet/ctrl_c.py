"""What ends a command from outside: Ctrl-C, a cancelled job, a terminal that is closed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Runners of pipelines send the first and, some seconds later, the second; a closed terminal the third."""


def at_terminal() -> bool:
    """Whether somebody can be asked, whose Ctrl-C reaches all processes at once; not where there is no stdin at all."""
    return bool(sys.stdin and sys.stdin.isatty())


@contextmanager
def heard(act: Callable[[int], None]) -> Generator[None]:
    """Call `act` with the number of each that comes; what this process was started to ignore (`nohup`) stays so."""
    before = {number: signal.getsignal(number) for number in ENDING}
    taken = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}
    for number in taken:
        signal.signal(number, lambda number, _: act(number))
    try:
        yield
    finally:
        for number, handler in taken.items():
            signal.signal(number, handler)


@contextmanager
def passed_on(running: subprocess.Popen[bytes], *, but_ctrl_c: bool) -> Generator[None]:
    """Send them on to a process that decides what they mean; `but_ctrl_c`, where that reaches it by itself."""

    def send(number: int) -> None:
        if not (but_ctrl_c and number == signal.SIGINT):
            with suppress(ProcessLookupError):
                running.send_signal(number)

    with heard(send):
        yield
