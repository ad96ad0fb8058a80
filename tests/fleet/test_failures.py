"""What is said, and what there is to type, where a command or a stack cannot go on. No real engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fleet_events import after, said

from fleet.__main__ import run
from tests.fleet.commands import CHANGES, DESTRUCTIVE, FAILED, LESS, MAP, MORE, Printed, refusal, stacks
from tests.fleet.fake_engine import FakeEngine, log


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
            "Another run holds westus3: me@host (pid 42).",
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


def test_a_primary_that_cannot_be_asked_is_not_called_undeployed(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.says("stack output eastus", err="error: get stack secrets manager: incorrect passphrase", code=255)

    assert run(["preview", "--format", "json"]) == FAILED
    told = stacks(capsys)["westus3"]
    assert told["state"] == "failed" and not pulumi.calls("preview westus3")
    assert told["error"].startswith("What eastus tells those that join it cannot be read: The passphrase does not open")
    assert told["next"] == ["fleet preview --stack westus3"]


@pytest.mark.parametrize(
    ("outputs", "why"),
    [
        ({"contract": 7}, "joins eastus, which speaks contract 7, this program speaks 1: "),
        ({"contract": 1}, "joins eastus, which has no output sharedCloudId, "),
        ({}, "joins eastus, which is not deployed yet: "),
    ],
)
def test_what_waits_says_what_its_primary_lacks(
    pulumi: FakeEngine, capsys: Printed, outputs: dict[str, Any], why: str
) -> None:
    pulumi.says("stack output eastus", out=json.dumps(outputs))

    assert run(["preview", "--format", "json"]) == CHANGES
    [note] = stacks(capsys)["westus3"]["notes"]
    assert note.startswith(why) and note.endswith("it is previewed once eastus is up")


def test_a_cut_state_names_the_recovery_of_its_own_stack_wherever_it_is_met(
    pulumi: FakeEngine, capsys: Printed
) -> None:
    pulumi.says("stack output westus3", err="error: failed to load checkpoint: EOF", code=255)

    assert run(["status", "--format", "json"]) == FAILED
    problems = [each["problem"] for each in json.loads(capsys.readouterr().out)["regions"]]
    assert "`fleet recover westus3`" in problems[1]
