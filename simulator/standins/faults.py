"""Faults that a test asks for: what goes wrong, at which call, how often.

Owns the matching and the counting. Refuses to decide what a refusal by rule looks like: that is the rules' business.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from simulator.standins.refusal import Refused


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        type_suffix: end of the type token, such as `:AgentPool`; empty is every type.
        operation: `create`, `read`, `update`, `delete`, `invoke`, or empty for all.
        key: part of the key of the thing concerned; empty is every thing.
        provider: name of the provider; empty is every provider.
        error: text of the error, as the cloud says it; empty raises none.
        after_commit: the error comes after the world has changed: an answer that was lost.
        hang: the call never answers (until its caller cancels it or `Faults.release`).
        delay: seconds that the call takes more.
        skip: how many matching calls pass unharmed first.
        times: how many calls are harmed; 0 is all of them.
    """

    type_suffix: str = ""
    operation: str = ""
    key: str = ""
    provider: str = ""
    error: str = ""
    after_commit: bool = False
    hang: bool = False
    delay: float = 0.0
    skip: int = 0
    times: int = 1


class Faults:
    """The faults of one simulation; safe to change while calls are in flight."""

    def __init__(self, *faults: Fault) -> None:
        self._lock = threading.Lock()
        self._seen: dict[Fault, int] = dict.fromkeys(faults, 0)
        self._released = threading.Event()
        self._hanging = 0

    @property
    def hanging(self) -> int:
        """Calls that hang now; one whose caller is gone no longer does."""
        with self._lock:
            return self._hanging

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._seen[fault] = 0

    def release(self) -> None:
        """Let every hanging call go on, now and later."""
        self._released.set()

    def meet(
        self, *, provider: str, type: str, operation: str, key: str, after: bool, cancelled: threading.Event
    ) -> None:
        """Suffer whatever is due for this call at this moment.

        Raises:
            Refused: with the text of the fault.
        """
        for fault in self._due(provider, type, operation, key, after=after):
            if fault.delay:
                cancelled.wait(fault.delay)
            if fault.hang:
                self._hang(cancelled)
            if fault.error:
                raise Refused(fault.error)

    def _hang(self, cancelled: threading.Event) -> None:
        with self._lock:
            self._hanging += 1
        while not self._released.is_set() and not cancelled.wait(0.05):
            pass
        with self._lock:
            self._hanging -= 1

    def _due(self, provider: str, type: str, operation: str, key: str, *, after: bool) -> list[Fault]:
        due: list[Fault] = []
        with self._lock:
            for fault, seen in self._seen.items():
                wanted = (
                    fault.provider in ("", provider)
                    and type.endswith(fault.type_suffix)
                    and fault.operation in ("", operation)
                    and fault.key.lower() in key.lower()
                    and fault.after_commit == after
                )
                if not wanted:
                    continue
                self._seen[fault] = seen + 1
                if seen >= fault.skip and (fault.times == 0 or seen < fault.skip + fault.times):
                    due.append(fault)
        return due
