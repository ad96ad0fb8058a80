"""The commands: exit codes, options, forms of a report, folders, stacks that are made. No real engine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fleet_events import STACK, before, said
from specs import ROOT

from fleet.__main__ import run
from tests.fleet.commands import CHANGES, DESTRUCTIVE, DONE, FAILED, LESS, MAP, MORE, Printed, refusal, stacks
from tests.fleet.fake_engine import FakeEngine, log


@pytest.mark.parametrize(
    ("answer", "words", "code"),
    [
        ({"log": log()}, (), DONE),
        ({"log": log(MORE)}, (), CHANGES),
        ({"log": log(LESS)}, (), DESTRUCTIVE),
        ({"log": log(LESS)}, ("--allow-destructive",), CHANGES),
        ({"log": log(said("error", "no quota")), "code": 255}, (), FAILED),
    ],
)
def test_a_preview_says_by_its_exit_code_what_it_found(
    pulumi: FakeEngine, answer: dict[str, Any], words: tuple[str, ...], code: int
) -> None:
    pulumi.says("preview westus3", **answer)

    assert run(["preview", *words]) == code


@pytest.mark.parametrize("words", [(), ("preview", "--bogus"), ("preview", "--parallel", "0"), ("rollback",)])
def test_a_mistake_in_the_words_is_a_failure_for_2_means_changes(pulumi: FakeEngine, words: tuple[str, ...]) -> None:
    assert run(words) == FAILED
    assert not pulumi.calls()


def test_help_is_no_failure(capsys: Printed) -> None:
    assert run(["--help"]) == DONE
    assert "Exit codes" in capsys.readouterr().out


def test_reports_go_to_stdout_in_the_form_that_was_asked_for_and_progress_to_stderr(
    pulumi: FakeEngine, capsys: Printed
) -> None:
    pulumi.says("preview", log=log(MORE))

    run(["preview", "--format", "markdown"])
    out, err = capsys.readouterr()
    assert "| eastus |" in out or "eastus" in out.splitlines()[-1] or "<details>" in out
    assert "eastus: previewing" in err and "previewing" not in out
    run(["preview"])
    assert "preview of 2 stacks" in capsys.readouterr().out
    run(["preview", "--format", "json", "--stack", "westus3"])
    assert list(stacks(capsys)) == ["westus3"]


def test_a_fleet_is_previewed_at_once_or_one_after_another(pulumi: FakeEngine) -> None:
    run(["preview", "--parallel", "1"])

    assert pulumi.calls("preview") == ["preview eastus", "preview westus3"]


def test_no_command_of_the_engine_writes_a_stack_file_or_asks(pulumi: FakeEngine) -> None:
    run(["preview"])

    words = pulumi.words("preview eastus")
    assert "--config" not in words and "-c" not in words
    assert {"--non-interactive", "--event-log"} <= {*words}


def test_a_folder_elsewhere_is_where_the_engine_runs_and_stands_in_what_to_type(
    pulumi: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    pulumi.says("preview westus3", log=log(said("error", "no")), code=255)
    monkeypatch.chdir(tmp_path)

    assert run(["preview", "--folder", "project", "--format", "json"]) == FAILED
    assert stacks(capsys)["westus3"]["next"] == ["pulumi preview --cwd project --stack westus3"]


def test_a_folder_that_is_none_is_named(pulumi: FakeEngine, tmp_path: Path, capsys: Printed) -> None:
    assert "nowhere" in refusal(capsys, "preview", "--folder", str(tmp_path / "nowhere"))
    assert "holds no Pulumi.yaml" in refusal(capsys, "preview", "--folder", str(tmp_path))


def test_stacks_that_the_backend_does_not_know_are_made_where_that_is_asked_for(
    pulumi: FakeEngine, capsys: Printed
) -> None:
    pulumi.knows("eastus")

    assert run(["preview", "--format", "json"]) == FAILED
    unknown = stacks(capsys)["westus3"]
    assert "knows no stack westus3" in unknown["error"]
    assert unknown["next"] == ["fleet up --init --stack westus3"]
    assert run(["drift", "--format", "json"]) == FAILED
    unknown = stacks(capsys)["westus3"]
    assert "PULUMI_BACKEND_URL" in unknown["error"] and not unknown["next"], "to make it now would tell nothing"
    assert run(["preview", "--init"]) == DONE
    assert "stack init" in " ".join(pulumi.calls("stack"))


def test_nothing_is_made_of_a_file_that_cannot_be_used_and_the_others_go_on(
    pulumi: FakeEngine, capsys: Printed
) -> None:
    pulumi.knows("eastus", "westus3")
    for name in ("East US", "empty"):
        (pulumi.project / f"Pulumi.{name}.yaml").write_text((pulumi.project / "Pulumi.westus3.yaml").read_text())
    (pulumi.project / "Pulumi.empty.yaml").write_text("")

    assert run(["preview", "--init", "--format", "json"]) == FAILED
    told = stacks(capsys)
    assert not any("init" in call for call in pulumi.calls("stack"))
    assert (told["eastus"]["state"], told["empty"]["state"]) == ("done", "failed")
    assert "stack: 'East US', which does not fit into names of Azure resources" in told["East US"]["error"]


def test_no_terminal_and_no_input_at_all_are_the_same(pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    pulumi.says("preview", log=log(MORE))
    assert run(["up"]) == FAILED
    assert not pulumi.calls("up")


def test_a_letter_that_the_terminal_does_not_have_ends_no_report(pulumi: FakeEngine) -> None:
    pulumi.says("preview", log=log(said("warning", "accepted risk: R\u00e9gion d\u00e9di\u00e9e")))
    done = subprocess.run(
        [sys.executable, "-m", "fleet", "preview"],
        cwd=pulumi.project,
        env={"PATH": pulumi.path, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "HOME": str(pulumi.project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("Traceback")) == (DONE, 0), done.stderr
    assert "R\\xe9gion" in done.stdout and "2 stacks" in done.stdout


def test_a_mistake_in_the_words_names_the_help_of_its_command(pulumi: FakeEngine, capsys: Printed) -> None:
    assert "`fleet preview --help` lists" in refusal(capsys, "preview", "--format", "yaml")
    assert "`fleet --help` lists" in refusal(capsys, "previev")


def test_a_report_says_by_itself_whether_it_fails(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.says("preview westus3", log=log(said("error", "no quota")), code=255)
    run(["preview", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["fails"], [stack["fails"] for stack in told["stacks"]]) == (True, [False, True])


def test_outputs_alone_are_a_change_and_so_is_protection_alone(pulumi: FakeEngine, capsys: Printed) -> None:
    told = {"outputs": {"lifecycle": "protected"}}, {"outputs": {"lifecycle": "disposable", "kubernetesVersion": "2"}}
    outputs = {"op": "same", "urn": "urn:pulumi:a::b::pulumi:pulumi:Stack::b-a", "type": STACK}
    event = {"resOutputsEvent": {"metadata": {**outputs, "old": told[0], "new": told[1]}}}
    pulumi.says("preview eastus", log=log(event))
    pulumi.says("preview westus3", log=log(before("same", MAP, "map", old={}, new={}, protected=True)))

    assert run(["preview", "--format", "json"]) == CHANGES
    found = stacks(capsys)
    assert [prop["path"] for prop in found["eastus"]["changes"][0]["properties"]] == ["lifecycle"]
    [protected] = found["westus3"]["changes"]
    assert (protected["operation"], protected["properties"][0]["new"]) == ("update", "true")


@pytest.mark.parametrize("form", ["terminal", "markdown", "json"])
def test_placeholders_are_told_by_validate_and_fail_nothing(pulumi: FakeEngine, capsys: Printed, form: str) -> None:
    assert run(["validate", "--files-only", "--format", form]) == DONE
    out = capsys.readouterr().out
    assert "which is a placeholder" in out
    if form == "json":
        assert [*json.loads(out)["warnings"]] == ["eastus", "westus3"]


def test_drift_of_a_stack_that_is_not_deployed_is_none(pulumi: FakeEngine) -> None:
    pulumi.knows("eastus", "westus3", resources=0)

    assert run(["drift"]) == DONE
    assert run(["destroy", "--confirm", "eastus westus3"]) == DONE, "nor is there anything to destroy"
    assert not pulumi.calls("refresh", "destroy", "look")
