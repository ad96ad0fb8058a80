"""Specs for tests: a real stack file, with changes."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from stack.derive import derive
from stack.load import PROJECT, load
from stack.spec import StackSpec

ROOT = Path(__file__).resolve().parents[1]
STACKS = ("eastus", "westus3")


def stack_values(stack: str = "eastus") -> dict[str, Any]:
    """Content of a real stack file, with full keys, free to be changed."""
    return copy.deepcopy(yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"])


def a_spec(stack: str = "eastus", **changes: object) -> StackSpec:
    """Return the spec of a real stack file with `changes`.

    Args:
        stack: whose file.
        changes: by top-level key of this project, in camelCase (`sizedFor="trial"`); a mapping is merged deeply into
            what the file has, a function is given what the file has, anything else replaces it.
            `azure={"location": ...}` changes the keys of `azure-native`.
    """
    values = stack_values(stack)
    for key, change in changes.items():
        if key == "azure":
            values |= {f"azure-native:{name}": value for name, value in cast("Mapping[str, object]", change).items()}
        else:
            full = f"{PROJECT}:{key}"
            values[full] = _merged(values.get(full), change)
    return derive(stack, load(stack, values))


def _merged(old: object, new: object) -> object:
    if callable(new):
        return new(old)
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    before, after = cast("Mapping[str, object]", old), cast("Mapping[str, object]", new)
    return {**before, **{key: _merged(before.get(key), value) for key, value in after.items()}}
