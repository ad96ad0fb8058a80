"""That previews are held against the rules, by the command itself."""

from __future__ import annotations

from typing import Any

import pytest
from fleet_events import ACCOUNT, before

from fleet.__main__ import run
from fleet.report import DESTRUCTIVE
from tests.fleet.commands import FAILED, LESS, Printed, stacks
from tests.fleet.fake_engine import FakeEngine, log

SUBNET = "azure-native:network:Subnet"
KEYS_ON = before("create", ACCOUNT, "eastus-data", new={"allowSharedKeyAccess": True})
OTHER_ADDRESSES = before("update", SUBNET, "nodes", old={}, new={}, detailed={"addressPrefix": "update"})


@pytest.mark.parametrize(
    ("event", "rule"), [(KEYS_ON, "storage-sign-in"), (OTHER_ADDRESSES, "azure-refuses")], ids=["policy", "Azure"]
)
def test_a_preview_that_breaks_a_rule_fails_and_nothing_is_deployed(
    pulumi: FakeEngine, capsys: Printed, event: dict[str, Any], rule: str
) -> None:
    pulumi.says("preview eastus", log=log(event))

    assert run(["preview", "--format", "json"]) == FAILED
    found = stacks(capsys)["eastus"]["brokenRules"]
    assert (rule, "error") in {(each["rule"], each["severity"]) for each in found}
    assert run(["up", "--yes"]) == FAILED
    assert not pulumi.calls("up")


def test_a_pipeline_hands_on_leave_for_what_was_seen_and_no_variable_gives_it_for_all(
    pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi.says("preview westus3", log=log(LESS))
    monkeypatch.setenv("FLEET_ALLOW_DESTRUCTIVE", "true")

    assert run(["up", "--yes"]) == DESTRUCTIVE
    assert not pulumi.calls("up")
