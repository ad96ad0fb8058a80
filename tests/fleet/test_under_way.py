"""What settles an operation that a killed run had begun."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.arm_ids import ARM_IDS, CONVERGES
from fleet import recover
from simulator.standins.azure.core import KINDS
from tests.fleet.recoveries import (
    POOL,
    POOL_ID,
    POOL_MADE,
    POOL_TYPE,
    Pulumi,
    resource,
    shown,
    verbs,
)


@pytest.mark.parametrize(
    ("kind", "inputs", "wanted"),
    [
        ("kubernetes:core/v1:Namespace", {"metadata": {"name": "a"}}, "a"),
        ("kubernetes:core/v1:Secret", {"metadata": {"name": "a", "namespace": "b"}}, "b/a"),
        (recover.RELEASE, {"name": "a", "namespace": "b"}, "b/a"),
        (POOL_TYPE, POOL, POOL_ID),
    ],
)
def test_ids_come_from_the_inputs(tmp_path: Path, kind: str, inputs: dict[str, Any], wanted: str) -> None:
    [each] = Pulumi(tmp_path, ("creating", resource(kind, "x", inputs))).examine().under_way
    assert each.id == wanted


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("random:index/randomId:RandomId", {}),
        (POOL_TYPE, {"resourceGroupName": "rg"}),
        ("kubernetes:core/v1:Secret", {"metadata": {"4dabf18193072939515e22adb298388d": "secret", "ciphertext": "x"}}),
    ],
)
def test_what_nobody_can_tell_the_id_of_is_left_to_the_user(tmp_path: Path, kind: str, inputs: dict[str, Any]) -> None:
    found = Pulumi(tmp_path, ("creating", resource(kind, "x", inputs))).examine()
    assert found.under_way[0].by_hand and [c.words[1] for c in found.commands] == ["refresh"]
    assert f"Left to you: {kind} x" in shown(found)


@pytest.mark.parametrize("kind", ["anyscale:index:Cloud", "azure-native:storage:BlobServiceProperties"])
def test_what_converges_is_not_imported(tmp_path: Path, kind: str) -> None:
    found = Pulumi(tmp_path, ("creating", resource(kind, "x", {"name": "x"}))).examine()
    assert [c.words[1] for c in found.commands] == ["refresh"] and not found.under_way[0].by_hand


def test_updates_and_deletions_are_settled_by_the_refresh(tmp_path: Path) -> None:
    found = Pulumi(tmp_path, ("updating", POOL_MADE), ("deleting", POOL_MADE)).examine()
    assert [c.words[1] for c in found.commands] == ["refresh"]


def test_a_recovery_that_was_killed_too_imports_nothing_twice(tmp_path: Path) -> None:
    imported = {**POOL_MADE, "id": POOL_ID}
    assert "import" not in verbs(Pulumi(tmp_path, ("creating", POOL_MADE), resources=(imported,)).examine())
    other = {**POOL_MADE, "id": f"{POOL_ID}2"}
    found = Pulumi(tmp_path, ("creating", POOL_MADE), resources=(other,)).examine()
    assert "import" not in verbs(found) and found.under_way[0].by_hand, "its replacement may be an orphan"


@pytest.mark.parametrize(
    ("more", "flag"), [({}, "false"), ({"protect": True}, "true"), ({"retainOnDelete": True}, "true")]
)
def test_what_is_to_outlive_its_stack_is_never_without_protection(
    tmp_path: Path, more: dict[str, bool], flag: str
) -> None:
    found = Pulumi(tmp_path, ("creating", {**POOL_MADE, **more})).examine()
    assert f"--protect={flag}" in found.commands[0].words


def test_the_rows_of_ids_are_those_of_the_simulated_azure() -> None:
    """And every type that the simulator knows by name has one, or converges."""
    here = {row.type.partition(":")[2]: row.path for row in ARM_IDS.values()}
    assert {name: KINDS[name].path.replace("{blobServicesName}", "default") for name in here} == here
    settled = tuple(row.type.partition(":")[2] for row in CONVERGES)
    assert [name for name in KINDS if name not in here and not name.startswith(settled)] == []
