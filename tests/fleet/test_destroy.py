"""`fleet destroy`: what is asked, what goes last, what is gone on with. No real engine."""

from __future__ import annotations

import sys

import pytest
from fleet_events import POOL, after, said

from fleet.__main__ import run
from tests.fleet.commands import DONE, FAILED, LESS, Printed, Typist, stacks
from tests.fleet.fake_engine import FakeEngine, log


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
