"""What the engine prints where JSON is expected, and is something else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fleet.__main__ import run
from tests.fleet.fake_engine import FakeEngine

NO_JSON, HALF = "Welcome to the company's pulumi!\nsigned in\n", '{"deployment": {'
EXPORT = ("stack export", "pulumi stack export --stack eastus", "recover")
WHO = ("whoami", "pulumi whoami --json --verbose", "recover")
STACKS = ("stack ls", "pulumi stack ls --json", "status")
OUTPUTS = "pulumi stack output --json --stack eastus"


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        (EXPORT, NO_JSON),
        (EXPORT, HALF),
        (EXPORT, "[]"),
        (EXPORT, "{}"),
        (EXPORT, '{"deployment": null}'),
        (WHO, NO_JSON),
        (WHO, "{}"),
        (WHO, '{"url": 7}'),
        (STACKS, NO_JSON),
        (STACKS, "null"),
        (STACKS, '{"name": "eastus"}'),
        (STACKS, '[{"resourceCount": 1}]'),
        (STACKS, '["eastus"]'),
        (STACKS, '[{"name": "eastus", "lastUpdate": "now"}]'),
    ],
)
def test_what_cannot_be_read_is_one_paragraph_with_what_to_do(
    pulumi: FakeEngine, capsys: pytest.CaptureFixture[str], place: tuple[str, str, str], answer: str
) -> None:
    key, command, verb = place
    pulumi.says("stack export", out='{"deployment": {}}')
    pulumi.says(key, out=answer)

    code = run([verb, *(["eastus"] if verb == "recover" else [])])

    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (1, "", 1), err
    assert err.startswith(f"fleet: `{command}` answered with something that cannot be read (")
    assert " ".join(answer.split()) in err, "what was found"
    assert "Type that command" in err, "what to do"


@pytest.mark.parametrize("answer", [NO_JSON, "[]", "null"])
def test_outputs_that_cannot_be_read_are_a_problem_of_their_stack_alone(
    pulumi: FakeEngine, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    pulumi.says("stack output eastus", out=answer)

    assert run(["status", "--format", "json"]) == 1
    told: dict[str, Any] = {each["stack"]: each["problem"] for each in json.loads(capsys.readouterr().out)["regions"]}
    assert told["eastus"].startswith(f"`{OUTPUTS}` answered with something that cannot be read (")
    assert "cannot be read" not in told["westus3"]


def test_a_version_that_is_none_is_not_called_old(pulumi: FakeEngine, capsys: pytest.CaptureFixture[str]) -> None:
    pulumi.says("version", out="Welcome!\n")

    assert run(["status"]) == 1
    assert "`pulumi version` answered with something that is no version: Welcome!" in capsys.readouterr().err
