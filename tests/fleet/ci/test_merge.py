from __future__ import annotations

from pathlib import Path

import pytest

from fleet.ci.merge import merge
from fleet.errors import FleetError
from fleet.report import FAILED, FleetReport
from tests.fleet import fleets
from tests.fleet.fleets import done, fleet


def written(folder: Path, report: FleetReport, name: str = "") -> Path:
    path = folder / f"{name or report.stacks[0].stack}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.model_dump_json())
    return path


def test_reports_of_stacks_become_one_in_the_order_of_the_fleet(tmp_path: Path) -> None:
    written(tmp_path / "artifacts", fleet(done("westus3")))
    eastus = written(tmp_path, fleet(done("eastus", fleets.NEW_CLUSTER)))

    report = merge([tmp_path / "artifacts", eastus], stacks=["eastus", "westus3"], operation="preview")

    assert report == fleet(done("eastus", fleets.NEW_CLUSTER), done("westus3"))


def test_a_stack_that_did_not_report_has_failed(tmp_path: Path) -> None:
    written(tmp_path, fleet(done("eastus")))

    report = merge([tmp_path, tmp_path / "absent"], stacks=["eastus", "westus3"], operation="preview")

    assert [(stack.stack, stack.state) for stack in report.stacks] == [("eastus", "done"), ("westus3", "failed")]
    assert "did not report" in report.stacks[1].error
    assert report.exit_code(allow_destructive=True) == FAILED


UNREADABLE = {
    "cut off": '{"operation": "preview", "stacks": [{"stack": "east',
    "of another kind": '{"resources": []}',
    "of another operation": fleet(done("eastus")).model_copy(update={"operation": "drift"}).model_dump_json(),
    "of another version": fleet(done("eastus")).model_copy(update={"schema_version": 2}).model_dump_json(),
    "empty": "",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_a_report_that_cannot_be_used_is_a_failure_of_its_stack(tmp_path: Path, text: str) -> None:
    (tmp_path / "eastus.json").write_text(text)

    report = merge([tmp_path], stacks=["eastus"], operation="preview")

    assert [(stack.stack, stack.state) for stack in report.stacks] == [("eastus", "failed")]
    assert report.stacks[0].error.startswith("Its report ")


def test_a_stack_that_reports_twice_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "old", fleet(done("eastus")))
    written(tmp_path / "new", fleet(done("eastus", fleets.NEW_CLUSTER)))

    with pytest.raises(FleetError, match="reported twice"):
        merge([tmp_path], stacks=["eastus"], operation="preview")


def test_a_stack_without_a_file_is_refused(tmp_path: Path) -> None:
    written(tmp_path, fleet(done("northeurope", fleets.NEW_CLUSTER)))

    with pytest.raises(FleetError, match="northeurope has no stack file"):
        merge([tmp_path], stacks=["eastus"], operation="preview")
