"""The engine's event log, read while it is written.

Owns its lines. Refuses to know what an event means (`steps`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

Json = dict[str, Any]


class EventLog:
    """A log that grows.

    Attributes:
        unread: lines so far that hold no event: cut, or overwritten.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position, self._cut = 0, b""
        self.unread = 0

    def new(self, *, over: bool) -> Iterator[Json]:
        """Events since the last time, without what the engine says for its own debugging.

        Args:
            over: nothing more is written, so that a last line without an end is one too.
        """
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._position)
            text = file.read()
        self._position += len(text)
        *whole, self._cut = (self._cut + text).split(b"\n")
        for line in (*whole, self._cut) if over else whole:
            event = self._event(line)
            if event and event.get("diagnosticEvent", {}).get("severity") != "debug":
                yield event

    def _event(self, line: bytes) -> Json:
        try:
            event: object = json.loads(line) if line.strip() else {}
        except ValueError:
            event = None
        if not isinstance(event, dict):
            self.unread += 1
            return {}
        return cast("Json", event)
