from __future__ import annotations

from typing import Any

import pytest

from pulumi_anyscale import operator_ready
from pulumi_anyscale.errors import GaveUp, Interrupted, Refusal
from tests.pulumi_anyscale.anyscale_fake import FakeAnyscale

LIST = "GET /api/v2/clouds/cld_1/resources"
INPUTS = {"cloudId": "cld_1", "cloudResourceId": "cldrsrc_1", "trigger": "1.8.0", "timeoutSeconds": 900}
HEALTHY: dict[str, Any] = {
    "operator_status": "HEALTHY",
    "operator_status_details": {"operator_version": "1.8.0", "check_results": []},
}
ILL: dict[str, Any] = {
    "operator_status": "UNHEALTHY",
    "operator_status_details": {
        "operator_version": "1.8.0",
        "check_results": [
            {"name": "STORAGE_BUCKET", "status": "UNHEALTHY", "details": "403 on the container"},
            {"name": "IAM_IDENTITY", "status": "HEALTHY", "details": ""},
            {"name": "GATEWAY_RESOURCES", "status": "WARNING", "details": "no address yet"},
        ],
    },
}


def with_operator(**status: Any) -> FakeAnyscale:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    anyscale.register({"name": "eastus", **status})
    return anyscale


def test_it_waits_until_the_operator_is_healthy() -> None:
    anyscale = with_operator()
    anyscale.time.on_pause.append(lambda: anyscale.resources["cld_1"][0].update(HEALTHY))

    made = operator_ready.create(INPUTS, anyscale.operation())

    assert made.object_id == "ready-cldrsrc_1"
    assert made.state == {**INPUTS, "status": "HEALTHY", "operatorVersion": "1.8.0"}
    assert anyscale.count(LIST) == 2


def test_a_failed_wait_lists_the_failing_checks_and_where_to_look() -> None:
    anyscale = with_operator(**ILL)

    with pytest.raises(GaveUp) as raised:
        operator_ready.create({**INPUTS, "timeoutSeconds": 60}, anyscale.operation())

    text = str(raised.value)
    assert anyscale.time.now == 60
    for part in (
        "after 60 s",
        "STORAGE_BUCKET (UNHEALTHY): 403 on the container",
        "GATEWAY_RESOURCES (WARNING)",
        "kubectl",
    ):
        assert part in text
    assert "IAM_IDENTITY" not in text, "what is in order helps nobody"


@pytest.mark.parametrize(
    ("status", "said"), [({}, "it has never reported"), ({"operator_status": "DISCONNECTED"}, "does not hear from it")]
)
def test_a_silent_operator_is_told_from_an_ill_one(status: dict[str, str], said: str) -> None:
    with pytest.raises(GaveUp, match=said):
        operator_ready.create(INPUTS, with_operator(**status).operation())


def test_a_registration_that_does_not_exist_is_not_waited_for() -> None:
    anyscale = with_operator()

    with pytest.raises(Refusal, match="cldrsrc_7 is not registered"):
        operator_ready.create({**INPUTS, "cloudResourceId": "cldrsrc_7"}, anyscale.operation())
    assert anyscale.time.now == 0


def test_an_outage_while_waiting_is_outlived() -> None:
    anyscale = with_operator(**HEALTHY)
    anyscale.fail(LIST, status=503, times=7)

    assert operator_ready.create(INPUTS, anyscale.operation()).state["status"] == "HEALTHY"


def test_a_cancelled_wait_stops_at_once() -> None:
    anyscale = with_operator(**ILL)
    anyscale.time.on_pause.append(anyscale.time.cancel)

    with pytest.raises(Interrupted):
        operator_ready.create(INPUTS, anyscale.operation())


def test_only_a_changed_trigger_waits_again() -> None:
    anyscale = with_operator(**ILL)
    state = {**INPUTS, "status": "HEALTHY", "operatorVersion": "1.8.0"}

    longer = operator_ready.update("r", state, {**INPUTS, "timeoutSeconds": 60}, anyscale.operation())
    assert longer == {**state, "timeoutSeconds": 60}
    assert anyscale.calls == []
    with pytest.raises(GaveUp):
        operator_ready.update("r", state, {**INPUTS, "trigger": "1.9.0"}, anyscale.operation())


def test_a_refresh_shows_an_ill_operator_and_warns_but_changes_no_input() -> None:
    anyscale = with_operator(**ILL)

    found = operator_ready.read("r", INPUTS, {**INPUTS, "status": "HEALTHY"}, anyscale.operation())

    assert found
    assert found.inputs == INPUTS, "else the next update would wait for it"
    assert found.state["status"] == "UNHEALTHY"
    assert "STORAGE_BUCKET" in anyscale.warned[0]


def test_a_refresh_of_a_healthy_operator_says_nothing() -> None:
    anyscale = with_operator(**HEALTHY)

    assert operator_ready.read("r", INPUTS, {}, anyscale.operation())
    assert anyscale.warned == []


def test_a_wait_goes_with_its_registration() -> None:
    anyscale = with_operator(**HEALTHY)
    anyscale.resources["cld_1"].clear()
    assert operator_ready.read("r", INPUTS, {}, anyscale.operation()) is None
    anyscale.clouds.clear()
    assert operator_ready.read("r", INPUTS, {}, anyscale.operation()) is None


def test_deleting_and_importing_a_wait() -> None:
    anyscale = with_operator()
    operator_ready.delete("r", {}, anyscale.operation())
    assert anyscale.calls == [], "it owns nothing"
    with pytest.raises(Refusal, match="only a wait"):
        operator_ready.read("r", {}, {}, anyscale.operation())
