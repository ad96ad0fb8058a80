from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.ci.app import ci
from fleet.errors import FleetError
from fleet.report import FleetReport
from tests.fleet import fleets
from tests.fleet.fake_engine import FakeEngine
from tests.fleet.fleets import done, fleet

COMMAND = "import sys; sys.stderr.write({err!r}); sys.stdout.write({out!r}); sys.exit({code})"


class Fleet:
    """What `python -m fleet` answers in place of the real one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.words: list[str] = []
        self._popen, self._monkeypatch = subprocess.Popen, monkeypatch

    def answers(self, out: str = "", err: str = "", code: int = 0) -> None:
        script = COMMAND.format(out=out, err=err, code=code)

        def popen(words: list[str], **options: object) -> object:
            self.words = words
            return self._popen([sys.executable, "-c", script], **options)  # type: ignore[call-overload]

        self._monkeypatch.setattr(subprocess, "Popen", popen)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    return Fleet(monkeypatch)


def run(tmp_path: Path, operation: str = "preview", stack: str = "eastus") -> tuple[int, FleetReport, str]:
    done = CliRunner().invoke(ci, ["run", operation, "--stack", stack, "--out", str(tmp_path / "reports")])
    path = tmp_path / "reports" / f"{stack}.json"
    return done.exit_code, FleetReport.model_validate_json(path.read_text()), done.output


@pytest.mark.parametrize(("change", "code"), [(fleets.NEW_POOL, 2), (fleets.NEW_CLUSTER, 3)])
def test_what_would_change_is_a_report_and_no_failure_of_the_job(
    command: Fleet, tmp_path: Path, change: fleets.Change, code: int
) -> None:
    command.answers(fleet(done("eastus", change)).model_dump_json(), code=code)

    ended, report, _ = run(tmp_path)

    assert ended == 0, "the gate decides on what is destructive, once for the fleet"
    assert report == fleet(done("eastus", change))
    assert command.words[1:5] == ["-m", "fleet", "preview", "--stack"]


def test_a_stack_that_fails_fails_its_job_and_reports(command: Fleet, tmp_path: Path) -> None:
    failed = done("eastus").model_copy(update={"state": "failed", "error": "No quota: ask Azure for more."})
    command.answers(fleet(failed).model_dump_json(), code=1)

    ended, report, said = run(tmp_path)

    assert (ended, report.stacks[0].error) == (1, "No quota: ask Azure for more.")
    assert "No quota" in said


def test_a_command_that_refuses_is_a_failed_stack_with_its_words(command: Fleet, tmp_path: Path) -> None:
    command.answers(err="fleet: No state backend is open: `pulumi login`.\n", code=1)

    ended, report, _ = run(tmp_path, "drift")

    assert (ended, report.operation) == (1, "drift")
    assert report.stacks[0].error == "fleet: No state backend is open: `pulumi login`."


def test_a_command_that_dies_without_a_word_is_a_failed_stack(command: Fleet, tmp_path: Path) -> None:
    command.answers(code=137)

    assert run(tmp_path)[1].stacks[0].error == "`fleet preview` ended with 137 and said nothing."


def test_it_runs_from_any_folder(pulumi: FakeEngine, tmp_path: Path) -> None:
    ended, report, said = run(tmp_path)

    assert (ended, report) == (0, fleet(done("eastus", unchanged=0))), said


def test_no_id_leaves_the_runner(command: Fleet, tmp_path: Path) -> None:
    failed = done("eastus").model_copy(update={"state": "failed", "error": f"No quota in {fleets.SUBSCRIPTION}."})
    command.answers(fleet(failed).model_dump_json(), err=f"{fleets.SUBSCRIPTION}\n", code=1)

    run(tmp_path)

    artifact = (tmp_path / "reports" / "eastus.json").read_text()
    assert fleets.SUBSCRIPTION not in artifact, "whoever may read the repository may download artifacts"
    assert json.loads(artifact)["stacks"][0]["error"].startswith("No quota in 3f1c…")


@pytest.mark.parametrize("stack", ["westus3", "eastus"], ids=["joins", "is joined by one that has a file"])
def test_a_stack_without_a_file_whose_region_lives_on_fails_with_what_to_do(
    pulumi: FakeEngine, tmp_path: Path, stack: str
) -> None:
    (pulumi.project / f"Pulumi.{stack}.yaml").unlink()

    ended, report, said = run(tmp_path, stack=stack)

    [told] = report.stacks
    assert (ended, told.stack, told.state) == (1, stack, "failed")
    assert f"no stack file is here, while the backend has 80 resources of {stack}" in told.error
    assert f"`fleet destroy --stack {stack}` comes first" in told.error
    assert told.error in said
    assert not pulumi.calls("preview")


@pytest.mark.parametrize("known", [["eastus"], ["eastus", "westus3"]], ids=["is unknown", "has no resources"])
def test_a_stack_without_a_file_of_which_nothing_is_left_is_done_and_says_so(
    pulumi: FakeEngine, tmp_path: Path, known: list[str]
) -> None:
    (pulumi.project / "Pulumi.westus3.yaml").unlink()
    pulumi.knows(*known, resources=0)

    ended, report, _ = run(tmp_path, stack="westus3")

    note = "no stack file is here, and the backend has no resources of westus3: nothing lives on"
    assert (ended, report) == (0, fleet(done("westus3", unchanged=0).model_copy(update={"notes": (note,)})))


def test_a_stack_without_a_file_fails_where_the_backend_cannot_be_asked(pulumi: FakeEngine, tmp_path: Path) -> None:
    (pulumi.project / "Pulumi.westus3.yaml").unlink()
    pulumi.says("stack ls", err=f"error: no access to {fleets.SUBSCRIPTION}\n", code=255)

    ended, report, _ = run(tmp_path, stack="westus3")

    assert (ended, report.stacks[0].state) == (1, "failed")
    assert "no access to 3f1c…" in report.stacks[0].error


@pytest.mark.parametrize("name", ["", "../x", "East US"])
def test_what_is_no_name_of_a_stack_names_no_report(pulumi: FakeEngine, tmp_path: Path, name: str) -> None:
    ended = CliRunner().invoke(ci, ["run", "preview", "--stack", name, "--out", str(tmp_path / "out" / "reports")])
    assert isinstance(ended.exception, FleetError) and "is no name of a stack" in str(ended.exception)
    assert not (tmp_path / "out").exists()


def test_only_a_preview_is_about_files_that_go(pulumi: FakeEngine, tmp_path: Path) -> None:
    (pulumi.project / "Pulumi.westus3.yaml").unlink()

    ended, report, _ = run(tmp_path, "drift", stack="westus3")

    assert ended == 1 and report.stacks[0].error.startswith("fleet: There is no Pulumi.westus3.yaml.")
