"""Ctrl-C, a cancelled job, a closed terminal: each engine hears of it once, and the report says where stacks stand."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest
from fleet_events import after, before, said

from fleet.__main__ import run
from fleet.ctrl_c import heard
from fleet.engine.answers import StackRow
from fleet.engine.process import Engine
from fleet.runs import Runs
from fleet.stacks import discover
from tests.fleet.commands import FAILED, MAP, MORE
from tests.fleet.fake_engine import FakeEngine, log

SECOND = before("create", MAP, "second", new={})
STOPPED = log(MORE, after("update", MAP, "map"), SECOND, said("error", "update canceled"), whole=False)


def until(seen: Callable[[], bool], running: subprocess.Popen[str]) -> None:
    """Wait for what must come; a command that ended without it fails the test."""
    while not seen():
        assert running.poll() is None, running.communicate()
        time.sleep(0.02)


def end(running: subprocess.Popen[str]) -> tuple[dict[str, Any], str]:
    out, err = running.communicate(timeout=60)
    assert "Traceback" not in err, err
    return {each["stack"]: each for each in json.loads(out)["stacks"]}, err


@pytest.fixture
def both(pulumi: FakeEngine) -> FakeEngine:
    """Both stacks have changes, and their `up` ends when it is told to."""
    pulumi.says("preview", log=log(MORE))
    pulumi.says("up", log=STOPPED, code=255, interrupts=1)
    return pulumi


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_engine_hears_it_once_and_the_report_says_where_each_stack_is(
    both: FakeEngine, number: signal.Signals
) -> None:
    running = both.start("up", "--yes", "--format", "json")
    until(lambda: "up eastus" in both.begun(), running)
    running.send_signal(number)

    stacks, err = end(running)

    assert running.returncode == FAILED
    assert both.signals() == ["eastus"], "once"
    assert not both.locked(), "the lock was given back"
    assert "Stopping" in err, "at once, for what runs may take minutes to end"
    assert stacks["eastus"]["error"].startswith("Interrupted: what was under way was ended")
    assert [change["name"] for change in stacks["eastus"]["changes"]] == ["map"], "what was done"
    assert stacks["eastus"]["next"] == ["fleet up --stack eastus --stack westus3"]
    assert (stacks["westus3"]["state"], stacks["westus3"]["error"]) == ("skipped", "Interrupted before it began.")
    assert "up westus3" not in both.calls()


def test_every_stack_that_runs_hears_it_once(pulumi: FakeEngine) -> None:
    pulumi.says("preview", log=log(MORE), code=255, interrupts=1)
    running = pulumi.start("preview", "--parallel", "2", "--format", "json")
    until(
        lambda: (
            len(pulumi.begun()) == len(pulumi.calls())
            and {*pulumi.calls("preview")} == {"preview eastus", "preview westus3"}
        ),
        running,
    )
    running.send_signal(signal.SIGINT)

    stacks, _ = end(running)

    assert sorted(pulumi.signals()) == ["eastus", "westus3"]
    assert {each["error"].partition("\n")[0] for each in stacks.values()} == {"Interrupted: nothing was changed."}
    assert stacks["eastus"]["next"] == ["fleet preview --stack eastus"]


def test_twice_cuts_it_short_and_names_the_recovery(both: FakeEngine) -> None:
    both.says("up", log=STOPPED, code=8, interrupts=2)
    running = both.start("up", "--yes", "--format", "json")
    until(lambda: "up eastus" in both.begun(), running)
    running.send_signal(signal.SIGINT)
    until(lambda: bool(both.signals()), running)
    running.send_signal(signal.SIGINT)

    stacks, err = end(running)

    assert both.signals() == ["eastus", "eastus"]
    assert "Cutting short" in err
    assert "not recorded" in stacks["eastus"]["error"]
    assert stacks["eastus"]["next"][0] == "fleet recover eastus"
    assert stacks["westus3"]["next"][0] == "fleet recover eastus", "before anything else"


def test_a_whole_group_that_is_interrupted_interrupts_each_engine_once(both: FakeEngine) -> None:
    """As a terminal does it: engines are in sessions of their own."""
    running = both.start("up", "--yes", "--format", "json", group=True)
    until(lambda: "up eastus" in both.begun(), running)
    os.killpg(running.pid, signal.SIGINT)

    end(running)

    assert both.signals() == ["eastus"]


def test_no_engine_begins_after_it_not_even_one_that_was_about_to(pulumi: FakeEngine) -> None:
    engine = Engine(pulumi.project)
    runs = Runs(engine=engine, known={"eastus": StackRow(name="eastus")})
    engine.interrupt()

    assert runs.preview(discover(pulumi.project)[0]).state == "skipped"
    assert not pulumi.calls("preview")


def test_what_was_started_to_ignore_a_closed_terminal_still_does() -> None:
    heard_of: list[int] = []
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heard(heard_of.append):
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert heard_of == [signal.SIGTERM], "what `nohup` started goes on"


def test_an_interrupt_while_nothing_runs_is_said_in_one_line(
    pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fleet.asking.prompt", pressed)
    pulumi.says("preview", log=log(MORE))

    assert run(["up"]) == 130
    assert capsys.readouterr().err.endswith("fleet: interrupted; the same command can begin again.\n")
    assert not pulumi.calls("up")


def test_a_job_that_is_cancelled_before_any_stack_has_its_turn_ends_in_one_line(pulumi: FakeEngine) -> None:
    pulumi.says("stack ls", interrupts=9)  # a backend that does not answer
    running = pulumi.start("preview")
    until(lambda: "stack ls" in pulumi.begun(), running)
    running.send_signal(signal.SIGTERM)

    out, err = running.communicate(timeout=60)

    assert (running.returncode, out) == (130, "")
    assert err.endswith("fleet: interrupted; the same command can begin again.\n") and "Traceback" not in err


def test_a_recovery_that_is_interrupted_leaves_no_engine_behind(pulumi: FakeEngine) -> None:
    row = {"type": "creating", "resource": {"urn": "urn:pulumi:a::b::c:d:E::e", "type": "c:d:E", "inputs": {}}}
    pulumi.says("stack export", out=json.dumps({"deployment": {"pending_operations": [row]}}))
    pulumi.says("whoami", out='{"url": "file:///x"}')
    pulumi.says("stack init", err="error: stack 'eastus' already exists", code=255)
    pulumi.says("refresh", log=log(), interrupts=1)
    running = pulumi.start("recover", "eastus", "--yes")
    until(lambda: "refresh eastus" in pulumi.begun(), running)
    running.send_signal(signal.SIGTERM)

    _, err = running.communicate(timeout=60)

    assert running.returncode == 130 and "Traceback" not in err, err
    assert pulumi.signals() == ["eastus"]
    assert not pulumi.locked()


def test_reading_outputs_of_a_backend_that_does_not_answer_can_be_interrupted(pulumi: FakeEngine) -> None:
    pulumi.says("stack output", interrupts=9)
    pulumi.says("stack output eastus", interrupts=9)
    running = pulumi.start("status")
    until(lambda: {*pulumi.begun()} >= {"stack output eastus", "stack output westus3"}, running)
    running.send_signal(signal.SIGINT)

    out, err = running.communicate(timeout=60)

    assert (running.returncode, out) == (130, ""), err
    assert err.endswith("fleet: interrupted; the same command can begin again.\n") and "Traceback" not in err
