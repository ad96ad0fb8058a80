"""What a test of wrong stack files needs: a real file, one thing wrong with it, and the one line that answers it."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest
from specs import stack_values

from stack.base import SettingsError
from stack.load import PROJECT, load

ABSENT = object()
POOL = {"name": "extra", "vmSize": "Standard_D8ds_v5", "maxCount": 2}
SUBNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets"
EXISTING = {
    "nodeSubnetId": f"{SUBNET}/nodes",
    "apiServerSubnetId": f"{SUBNET}/api",
    "outbound": "userDefinedRouting",
    "apiServerClients": ["10.0.0.0/24"],
}
BLOCK_CACHE = [
    "-o allow_other",
    "--cancel-list-on-mount-seconds=0",
    "--disable-writeback-cache=true",
    "--block-cache",
    "--block-cache-pool-size=4096",
]


class Case(NamedTuple):
    """Put `value` at `key` of a stack file; expect one problem at `path` (default: `key`) that has all `words`."""

    key: str
    value: object
    words: tuple[str, ...]
    path: str | None = None
    stack: str = "eastus"


def mount(**keys: object) -> dict[str, object]:
    return {"mounts": [{"name": "scratch", **keys}]}


def options(*more: str, without: str = "nothing") -> dict[str, object]:
    return mount(options=[option for option in (*BLOCK_CACHE, *more) if not option.startswith(without)])


def put(values: dict[str, Any], key: str, value: object) -> None:
    """Put `value` at `key`, e.g. `nodePools[1].name`, of the content of a stack file; `ABSENT` takes the key away."""
    full = key if key.startswith("azure-native:") else f"{PROJECT}:{key}"
    first, *rest = re.findall(r"[^.\[\]]+", full) if "azure-native:" not in key else [full]
    parts: list[str | int] = [first, *(int(part) if part.isdigit() else part for part in rest)]
    inner: Any = values
    for part in parts[:-1]:
        inner = inner[part]
    if value is ABSENT:
        del inner[parts[-1]]
    else:
        inner[parts[-1]] = value


def refused(values: dict[str, Any], stack: str = "eastus") -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refusal:
        load(stack, values)
    return refusal.value.problems


def name_of(case: Case) -> str:
    """Name of a case in a report."""
    return f"{case.path or case.key}-{case.words[0]}"[:60]


def check(case: Case) -> None:
    """Put the wrong thing into the file; expect one line with its place and all its words."""
    values = stack_values(case.stack)
    put(values, case.key, case.value)

    [problem] = refused(values, case.stack)

    assert problem.startswith(f"{case.path or case.key}: "), "the line begins with the place"
    assert all(word in problem for word in case.words), f"{problem!r} says what was found, why, and what to do"
    assert re.fullmatch(r"\S+: .+, .+; .+", problem), "each line has all four parts"
