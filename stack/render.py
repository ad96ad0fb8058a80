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
from stack.spec import MountSpec, StackSpec

HEADINGS = {
    "settings": "What the file says, and every default. null: it follows from other settings, see below.",
    "region": "A row of catalog/regions.py.",
    "sizing": "What sizedFor stands for: a row of catalog/sizing.py. Settings above and sections below override it.",
    "names": "In Azure and Anyscale. Empty: the primary's to make.",
    "addresses": "Who lives where. null: in the network that exists.",
    "systemPool": "Nodes for what runs the cluster. null as maxCount: their number is fixed.",
    "pools": "Nodes for Ray. `asked` is the pool of that name in the settings.",
    "mounts": "`owned`: this stack makes the container. `registered`: Anyscale mounts it by itself; the others are for "
    "a\n# job's compute config. null as days: never.",
    "instanceTypes": "What a job can ask for: a whole node of each pool, its half, quarter and eighth, and types of "
    "your own.",
    "replication": "As asked, or by region and sizedFor.",
    "tags": "On everything with tags.",
    "warnings": "What works but should be known.",
}
"""By key of a spec: what its reader should know; a key without one belongs to the heading above it."""


def as_yaml(spec: StackSpec) -> str:
    """The whole spec, in the order of its fields, under headings; the same bytes in each run."""
    return "".join(
        (f"\n# {HEADINGS[key]}\n" if key in HEADINGS else "")
        + yaml.safe_dump({key: value}, sort_keys=False, width=120, allow_unicode=True)
        for key, value in _plain(spec).items()
    )


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
        case MountSpec():
            plain = _of_fields(value) | {"registered": value.registered}
        case _ if is_dataclass(value) and not isinstance(value, type):
            plain = _of_fields(value)
        case _:
            plain = value
    return plain


def _of_fields(value: Any) -> dict[str, Any]:
    return {to_camel(field.name): _plain(getattr(value, field.name)) for field in fields(value)}
