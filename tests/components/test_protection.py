from __future__ import annotations

from typing import Any

import pytest
from specs import a_spec

from components.protection import guarded, kept

LEFT = "/subscriptions/s/resourceGroups/left"


@pytest.mark.parametrize(
    ("lifecycle", "protected", "retained"),
    [("protected", True, True), ("retiring", False, True), ("disposable", False, False)],
)
def test_a_lifecycle_says_what_may_go_and_what_outlives_the_stack(
    lifecycle: str, protected: bool, retained: bool
) -> None:
    spec = a_spec(lifecycle=lifecycle)

    assert guarded(spec).protect is protected
    assert not guarded(spec).retain_on_delete, "a cluster left behind costs money, a cloud record left behind confuses"
    assert kept(spec, adopted_id=LEFT).protect is protected
    assert kept(spec, adopted_id=LEFT).retain_on_delete is retained


@pytest.mark.parametrize(("storage", "imported"), [({}, None), ({"adopt": True}, LEFT)])
def test_what_an_earlier_stack_left_is_imported_only_when_asked(storage: dict[str, Any], imported: str | None) -> None:
    options = kept(a_spec(storage=storage), adopted_id=LEFT)

    assert options.import_ == imported, "an import of what is not there fails, and so does making what is there"
    assert bool(options.ignore_changes) is bool(imported), (
        "an import fails at any difference, so it takes what it finds"
    )
