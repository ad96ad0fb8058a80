"""A stack whose file is gone while its region lives on."""

from __future__ import annotations

import json

import pytest

from fleet.__main__ import run
from tests.fleet.commands import DONE, FAILED, Printed, stacks
from tests.fleet.fake_engine import FakeEngine

FOUND = "no stack file is here, while the backend has 80 resources of westus3"


@pytest.fixture
def gone(pulumi: FakeEngine) -> FakeEngine:
    """Both regions deployed, one of them without its file."""
    (pulumi.project / "Pulumi.westus3.yaml").unlink()
    return pulumi


@pytest.mark.parametrize("command", ["preview", "drift"])
def test_what_compares_the_fleet_fails_and_names_it(gone: FakeEngine, capsys: Printed, command: str) -> None:
    assert run([command, "--format", "json"]) == FAILED
    found = stacks(capsys)
    assert found["eastus"]["state"] == "done" and FOUND in found["westus3"]["error"]
    assert "`fleet destroy --stack westus3` comes first" in found["westus3"]["error"]
    assert run([command, "--stack", "eastus"]) == DONE, "who asks for one region is told of that"


@pytest.mark.parametrize("command", ["validate", "status"])
def test_what_tells_of_the_fleet_names_it(gone: FakeEngine, capsys: Printed, command: str) -> None:
    assert run([command]) == FAILED
    assert FOUND in capsys.readouterr().out


def test_the_status_still_says_where_it_is(gone: FakeEngine, capsys: Printed) -> None:
    run(["status", "--format", "json"])
    assert [row["stack"] for row in json.loads(capsys.readouterr().out)["regions"]] == ["eastus", "westus3"]


def test_no_other_region_waits_for_it(gone: FakeEngine, capsys: Printed) -> None:
    assert run(["up", "--yes"]) == DONE
    assert FOUND in capsys.readouterr().err


def test_a_primary_whose_file_is_in_another_folder_is_none_and_named(pulumi: FakeEngine, capsys: Printed) -> None:
    (pulumi.project / "Pulumi.eastus.yaml").unlink()
    assert run(["preview"]) == DONE, "westus3 joins it"
    assert "eastus: joined by stacks here, with no file here" in " ".join(capsys.readouterr().err.split())


def test_a_file_that_cannot_be_read_makes_no_orphan_of_the_primary_that_it_may_join(
    pulumi: FakeEngine, capsys: Printed
) -> None:
    (pulumi.project / "Pulumi.eastus.yaml").unlink()
    (pulumi.project / "Pulumi.westus3.yaml").write_text("config: {}\n")
    assert run(["preview", "--format", "json"]) == FAILED
    assert [*stacks(capsys)] == ["westus3"], "nothing says that eastus is to be destroyed"


def test_a_stack_without_resources_is_none(gone: FakeEngine) -> None:
    gone.knows("eastus", "westus3", resources=0)
    assert run(["preview"]) == DONE
