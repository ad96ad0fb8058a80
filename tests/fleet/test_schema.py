from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

from fleet.report import BrokenRule, Change, FleetReport, PropertyChange, StackReport, Verdict
from fleet.schema import document

ROOT = Path(__file__).parents[2]
SHAPES = (FleetReport, StackReport, Change, PropertyChange, BrokenRule)


def shapes() -> dict[str, Any]:
    whole = json.loads(document())
    return {"FleetReport": whole, **whole["$defs"]}


def test_the_schema_is_that_of_the_report() -> None:
    written = (ROOT / "docs/fleet-report.schema.json").read_text(encoding="utf-8")

    assert written == document(), "run `python -m fleet schema > docs/fleet-report.schema.json`"


def test_every_key_that_a_report_prints_is_in_the_schema() -> None:
    assert set(shapes()) == {shape.__name__ for shape in SHAPES}
    for shape in SHAPES:
        computed = {info.alias or name for name, info in shape.model_computed_fields.items()}
        keys = {info.alias or name for name, info in shape.model_fields.items()} | computed
        assert set(shapes()[shape.__name__]["properties"]) == keys, "camelCase, as `--format json` has them"


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
