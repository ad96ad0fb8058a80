"""The provider's schema, made of the rows of its resources; `pulumi import` asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulumi_anyscale.handler import Handler
from pulumi_anyscale.properties import Kind, Property

_TYPES: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.NUMBER: {"type": "integer"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.TEXTS: {"type": "array", "items": {"type": "string"}},
}


def schema(name: str, version: str, handlers: Iterable[Handler]) -> dict[str, Any]:
    """A Pulumi package schema."""
    return {
        "name": name,
        "version": version,
        "description": "Anyscale clouds, and the places where Ray runs in them.",
        "resources": {handler.type_name: _resource(handler) for handler in handlers},
    }


def _resource(handler: Handler) -> dict[str, Any]:
    shown = (*handler.inputs, *handler.outputs)
    return {
        "description": handler.meaning,
        "inputProperties": {row.name: _property(row) for row in handler.inputs},
        "requiredInputs": [row.name for row in handler.inputs if row.required],
        "properties": {row.name: _property(row) for row in shown},
        "required": [row.name for row in shown if row.required],
    }


def _property(row: Property) -> dict[str, Any]:
    text = f"{row.meaning[:1].upper()}{row.meaning[1:]}."
    found = {**_TYPES[row.kind], "description": text}
    if row.default is not None:
        found["default"] = row.default
    if row.replaces:
        found["replaceOnChanges"] = True
    return found
