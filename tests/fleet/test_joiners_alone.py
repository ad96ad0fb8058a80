"""A folder of stacks that all join a cloud whose owner has its file elsewhere."""

from __future__ import annotations

import json

import pytest

from fleet.__main__ import run
from tests.fleet.fake_engine import FakeEngine

GOOD, FAILED = 0, 1


@pytest.fixture
def alone(pulumi: FakeEngine) -> FakeEngine:
    """westus3 joins eastus, which has no file here."""
    (pulumi.project / "Pulumi.eastus.yaml").unlink()
    return pulumi


def test_where_nobody_is_asked_what_is_deployed_an_absent_primary_is_no_problem(alone: FakeEngine) -> None:
    assert run(["validate", "--files-only"]) == GOOD
    assert not alone.calls("stack"), "it asks no backend"


def test_a_backend_that_is_asked_tells_whether_there_is_such_a_primary(
    alone: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate"]) == GOOD
    alone.knows("westus3")
    capsys.readouterr()

    assert run(["validate", "--format", "json"]) == FAILED
    [problem] = json.loads(capsys.readouterr().out)["fleet"]
    assert problem["why"] == "which is no stack: it has no file here and is not deployed"


def test_beside_an_owner_a_primary_that_is_spelled_wrong_is_told_without_a_backend(
    pulumi: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    path = pulumi.project / "Pulumi.westus3.yaml"
    path.write_text(path.read_text().replace("primary: eastus", "primary: eastsu"))

    assert run(["validate", "--files-only", "--format", "json"]) == FAILED
    [problem] = json.loads(capsys.readouterr().out)["fleet"]
    assert "did you mean 'eastus'?" in problem["remedy"]
    assert problem["why"] == "which is no stack: it has no file here", "what is deployed nobody asked"
