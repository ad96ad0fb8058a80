from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from fleet.__main__ import run
from fleet.report import Shape, Verdict
from fleet.schema import ROOTS, Document, document
from tests.fleet.commands import Printed, refusal

ROOT = Path(__file__).parents[2]


def shapes(what: Document = Document.report) -> dict[str, Any]:
    whole = json.loads(document(what))
    return {ROOTS[what].__name__: whole, **whole["$defs"]}


@pytest.mark.parametrize("what", Document)
def test_the_schema_that_is_documented_is_that_of_what_is_printed(what: Document, capsys: Printed) -> None:
    written = (ROOT / f"docs/fleet-{what}.schema.json").read_text(encoding="utf-8")

    assert run(["schema", what]) == 0
    assert capsys.readouterr().out == written, f"run `python -m fleet schema {what} > docs/fleet-{what}.schema.json`"


@pytest.mark.parametrize("what", Document)
def test_every_key_that_is_printed_is_in_the_schema(what: Document) -> None:
    known = {shape.__name__: shape for shape in Shape.__subclasses__()}
    for name, schema in shapes(what).items():
        computed = {info.alias or field for field, info in known[name].model_computed_fields.items()}
        printed = {info.alias or field for field, info in known[name].model_fields.items() if not info.exclude}
        assert set(schema["properties"]) == printed | computed, "camelCase, as `--format json` has them"
        assert schema["description"]


def test_there_is_a_schema_of_nothing_else(capsys: Printed) -> None:
    assert "'report', 'status', 'validation', 'recovery'" in refusal(capsys, "schema", "drift")


def test_every_attribute_that_a_docstring_tells_of_is_told_in_the_schema_whole() -> None:
    change, prop = shapes()["Change"]["properties"], shapes()["PropertyChange"]["properties"]

    assert change["takesAlong"]["description"].startswith("logical names of other resources")
    assert prop["new"]["description"] == (
        "text of the value after; null where there is none. Secrets and what is not known yet are named as such."
    ), "lines that go on are part of it, and JSON's word stands for Python's"
    assert "Attributes" not in shapes()["Change"]["description"], "each stands with its own key"


def test_what_is_said_of_a_type_or_a_constant_is_said_where_it_is_used() -> None:
    assert shapes()["Change"]["properties"]["verdict"]["enum"] == list(get_args(Verdict))
    assert "From best to worst." in shapes()["Change"]["properties"]["verdict"]["description"]
    assert "`waits` for a primary" in shapes()["StackReport"]["properties"]["state"]["description"]
    assert "Raised when a field is renamed" in shapes()["FleetReport"]["properties"]["schemaVersion"]["description"]
