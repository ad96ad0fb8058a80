"""Commands as a person types them, and what they answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fleet_events import POOL, before

from fleet.__main__ import run

DONE, FAILED, CHANGES, DESTRUCTIVE = 0, 1, 2, 3
MAP = "kubernetes:core/v1:ConfigMap"
MORE = before("update", MAP, "map", old={"data": 1}, new={"data": 2}, detailed={"data": "update"})
LESS = before("delete", POOL, "gone", old={"maxCount": 1})
Printed = pytest.CaptureFixture[str]


def stacks(printed: Printed) -> dict[str, Any]:
    return {each["stack"]: each for each in json.loads(printed.readouterr().out)["stacks"]}


def refusal(printed: Printed, *words: str) -> str:
    """What a command that cannot begin says: one paragraph on stderr."""
    assert run(words) == FAILED
    out, err = printed.readouterr()
    assert not out and err.count("\n") == 1 and "Traceback" not in err, err
    return err


class Typist:
    """Somebody at a terminal."""

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return f"{self._lines.pop(0)}\n" if self._lines else ""
