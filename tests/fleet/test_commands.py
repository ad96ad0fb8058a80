"""The commands: exit codes, options, what is asked, what is said when nothing can be done. No real engine."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from fleet_events import POOL, STACK, after, before, said

from fleet import order
from fleet.__main__ import run
from fleet.session import DEPLOYING, PARALLEL
from tests.fleet.fake_engine import FakeEngine, log

DONE, FAILED, CHANGES, DESTRUCTIVE = 0, 1, 2, 3
MAP = "kubernetes:core/v1:ConfigMap"
MORE = before("update", MAP, "map", old={"data": 1}, new={"data": 2}, detailed={"data": "update"})
LESS = before("delete", POOL, "gone", old={"maxCount": 1})
Printed = pytest.CaptureFixture[str]


def stacks(printed: Printed) -> dict[str, Any]:
    return {each["stack"]: each for each in json.loads(printed.readouterr().out)["stacks"]}


def refusal(printed: Printed, *words: str) -> str:
    """What a command that cannot begin says: one paragraph on stderr."""
    assert run(words) == FAILED
    out, err = printed.readouterr()
    assert not out and err.count("\n") == 1 and "Traceback" not in err, err
    return err


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


def test_a_broken_file_is_a_failed_stack_and_the_others_are_previewed(pulumi: FakeEngine, capsys: Printed) -> None:
    (pulumi.project / "Pulumi.westus3.yaml").write_text("config: [")

    assert run(["preview", "--format", "json"]) == FAILED
    told = stacks(capsys)
    assert told["eastus"]["state"] == "done"
    assert "Pulumi.westus3.yaml has 1 problem" in told["westus3"]["error"]
    assert told["westus3"]["next"] == ["fleet validate"]


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"version": {"out": "v3.100.0\n"}}, "v3.100.0 is too old: this project needs 3.229.0"),
        ({"version": {"err": "error: what\n", "code": 1}}, "`pulumi version` failed: what"),
        (
            {"stack ls": {"err": "error: unable to open bucket azblob://x: no such container", "code": 255}},
            "state backend does not answer (unable to open bucket azblob://x: no such container)",
        ),
        ({"stack ls": {"err": "error: PULUMI_ACCESS_TOKEN must be set", "code": 255}}, "`pulumi login <backend>`"),
        ({"stack ls": {"out": "Welcome!\n"}}, "`pulumi stack ls --json` answered with something that cannot be read"),
    ],
)
def test_what_cannot_begin_says_why_in_one_paragraph(
    pulumi: FakeEngine, capsys: Printed, answers: dict[str, Any], says: str
) -> None:
    for key, answer in answers.items():
        pulumi.says(key, **answer)

    assert says in refusal(capsys, "status")


def test_an_absent_engine_and_one_that_is_none_say_so(
    pulumi: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("PATH", str(other))
    assert "`pulumi` is not on PATH" in refusal(capsys, "preview")
    (other / "pulumi").write_text("no program")
    (other / "pulumi").chmod(0o755)
    assert "`pulumi` cannot be started" in refusal(capsys, "preview")


@pytest.mark.parametrize(
    ("text", "says", "to_type"),
    [
        ("error: get stack secrets manager: incorrect passphrase", "The passphrase does not open", []),
        (
            "error: the stack is currently locked by 1 lock(s). Either wait:\n  x.json: created by me@host (pid 42)",
            "Another run holds westus3: x.json: created by me@host (pid 42).",
            ["fleet recover westus3"],
        ),
        ("error: failed to load checkpoint: EOF", "The state of westus3 is cut", ["fleet recover westus3"]),
        ("", "`pulumi` ended with 255 and said nothing.", ["pulumi preview --stack westus3"]),
    ],
)
def test_a_stack_that_cannot_begin_says_why_and_what_to_type(
    pulumi: FakeEngine, capsys: Printed, text: str, says: str, to_type: list[str]
) -> None:
    pulumi.says("preview westus3", err=text, code=255)

    assert run(["preview", "--format", "json"]) == FAILED
    told = stacks(capsys)
    assert told["westus3"]["error"].startswith(says) and "\n" not in told["westus3"]["error"]
    assert told["westus3"]["next"] == to_type
    assert told["eastus"]["state"] == "done"


def test_a_run_s_own_errors_are_not_taken_for_the_backend_s(pulumi: FakeEngine, capsys: Printed) -> None:
    refused = said("error", "Get https://aks: dial tcp 10.0.0.4:443: connection refused", name="westus3-policy")
    conflict = said("error", "StatusCode=409 Another update is currently in progress", name="westus3-cpu")
    pulumi.says("preview westus3", log=log(refused, conflict, said("error", "preview failed")), code=255)

    run(["preview", "--format", "json"])

    told = stacks(capsys)["westus3"]
    assert told["error"].splitlines() == [
        "westus3-policy: Get https://aks: dial tcp 10.0.0.4:443: connection refused",
        "westus3-cpu: StatusCode=409 Another update is currently in progress",
    ]


def test_a_preview_whose_log_is_not_whole_does_not_pass(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.says("preview eastus", log=log(MORE) + '{"resourcePreEvent": {"meta\n[]\n')
    pulumi.says("preview westus3", log=log(LESS, whole=False))

    assert run(["preview", "--format", "json"]) == FAILED
    told = stacks(capsys)
    assert "event log" in told["eastus"]["error"] and "event log" in told["westus3"]["error"]
    assert told["eastus"]["notes"] == ["2 lines of the engine's event log hold no event: this report may not tell all."]
    assert told["eastus"]["changes"] and told["westus3"]["changes"], "what could be read is told"


def test_the_last_line_counts_without_its_end(pulumi: FakeEngine) -> None:
    pulumi.says("preview westus3", log=log(LESS).rstrip("\n"))

    assert run(["preview"]) == DESTRUCTIVE


def test_a_killed_engine_is_told_from_one_that_failed(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.says("preview", log=log(MORE))
    pulumi.says("up", log=log(MORE, after("update", MAP, "map"), whole=False), signal=9)

    assert run(["up", "--yes", "--stack", "westus3", "--format", "json"]) == FAILED
    told = stacks(capsys)["westus3"]
    assert told["error"].startswith("`pulumi` was killed (SIGKILL)")
    assert told["next"][0] == "fleet recover westus3"
    assert [change["name"] for change in told["changes"]] == ["map"], "what was done is told"


def test_a_run_that_finds_pending_operations_names_the_recovery(pulumi: FakeEngine, capsys: Printed) -> None:
    pending = said("error", "the current deployment has 1 resource(s) with pending operations:\n * x, creating")
    pulumi.says("preview westus3", log=log(pending), code=255)

    run(["preview", "--format", "json"])

    assert stacks(capsys)["westus3"]["next"] == ["fleet recover westus3"]


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


def test_a_destroy_wants_the_names_typed(pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> None:
    pulumi.says("look", log=log(LESS))
    assert run(["destroy"]) == FAILED, "nobody is at the terminal"
    assert "--confirm" in capsys.readouterr().err
    assert run(["destroy", "--confirm", "westus3 eastus"]) == FAILED
    assert "nothing was destroyed" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", Typist("eastus westus3"))
    assert not pulumi.calls("destroy")

    assert run(["destroy"]) == DONE
    assert pulumi.calls("destroy") == ["destroy westus3", "destroy eastus"], "the owner of the cloud last"
    assert "--run-program" in pulumi.words("destroy eastus")


def test_a_destroy_that_stopped_half_way_is_gone_on_with_without_the_program(
    pulumi: FakeEngine, capsys: Printed
) -> None:
    pulumi.says("look", log=log(LESS))
    pulumi.says("destroy westus3", log=log(LESS, after("delete", POOL, "gone"), said("error", "busy")), code=255)

    assert run(["destroy", "--confirm", "eastus westus3", "--format", "json"]) == FAILED
    told = stacks(capsys)
    assert told["westus3"]["next"] == ["pulumi destroy --stack westus3"]
    assert told["eastus"]["state"] == "skipped"
    assert told["eastus"]["next"] == ["pulumi destroy --stack westus3", "fleet destroy --stack eastus"], "in this order"


class Typist:
    """Somebody at a terminal."""

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return f"{self._lines.pop(0)}\n" if self._lines else ""


def test_nothing_is_deployed_without_a_yes(
    pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    pulumi.says("preview", log=log(MORE))

    assert run(["up"]) == FAILED
    assert "give --yes" in capsys.readouterr().err
    for answer in (["n"], [""], []):
        monkeypatch.setattr(sys, "stdin", Typist(*answer))
        assert run(["up"]) == FAILED
        assert capsys.readouterr().err.endswith("Nothing was deployed.\n")
    assert not pulumi.calls("up")
    monkeypatch.setattr(sys, "stdin", Typist("y"))
    assert run(["up"]) == DONE
    assert pulumi.calls("up") == ["up eastus", "up westus3"]
    assert not pulumi.signals()


def test_what_the_gate_says_to_type_reaches_no_stack_that_was_not_chosen(
    pulumi: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    pulumi.says("preview westus3", log=log(LESS))
    monkeypatch.chdir(tmp_path)

    assert run(["up", "--yes", "--stack", "westus3", "--folder", "project"]) == DESTRUCTIVE
    again = "fleet up --allow-destructive --folder project --stack westus3"
    assert capsys.readouterr().err.endswith(f"If it is meant: {again}\n")


def test_the_gate_says_why_it_is_shut(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.says("preview westus3", log=log(LESS))

    assert run(["up", "--yes"]) == DESTRUCTIVE
    assert "fleet up --allow-destructive" in capsys.readouterr().err
    assert not pulumi.calls("up")


def test_a_failure_of_ours_in_one_stack_loses_no_other_report(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.says("preview westus3", log=log({"resourcePreEvent": {"metadata": {"op": "create"}}}))

    assert run(["preview", "--format", "json"]) == FAILED
    told = stacks(capsys)
    assert told["eastus"]["state"] == "done"
    assert "`fleet` itself failed here" in told["westus3"]["error"]
    assert told["westus3"]["next"] == ["pulumi preview --stack westus3"]


def test_what_to_type_after_a_failure_of_ours_is_for_the_same_folder(
    pulumi: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    pulumi.says("preview westus3", log=log({"resourcePreEvent": {"metadata": {"op": "create"}}}))
    monkeypatch.chdir(tmp_path)

    run(["preview", "--format", "json", "--folder", "project"])

    assert stacks(capsys)["westus3"]["next"] == ["pulumi preview --cwd project --stack westus3"]


@pytest.mark.parametrize(
    ("key", "words", "to_type"),
    [
        ("look refresh", ("drift",), "pulumi refresh --preview-only --stack westus3"),
        ("look destroy", ("destroy",), "pulumi destroy --stack westus3"),  # it asks, and needs no program
    ],
)
def test_what_cannot_be_looked_at_names_the_command_that_shows_all(
    pulumi: FakeEngine, capsys: Printed, key: str, words: tuple[str, ...], to_type: str
) -> None:
    pulumi.says(f"{key} westus3", log=log(said("error", "no")), code=255)

    assert run([*words, "--format", "json"]) == FAILED
    assert stacks(capsys)["westus3"]["next"] == [to_type]


def test_a_protected_stack_says_what_to_edit_first(pulumi: FakeEngine, capsys: Printed) -> None:
    refused = said("error", "resource cannot be deleted because it is protected", name="westus3-cluster")
    pulumi.says("look destroy westus3", log=log(refused), code=255)

    assert run(["destroy", "--format", "json"]) == FAILED
    told = stacks(capsys)["westus3"]
    assert "`lifecycle: retiring` in Pulumi.westus3.yaml" in told["error"] and not told["next"]


def test_previews_are_bound_by_processors_and_deployments_by_azure(
    pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once: list[int] = []
    real = order.run

    def noted(*args: Any, **options: Any) -> Any:
        at_once.append(options["parallel"])
        return real(*args, **options)

    monkeypatch.setattr("fleet.order.run", noted)
    pulumi.says("preview", log=log(MORE))
    run(["up", "--yes"])
    run(["up", "--yes", "--parallel", "3"])

    assert at_once == [PARALLEL, DEPLOYING, 3, 3]
