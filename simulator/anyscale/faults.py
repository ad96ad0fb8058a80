"""What goes wrong on the way: scripted by tests, or by an environment variable for rehearsals; never saved.

Owns which request is disturbed and how. The rules of the API itself are no faults: see `clouds` and `resources`.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from simulator.anyscale.errors import Envelope

VARIABLE = "SIMULATOR_ANYSCALE_FAULTS"
"""JSON list of objects with the fields of `Fault`."""


class UnusableFaultsError(Exception):
    """What was asked by the environment cannot be scripted; says why."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One disturbance. Without `status` and `dropped` the request succeeds, at most late.

    Attributes:
        path: regular expression for the whole path, written without a trailing slash.
        method: HTTP method, or empty for any.
        times: how many matching requests it disturbs.
        skip: how many matching requests pass first.
        status: answered instead of the truth; 0 for none.
        committed: the request takes effect although its answer says otherwise.
        dropped: the connection ends in the middle of the answer; always with the effect that `committed` says.
        delay_seconds: before anything happens.
        retry_after: value of that header, in seconds.
        detail: text of the error.
        envelope: form of the error.
    """

    path: str
    method: str = ""
    times: int = 1
    skip: int = 0
    status: int = 0
    committed: bool = False
    dropped: bool = False
    delay_seconds: float = 0
    retry_after: int | None = None
    detail: str = "simulated fault"
    envelope: Envelope = "error"

    @property
    def fails(self) -> bool:
        """Whether the client hears something else than the truth."""
        return bool(self.status) or self.dropped

    def matches(self, method: str, path: str) -> bool:
        return self.method in ("", method) and re.fullmatch(self.path, path.rstrip("/")) is not None


class Faults:
    """The faults still to come, in order. Safe to use from many threads."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._waiting = [_Waiting(fault=fault) for fault in faults]

    @classmethod
    def from_environment(cls) -> Self:
        """Those that `VARIABLE` tells; none where it is not set.

        Raises:
            UnusableFaultsError: it is set to something else than a list of faults.
        """
        try:
            rows: list[dict[str, Any]] = json.loads(os.environ.get(VARIABLE, "[]"))
            faults = [Fault(**row) for row in rows]
            for fault in faults:
                re.compile(fault.path)
        except (ValueError, TypeError, re.error) as error:
            raise UnusableFaultsError(f"{VARIABLE} is no JSON list of faults ({error})") from None
        return cls(faults)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append(_Waiting(fault=fault))

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that strikes this request. Each matching request uses up one of `skip` or `times`."""
        with self._lock:
            for waiting in self._waiting:
                if waiting.used < waiting.fault.skip + waiting.fault.times and waiting.fault.matches(method, path):
                    waiting.used += 1
                    return waiting.fault if waiting.used > waiting.fault.skip else None
        return None

    @property
    def unused(self) -> tuple[Fault, ...]:
        """Faults that have not struck as often as they should: a test that expects them all checks this."""
        with self._lock:
            return tuple(w.fault for w in self._waiting if w.used < w.fault.skip + w.fault.times)


@dataclass
class _Waiting:
    fault: Fault
    used: int = 0
