"""How what is wrong with stack files reads."""

from __future__ import annotations

import re

from hypothesis import given
from markdown_it import MarkdownIt

from fleet.fleet_problem import FleetProblem
from fleet.show import validation
from fleet.validate import Validation
from tests.fleet.show.pages import HOSTILE, texts

PROBLEM = FleetProblem(stacks=("eastus", "westus3"), found="one name", why="twice", remedy="write `another`")


def found(*, wrong: str = "", warned: str = "", between: tuple[FleetProblem, ...] = ()) -> Validation:
    return Validation(
        files={"eastus": (wrong,)} if wrong else {}, fleet=between, warnings={"westus3": (warned,)} if warned else {}
    )


def test_problems_come_first_and_warnings_are_called_so() -> None:
    told = found(warned="a.b: a placeholder", wrong="c: wrong", between=(PROBLEM,))

    assert validation.terminal(told).splitlines() == [
        "Pulumi.eastus.yaml: c: wrong",
        "Pulumi.eastus.yaml and Pulumi.westus3.yaml: one name, twice; write `another`",
        "warning: Pulumi.westus3.yaml: a.b: a placeholder",
    ]


def test_where_nothing_is_wrong_that_is_said() -> None:
    assert validation.terminal(found()) == "Nothing is wrong with the stack files."
    assert validation.terminal(found(warned="a: b")).splitlines() == [
        "warning: Pulumi.westus3.yaml: a: b",
        "Nothing else is wrong with the stack files.",
    ]


def test_in_a_comment_each_is_a_line_of_a_list() -> None:
    assert validation.markdown(found(warned="a_b: c", wrong="d")).splitlines() == [
        "- Pulumi.eastus.yaml: d",
        "- warning: Pulumi.westus3.yaml: a\\_b: c",
    ]
    assert validation.markdown(found(warned="a: b")).splitlines() == [
        "- warning: Pulumi.westus3.yaml: a: b",
        "",  # else it would be part of the last line of the list
        "Nothing else is wrong with the stack files.",
    ]
    assert validation.markdown(found()) == "Nothing is wrong with the stack files."


@given(HOSTILE)
def test_no_value_breaks_the_list_or_calls_anybody(hostile: str) -> None:
    text = validation.markdown(found(wrong=hostile or "-", warned=hostile or "-"))

    blocks = MarkdownIt("commonmark").enable("table").parse(text)
    assert sum(token.type == "list_item_open" for token in blocks) == 2
    tokens = [token for block in blocks for token in (block.children or ())]
    assert not any(token.type in ("link_open", "image", "html_inline") for token in tokens)
    assert not re.search(r"@\w|#\d", texts(tokens)), "neither mentions nor references"
