"""JSON schemas of what `--format json` prints; their descriptions are the docstrings of the shapes."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Any

from fleet.recover import Recovery
from fleet.report import FleetReport, Shape
from fleet.status import FleetStatus
from fleet.validate import Validation

_ATTRIBUTE = re.compile(r"(?:^|\n)(\w+): (.*?)(?=\n\w+: |\Z)", re.DOTALL)


class Document(StrEnum):
    """What a command prints as JSON."""

    report = "report"
    status = "status"
    validation = "validation"
    recovery = "recovery"


ROOTS: Mapping[Document, type[Shape]] = {
    Document.report: FleetReport,
    Document.status: FleetStatus,
    Document.validation: Validation,
    Document.recovery: Recovery,
}


def document(what: Document) -> str:
    """Content of docs/fleet-<what>.schema.json."""
    root = ROOTS[what]
    generated = root.model_json_schema(by_alias=True, mode="serialization")
    known = {shape.__name__: shape for shape in Shape.__subclasses__()}
    for name, schema in {root.__name__: generated, **generated.get("$defs", {})}.items():
        shape = known[name]
        schema["description"], attributes = _docstring(shape)
        meanings = _meanings(inspect.getmodule(shape))
        for field, info in shape.model_fields.items():
            told = " ".join([*attributes.get(field, ()), *meanings[name].get(field, ())])
            if told and not info.exclude:
                schema["properties"][info.alias or field]["description"] = told
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}
    return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _docstring(shape: type[Shape]) -> tuple[str, dict[str, list[str]]]:
    """What the shape is, and what each of its attributes means."""
    whole, _, attributes = (inspect.getdoc(shape) or "").partition("\n\nAttributes:\n")
    rows = _ATTRIBUTE.findall(inspect.cleandoc(attributes))
    return _line(whole), {name: [_line(text)] for name, text in rows}


@cache
def _meanings(module: Any) -> dict[str, dict[str, list[str]]]:
    """By shape and field: what their module says of the types and constants that the field is declared with."""
    body = ast.parse(inspect.getsource(module)).body
    said = dict(_said(body))
    return {
        shape.name: {
            field.target.id: [
                said[name.id] for name in ast.walk(field) if isinstance(name, ast.Name) and name.id in said
            ]
            for field in shape.body
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        }
        for shape in body
        if isinstance(shape, ast.ClassDef)
    }


def _said(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Names assigned at the top, each with the string under it."""
    for statement, below in pairwise(body):
        match statement, below:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, _line(text)
            case _:
                continue


def _line(text: str) -> str:
    """In one line, in the words of JSON."""
    return re.sub(r"\bNone\b", "null", " ".join(text.split()))
