"""The spec as text: what is reviewed when a stack file changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

import yaml
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from catalog.gpus import Gpu
from catalog.vm_sizes import VmSize
from stack.settings import NodePool
from stack.spec import StackSpec


def as_yaml(spec: StackSpec) -> str:
    """The whole spec, in the order of its fields; the same bytes in each run."""
    return yaml.safe_dump(_plain(spec), sort_keys=False, width=120)


def as_json(spec: StackSpec) -> str:
    """The same as JSON, for other programs."""
    return json.dumps(_plain(spec), indent=2) + "\n"


def _plain(value: object) -> Any:
    """Plain values; what is named elsewhere in the same text, or is a fact of the catalog, by its name."""
    match value:
        case VmSize() | Gpu() | NodePool():
            plain = value.name
        case BaseModel():
            plain = value.model_dump(mode="json", by_alias=True)
        case Mapping():
            plain = {key: _plain(inner) for key, inner in cast("Mapping[str, object]", value).items()}
        case tuple():
            plain = [_plain(inner) for inner in cast("tuple[object, ...]", value)]
        case _ if is_dataclass(value):
            plain = {to_camel(field.name): _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            plain = value
    return plain
