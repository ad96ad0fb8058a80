"""Time: how long to wait, how often to look, and how to stop at once when the engine asks for it.

Owns every pause of this package. Refuses to know what is waited for.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any, TypeVar

from pulumi_anyscale.errors import AnyscaleError, Interrupted, NotBegun

Result = TypeVar("Result")

POLL_SECONDS = "ANYSCALE_POLL_SECONDS"
NOMINAL_POLL_SECONDS = 5.0
"""First pause between two looks. Source: Anyscale's Terraform provider, which polls 5 to 60 s."""
_LONGEST_POLL_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The one knob of time.

    Attributes:
        poll_seconds: pause between the first two looks; 5 against the real Anyscale. Every other pause and bound of
            this package is written for 5 and keeps its proportion, so that a simulated run takes seconds.
        grace_seconds: how long an unanswered call may still answer after the engine asked to stop; not scaled.
    """

    poll_seconds: float = NOMINAL_POLL_SECONDS
    grace_seconds: float = 5.0

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Timing:
        """Read `ANYSCALE_POLL_SECONDS`.

        Raises:
            AnyscaleError: when it is no positive number.
        """
        text = environment.get(POLL_SECONDS, "")
        if not text:
            return cls()
        try:
            seconds = float(text)
        except ValueError:
            seconds = 0.0
        if not (seconds > 0 and math.isfinite(seconds)):
            raise AnyscaleError(f"{POLL_SECONDS} is {text!r}, which is no positive number of seconds; unset it")
        return cls(poll_seconds=seconds)

    def scaled(self, nominal_seconds: float) -> float:
        """Real seconds for a time that is written for the nominal pace."""
        return nominal_seconds * self.poll_seconds / NOMINAL_POLL_SECONDS


class Waiter:
    """Pauses that end when `cancel` is called. One per plugin; safe in threads."""

    def __init__(self, timing: Timing | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.timing = timing or Timing()
        self.clock = clock
        self._cancelled: Future[None] = Future()
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """End every pause, now and later, with `Interrupted`."""
        with self._lock:
            if not self._cancelled.done():
                self._cancelled.set_result(None)

    def begin(self, call: str) -> None:
        """Let a write begin.

        Raises:
            NotBegun: the engine asked to stop; what is under way may end, nothing new is changed.
        """
        if self._cancelled.done():
            raise NotBegun(f"stopped before {call} was sent: the engine asked to cancel")

    def pause(self, seconds: float) -> None:
        """Pause for real seconds.

        Raises:
            Interrupted: the engine asked to stop.
        """
        wait([self._cancelled], timeout=seconds)
        if self._cancelled.done():
            raise Interrupted("stopped: the engine asked to cancel")

    def polls(self, bound_seconds: float, *, since: float | None = None) -> Iterator[None]:
        """One turn at once, then after growing pauses, the last one when the (nominal) bound has passed.

        Args:
            bound_seconds: how long.
            since: the clock when the bound began, where several waits share it; else now.

        Raises:
            Interrupted: in a pause, when the engine asked to stop.
        """
        ends = (self.clock() if since is None else since) + self.timing.scaled(bound_seconds)
        delay = NOMINAL_POLL_SECONDS
        while True:
            yield
            left = ends - self.clock()
            if left <= 0:
                return
            self.pause(min(self.timing.scaled(delay), left))
            delay = min(delay * 2, _LONGEST_POLL_SECONDS)

    def answer(self, call: Callable[[], Result], *, seconds: float) -> Result:
        """The result of a blocking call, which is left alone when it outlives its deadline or a cancellation's grace.

        Raises:
            TimeoutError: the call had not ended after `seconds`, real ones.
            Interrupted: it had not when the grace was over.
        """
        result: Future[Result] = Future()

        def run() -> None:
            try:
                result.set_result(call())
            except BaseException as error:  # noqa: BLE001 - travels to the caller's thread, whatever it is
                result.set_exception(error)

        threading.Thread(target=run, daemon=True).start()  # a thread, for a blocking read cannot be cut short
        either: list[Future[Any]] = [result, self._cancelled]
        wait(either, timeout=seconds, return_when=FIRST_COMPLETED)
        if not result.done() and not self._cancelled.done():
            raise TimeoutError
        wait([result], timeout=self.timing.grace_seconds)
        if not result.done():
            raise Interrupted("stopped before Anyscale answered: the engine asked to cancel")
        return result.result()
