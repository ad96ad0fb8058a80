"""`fleet up` with what was seen and allowed before: that is done, and nothing else that is destructive."""

from __future__ import annotations

import json

import pytest
from fleet_events import ACCOUNT, POOL, after, before

from fleet.__main__ import run
from fleet.leave import Leave, losses
from fleet.show.masking import masked_report
from tests.fleet import fleets
from tests.fleet.fake_engine import FakeEngine, log
from tests.fleet.fleets import done, fleet

DONE, FAILED, DESTRUCTIVE = 0, 1, 3
Printed = pytest.CaptureFixture[str]
GONE = before("delete", POOL, "westus3-h200", old={"maxCount": 1})
CHANGED = before("update", "kubernetes:core/v1:ConfigMap", "map", old={"data": 1}, new={"data": 2})
MORE = before("delete", ACCOUNT, "westus3-data", old={"location": "westus3"})
SEEN = f"westus3: delete {POOL} westus3-h200"


@pytest.fixture
def westus3(pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """westus3 loses a pool, which was seen and allowed."""
    pulumi.says("preview westus3", log=log(GONE))
    pulumi.says("up westus3", log=log(GONE, after("delete", POOL, "westus3-h200")))
    monkeypatch.setenv("FLEET_ALLOWED", json.dumps([SEEN]))
    return pulumi


def test_what_was_seen_and_allowed_is_done(westus3: FakeEngine) -> None:
    assert run(["up", "--yes", "--stack", "westus3"]) == DONE
    assert westus3.calls("up") == ["up westus3"]


def test_what_came_after_the_gate_stops_the_stack_and_is_named(westus3: FakeEngine, capsys: Printed) -> None:
    westus3.says("preview westus3", log=log(GONE, MORE))

    assert run(["up", "--yes", "--stack", "westus3"]) == DESTRUCTIVE
    assert not westus3.calls("up")
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"westus3: delete {ACCOUNT} westus3-data" in said and SEEN not in said, "what is new, and that alone"
    assert "workflow `deploy`" in said and "--allow-destructive" not in said, "it would allow what nobody has seen"


OTHERS = {
    "another operation": f"westus3: replace {POOL} westus3-h200",
    "another resource": f"westus3: delete {POOL} westus3-a100",
    "another stack": f"eastus: delete {POOL} westus3-h200",
}


@pytest.mark.parametrize("allowed", OTHERS.values(), ids=OTHERS)
def test_leave_for_one_thing_is_none_for_another(
    westus3: FakeEngine, monkeypatch: pytest.MonkeyPatch, allowed: str
) -> None:
    monkeypatch.setenv("FLEET_ALLOWED", json.dumps([allowed]))

    assert run(["up", "--yes", "--stack", "westus3"]) == DESTRUCTIVE
    assert not westus3.calls("up")


def test_a_gate_that_allowed_nothing_allows_nothing(
    westus3: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.setenv("FLEET_ALLOWED", "[]")

    assert run(["up", "--yes", "--stack", "westus3"]) == DESTRUCTIVE
    assert "--allow-destructive" not in capsys.readouterr().err


def test_it_holds_for_what_is_previewed_in_the_middle_too(
    westus3: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    westus3.tells("eastus", "cld_1", cloud_id="")
    westus3.says("preview eastus", log=log(CHANGED))
    westus3.says("preview westus3", log=log(GONE, MORE))

    assert run(["up", "--yes", "--format", "json"]) == FAILED
    error = {each["stack"]: each["error"] for each in json.loads(capsys.readouterr().out)["stacks"]}["westus3"]
    assert "westus3-data" in error and "westus3-h200" not in error
    assert westus3.calls("up") == ["up eastus"]

    westus3.tells("eastus", "cld_1", cloud_id="")
    monkeypatch.setenv("FLEET_ALLOWED", json.dumps([SEEN, f"westus3: delete {ACCOUNT} westus3-data"]))
    assert run(["up", "--yes"]) == DONE


def test_no_variable_of_the_environment_allows_all(westus3: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLEET_ALLOWED")
    monkeypatch.setenv("FLEET_ALLOW_DESTRUCTIVE", "true")

    assert run(["up", "--yes"]) == DESTRUCTIVE


@pytest.mark.parametrize("text", ["westus3", "{}", "[1]", '"all"'])
def test_what_is_no_list_of_changes_is_refused(
    westus3: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed, text: str
) -> None:
    monkeypatch.setenv("FLEET_ALLOWED", text)

    assert run(["up", "--yes"]) == FAILED
    assert "FLEET_ALLOWED" in capsys.readouterr().err
    assert not westus3.calls("up")


def test_all_and_a_list_at_once_is_refused(westus3: FakeEngine, capsys: Printed) -> None:
    assert run(["up", "--yes", "--allow-destructive"]) == FAILED
    assert "--allow-destructive" in capsys.readouterr().err
    assert not westus3.calls("up")


def test_what_an_artifact_may_not_tell_is_recognised_all_the_same() -> None:
    change = fleets.NO_POOL.model_copy(update={"name": f"pool-{fleets.SUBSCRIPTION}"})
    seen = masked_report(fleet(done("eastus", change)))

    handed = json.dumps(losses(seen.stacks[0]))

    assert fleets.SUBSCRIPTION not in handed
    assert not Leave.of(handed, everything=False).lacks(done("eastus", change))


def test_only_what_is_destructive_needs_leave() -> None:
    assert not losses(done("eastus", fleets.UPGRADE, fleets.NEW_POOL, fleets.MORE_NODES))
    assert len(losses(done("eastus", fleets.NEW_CLUSTER, fleets.NO_POOL, fleets.FREED))) == 3
