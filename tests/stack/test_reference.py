from __future__ import annotations

import json
import re
from typing import Any

import pytest
from specs import ROOT, STACKS, stack_values

from stack.load import PROJECT
from stack.reference import markdown, schema
from stack.settings import StackSettings


def test_the_reference_is_that_of_the_models() -> None:
    assert (ROOT / "docs/configuration.md").read_text() == markdown(), "run `python -m stack docs`"
    assert (ROOT / "docs/stack.schema.json").read_text() == schema(), "run `python -m stack docs`"


def test_every_setting_says_what_it_means() -> None:
    rows = re.findall(r"^\| `([A-Za-z-]+)` \| .*? \| .*? \| (.*) \|$", markdown(), flags=re.MULTILINE)

    assert {key for key, meaning in rows if not meaning} == set(), "a key without a meaning helps nobody"
    assert len(rows) > 60, "all sections are there"


@pytest.mark.parametrize("stack", STACKS)
def test_the_schema_knows_every_key_of_the_stack_files(stack: str) -> None:
    config = json.loads(schema())["properties"]["config"]

    assert set(stack_values(stack)) <= set(config["properties"])
    assert set(config["required"]) <= set(stack_values(stack))


def test_the_schema_refuses_an_unknown_key_of_ours_and_leaves_other_namespaces_alone() -> None:
    names: list[dict[str, Any]] = json.loads(schema())["properties"]["config"]["propertyNames"]["anyOf"]
    known, other = names[0]["enum"], re.compile(names[1]["not"]["pattern"])

    assert f"{PROJECT}:nodePool" not in known
    assert other.match(f"{PROJECT}:nodePool")
    assert not other.match("kubernetes:context")


def test_a_default_stands_in_the_reference_as_the_model_has_it() -> None:
    default = StackSettings.model_fields["sized_for"].default
    assert f'| `"{default}"` |' in markdown()
