"""Read a stack file: from the engine, from a folder, or as plain values."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from stack.base import parse
from stack.settings import AZURE, StackSettings

PROJECT = "anyscale-on-aks"


def load(stack: str, values: Mapping[str, Any], *, secret_keys: Collection[str] = ()) -> StackSettings:
    """Return what `values`, full keys as the stack file has them, mean.

    Raises:
        SettingsError: with every problem. Keys of other namespaces (`pulumi:`, `kubernetes:`) are not ours to judge.
    """
    own = {key.removeprefix(f"{PROJECT}:"): value for key, value in values.items() if key.startswith(f"{PROJECT}:")}
    azure = {key.removeprefix(f"{AZURE}:"): value for key, value in values.items() if key.startswith(f"{AZURE}:")}
    return parse(StackSettings, {**own, AZURE: azure}, source=f"Pulumi.{stack}.yaml")


def load_engine(stack: str, texts: Mapping[str, str], *, secret_keys: Collection[str] = ()) -> StackSettings:
    """`texts`: every key as the engine hands it over, objects and lists as JSON; `secret_keys`: those it encrypts."""
    return load(stack, {key: _value(text) for key, text in texts.items()}, secret_keys=secret_keys)


def load_file(stack: str, folder: Path) -> StackSettings:
    """Return what `Pulumi.<stack>.yaml` in `folder` means."""
    return load(stack, yaml.safe_load((folder / f"Pulumi.{stack}.yaml").read_text())["config"])


def _value(text: str) -> object:
    try:
        return json.loads(text) if text[:1] in ("[", "{") else text
    except json.JSONDecodeError:
        return text
