"""Tags: what Azure refuses is refused, and what it takes is let pass, on both sides of each limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import Case, check, name_of, put, refused
from specs import a_spec, stack_values

from stack.check_tags import OWN_TAGS
from stack.load import load
from stack.settings import StackSettings

REFUSED = "<>%&\\?/"


def loaded(tags: dict[str, str], **storage: str) -> StackSettings:
    values = stack_values()
    put(values, "tags", tags)
    put(values, "storage", storage)
    return load("eastus", values)


def told(tags: dict[str, str], **storage: str) -> str:
    """The one problem with `tags`."""
    values = stack_values()
    put(values, "tags", tags)
    put(values, "storage", storage)
    [problem] = refused(values)
    return problem


CASES = (
    Case("tags", {"": "x"}, ("''", "1 to 128 characters"), "tags"),
    Case("tags", {"k" * 129: "x"}, ("129 characters", "storage accounts take 1 to 128"), "tags"),
    Case("tags", {"k" * 513: "x"}, ("513 characters", "1 to 128"), "tags"),
    Case("tags", {"a": "x" * 257}, ("257 characters", "Azure takes 256", "shorten it by 1"), "tags.a"),
    Case("tags", {"a\nb": "x"}, ("'a\\nb'", "no key of a tag", "control characters"), "tags"),
    Case("tags", {"Azure-cost": "x"}, ("begins with 'azure'", "rename"), "tags"),
    Case("tags", {"microsoft.team": "x"}, ("begins with 'microsoft'", "rename"), "tags"),
    Case("tags", {"WINDOWS": "x"}, ("begins with 'windows'", "rename"), "tags"),
    Case("tags", {"Team": "a", "team": "b"}, ("'team'", "is 'Team' to Azure", "remove one"), "tags"),
    Case("tags", {"team": "a", "TEAM": "b"}, ("'TEAM'", "is 'team' to Azure", "remove one"), "tags"),
    Case("tags", {"stack": "x"}, ("tag of this program", "remove it"), "tags.stack"),
    Case("tags", {"Managed-By": "x"}, ("tag of this program", "remove it"), "tags.Managed-By"),
)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_tag_that_azure_would_refuse_is_answered_with_one_line(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("letter", REFUSED)
def test_each_character_that_azure_refuses_is_refused_in_a_key_and_taken_in_a_value(letter: str) -> None:
    assert "no key of a tag; leave out % & / < > ? \\" in told({f"a{letter}b": "x"})
    assert loaded({"a": f"x{letter}y"}).tags


@given(st.text(st.characters(exclude_characters=REFUSED, exclude_categories=["C", "Z"]), min_size=1, max_size=12))
def test_any_other_key_is_let_pass(key: str) -> None:
    key = f"k{key}"
    assert loaded({key: "x"}).tags == {key: "x"}


def test_what_stands_at_a_limit_is_let_pass() -> None:
    tags = {"k" * 128: "x" * 256, "empty": "", "cost center": "1", "my-azure": "only a prefix is reserved"}
    assert loaded(tags).tags == tags


@pytest.mark.parametrize(("storage", "most"), [({}, 50), ({"access": "private"}, 15)])
def test_as_many_tags_are_taken_as_the_strictest_resource_takes(storage: dict[str, str], most: int) -> None:
    tags = {f"t{index}": "x" for index in range(most - len(OWN_TAGS))}
    assert len(a_spec(tags=tags, storage=storage).tags) == most, "with those of this program"

    problem = told({**tags, "one-more": "x"}, **storage)
    assert problem.startswith(f"tags: {len(tags) + 1} tags, which with 2 of this program are more than the {most} ")
    assert ("private DNS zone" in problem) == bool(storage)
    assert problem.endswith("; remove 1")


@pytest.mark.parametrize("key", ["cost center", "a:b", "1st", "größe"])
def test_a_key_that_a_private_dns_zone_drops_is_refused_where_there_is_one(key: str) -> None:
    assert loaded({key: "x"}).tags
    assert "drops without a word" in told({key: "x"}, access="private")
    assert loaded({"Cost_center.1": "x"}, access="private").tags


def test_the_tags_of_this_program_are_those_that_no_file_may_set() -> None:
    assert set(a_spec().tags) == set(OWN_TAGS)
