"""The JSON schema of a report, whose descriptions are the docstrings of its shapes."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from fleet import report
from fleet.report import FleetReport, Shape

_ATTRIBUTE = re.compile(r"(?:^|\n)(\w+): (.*?)(?=\n\w+: |\Z)", re.DOTALL)


def document() -> str:
    """Content of docs/fleet-report.schema.json: what `fleet ... --format json` prints."""
    generated = FleetReport.model_json_schema(by_alias=True, mode="serialization")
    shapes: dict[str, Any] = {FleetReport.__name__: generated, **generated["$defs"]}
    meanings = _meanings()
    for name, schema in shapes.items():
        shape: type[Shape] = getattr(report, name)
        schema["description"], attributes = _docstring(shape)
        for field, info in shape.model_fields.items():
            told = " ".join([*attributes.get(field, ()), *meanings[name].get(field, ())])
            if told:
                schema["properties"][info.alias or field]["description"] = told
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}
    return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _docstring(shape: type[Shape]) -> tuple[str, dict[str, list[str]]]:
    """What the shape is, and what each of its attributes means."""
    whole, _, attributes = (inspect.getdoc(shape) or "").partition("\n\nAttributes:\n")
    rows = _ATTRIBUTE.findall(inspect.cleandoc(attributes))
    return _line(whole), {name: [_line(text)] for name, text in rows}


def _meanings() -> dict[str, dict[str, list[str]]]:
    """By shape and field: what the module says of the types and constants that the field is declared with."""
    body = ast.parse(inspect.getsource(report)).body
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
