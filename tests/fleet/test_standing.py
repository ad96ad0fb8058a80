"""`fleet status` and `fleet validate` as commands: exit codes, forms, what is asked of the backend."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from fleet.app import app
from tests.fleet.commands import DONE, FAILED
from tests.fleet.fake_engine import FakeEngine
from tests.fleet.statuses import outputs


def typed(*words: str) -> Result:
    """The command in this process, its exit code and both its streams."""
    return CliRunner().invoke(app, words)


def stand(pulumi: FakeEngine, **changes: Any) -> None:
    """Both stacks as their `up`s left them; `changes` in westus3's outputs."""
    for stack, more in (("eastus", {}), ("westus3", changes)):
        pulumi.says(f"stack output {stack}", out=json.dumps(outputs(stack, **more)))


@pytest.mark.parametrize("form", ["terminal", "markdown", "json"])
def test_a_fleet_that_stands_is_told_in_every_form(pulumi: FakeEngine, form: str) -> None:
    stand(pulumi)

    done = typed("status", "--format", form)

    assert done.exit_code == DONE
    assert all(f"aks-ray-{stack}" in done.stdout for stack in ("eastus", "westus3"))
    starts = {"terminal": "stack ", "markdown": "| stack |", "json": "{"}
    assert done.stdout.startswith(starts[form]), done.stdout


def test_a_status_is_of_now(pulumi: FakeEngine) -> None:
    stand(pulumi)
    begun = datetime.now(UTC)

    told = json.loads(typed("status", "--format", "json").stdout)["asOf"]

    assert begun <= datetime.fromisoformat(told) <= datetime.now(UTC)


PROBLEMS = {
    "an ill operator": ({"operator_status": "UNHEALTHY"}, "UNHEALTHY"),
    "another contract": ({"contract": 2}, "contract 2, this program speaks 1"),
}


@pytest.mark.parametrize(("changes", "words"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_status_with_a_problem_fails_and_names_it(pulumi: FakeEngine, changes: dict[str, Any], words: str) -> None:
    stand(pulumi, **changes)

    done = typed("status")

    assert done.exit_code == FAILED
    assert any(line.startswith("westus3: ") and words in line for line in done.stdout.splitlines())


@pytest.mark.parametrize("command", ["status", "validate"])
def test_what_cannot_be_read_fails_and_says_why(pulumi: FakeEngine, command: str) -> None:
    stand(pulumi)
    pulumi.says("stack output westus3", err="error: incorrect passphrase", code=255)

    done = typed(command)

    assert done.exit_code == FAILED
    assert "The passphrase does not open the secrets of westus3" in done.stdout


@pytest.mark.parametrize("form", ["terminal", "markdown", "json"])
def test_validate_asks_the_backend_which_contract_stands_there(pulumi: FakeEngine, form: str) -> None:
    stand(pulumi)
    assert typed("validate", "--format", form).exit_code == DONE
    stand(pulumi, contract=2)

    done = typed("validate", "--format", form)

    assert done.exit_code == FAILED and "contract 2, this program speaks 1" in done.stdout
    asked = pulumi.calls("stack")
    assert typed("validate", "--files-only", "--format", form).exit_code == DONE
    assert pulumi.calls("stack") == asked, "with --files-only nobody is asked"


def test_a_file_that_cannot_be_used_fails_validate(pulumi: FakeEngine) -> None:
    (pulumi.project / "Pulumi.westus3.yaml").write_text("config: [")

    done = typed("validate", "--files-only")

    assert done.exit_code == FAILED and done.stdout.startswith("Pulumi.westus3.yaml: ")


def test_commands_to_type_are_spelled_for_the_folder(pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    stand(pulumi, contract=0)
    monkeypatch.chdir(pulumi.project.parent)

    for command in ("status", "validate"):
        assert "`pulumi up --cwd project --stack westus3`" in typed(command, "--folder", "project").stdout
