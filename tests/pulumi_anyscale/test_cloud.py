from __future__ import annotations

import json
import threading

import httpx
import pytest

from pulumi_anyscale import cloud
from pulumi_anyscale.errors import AnyscaleError, GaveUp, NotBegun, PartlyMade, Refusal, Unavailable
from pulumi_anyscale.waiting import Timing, Waiter
from tests.pulumi_anyscale.anyscale_fake import CLOUD, FakeAnyscale

LIST, MAKE, ONE = "GET /api/v2/clouds", "POST /api/v2/clouds/", "GET /api/v2/clouds/cld_1"


def test_a_new_cloud_is_made_as_the_vendors_command_line_makes_it_and_awaited() -> None:
    anyscale = FakeAnyscale()
    anyscale.activation_polls = 2

    made = cloud.create(CLOUD, anyscale.operation())

    assert made.object_id == "cld_1"
    assert made.state == {**CLOUD, "cloudId": "cld_1"}
    sent = json.loads(next(r for r in anyscale.requests if r.method == "POST").content)
    assert sent == {
        "name": "ray",
        "region": "eastus",
        "provider": "AZURE",
        "compute_stack": "K8S",
        "is_k8s": True,
        "is_bring_your_own_resource": True,
        "cluster_management_stack_version": "V2",
        "auto_add_user": False,
        "credentials": "",
    }
    assert anyscale.time.pauses == [5, 10], "the pauses grow while it is being made"


def test_the_one_cloud_of_the_name_is_adopted_from_any_page_and_that_is_said() -> None:
    anyscale = FakeAnyscale(page_size=2)
    for number in range(4):
        anyscale.cloud(f"cld_{number}", name=f"other-{number}")
    anyscale.cloud("cld_9")

    assert cloud.create(CLOUD, anyscale.operation()).object_id == "cld_9"
    assert anyscale.count(MAKE) == 0, "a miss on the first page is no miss"
    assert "adopted the cloud cld_9" in anyscale.warned[0]


@pytest.mark.parametrize("state", ["DELETING", "DELETED"])
def test_a_cloud_on_its_way_out_is_not_adopted(state: str) -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud("cld_1", state=state)

    assert cloud.create(CLOUD, anyscale.operation()).object_id == "cld_2"


def test_two_clouds_of_one_name_are_refused_with_their_ids() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud("cld_1")
    anyscale.cloud("cld_2")

    with pytest.raises(Refusal, match="cld_1, cld_2"):
        cloud.create(CLOUD, anyscale.operation())
    assert anyscale.count(MAKE) == 0


@pytest.mark.parametrize(("field", "value"), [("provider", "AWS"), ("region", "westus3")])
def test_a_cloud_of_the_name_that_is_another_one_is_refused(field: str, value: str) -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud(**{field: value})

    with pytest.raises(Refusal, match=f"{field} is '{value}'"):
        cloud.create(CLOUD, anyscale.operation())


def test_a_list_that_cannot_be_read_is_no_empty_list() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(LIST, status=503, times=9)

    with pytest.raises(Unavailable):
        cloud.create(CLOUD, anyscale.operation())
    assert anyscale.count(MAKE) == 0, "else a second cloud of the name is made"


@pytest.mark.parametrize("status", [504, 500, 0])
def test_a_cloud_whose_creation_went_unanswered_is_found_again(status: int) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(MAKE, status=status, committed=True)

    assert cloud.create(CLOUD, anyscale.operation()).object_id == "cld_1"
    assert len(anyscale.clouds) == 1


@pytest.mark.parametrize("status", [504, 500, 0])
def test_a_creation_without_answer_and_effect_ends_with_what_to_do_and_no_second_try(status: int) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(MAKE, status=status)

    with pytest.raises(GaveUp, match="run `pulumi up` again"):
        cloud.create(CLOUD, anyscale.operation())
    assert anyscale.count(MAKE) == 1, "the first may still take effect"
    assert cloud.create(CLOUD, anyscale.operation()).object_id == "cld_1", "the next run makes it"


@pytest.mark.parametrize("body", ["<html>", '{"result": {"name": "ray"}}'])
def test_a_body_that_does_not_tell_the_id_is_as_good_as_no_answer(body: str) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(MAKE, status=201, committed=True, body=body)

    assert cloud.create(CLOUD, anyscale.operation()).object_id == "cld_1"


@pytest.mark.parametrize("state", ["VERIFICATION_FAILED", "CREATING"])
def test_a_cloud_that_does_not_become_ready_is_recorded_all_the_same(state: str) -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud(state=state)
    anyscale.activation_polls = 10_000

    with pytest.raises(PartlyMade) as raised:
        cloud.create(CLOUD, anyscale.operation())
    assert raised.value.object_id == "cld_1", "else it is an orphan"
    assert raised.value.state["cloudId"] == "cld_1"
    assert state in str(raised.value)


def test_a_cancelled_wait_still_records_the_cloud() -> None:
    anyscale = FakeAnyscale()
    anyscale.activation_polls = 10_000
    anyscale.time.on_pause.append(anyscale.time.cancel)

    with pytest.raises(PartlyMade, match="cancel") as raised:
        cloud.create(CLOUD, anyscale.operation())
    assert raised.value.object_id == "cld_1"


def test_a_creation_that_is_cancelled_before_its_answer_still_records_the_cloud() -> None:
    anyscale = FakeAnyscale()
    anyscale.activation_polls = 10_000
    waiter, truth, release = Waiter(Timing(grace_seconds=1)), anyscale.answer, threading.Event()

    def unanswered(request: httpx.Request) -> httpx.Response:
        answer = truth(request)
        if request.method == "POST":
            waiter.cancel()
            release.wait()
        return answer

    anyscale.answer = unanswered  # type: ignore[method-assign]
    with pytest.raises(PartlyMade) as raised:
        cloud.create(CLOUD, anyscale.operation(time=waiter))
    release.set()
    assert raised.value.object_id == "cld_1", "what was sent took effect"


def test_the_programs_own_timeout_bounds_the_wait() -> None:
    anyscale = FakeAnyscale()
    anyscale.activation_polls = 10_000

    with pytest.raises(PartlyMade, match="after 20 s"):
        cloud.create(CLOUD, anyscale.operation(timeout_seconds=20))
    assert anyscale.time.now == 20


def test_an_outage_while_waiting_is_outlived() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(ONE, status=503, times=6)

    assert cloud.create(CLOUD, anyscale.operation()).object_id == "cld_1"


def test_an_update_heals_a_creation_whose_wait_had_failed() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud(state="CREATING")
    anyscale.activation_polls = 1

    assert cloud.update("cld_1", {}, CLOUD, anyscale.operation())["cloudId"] == "cld_1"
    assert anyscale.clouds["cld_1"]["state"] == "ACTIVE"


def test_a_spelling_of_anyscales_own_is_no_drift_that_would_replace_the_cloud() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud(provider="azure", region="EastUS")

    found = cloud.read("cld_1", CLOUD, {}, anyscale.operation())

    assert found
    assert found.inputs == CLOUD


def test_a_read_shows_what_is_there_and_knows_when_nothing_is() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud(region="westus3")

    found = cloud.read("cld_1", CLOUD, {}, anyscale.operation())

    assert found is not None
    assert found.inputs == {**CLOUD, "region": "westus3"}
    assert cloud.read("cld_2", CLOUD, {}, anyscale.operation()) is None
    anyscale.cloud(state="DELETED")
    assert cloud.read("cld_1", CLOUD, {}, anyscale.operation()) is None


def test_a_failing_read_is_an_error_and_not_an_absence() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(ONE, status=500)

    with pytest.raises(AnyscaleError):
        cloud.read("cld_1", CLOUD, {}, anyscale.operation())


@pytest.mark.parametrize("object_id", ["ray", "cld_", "cld_1/../cld_2", "cld_1?force=true"])
def test_an_import_by_something_else_than_the_id_is_explained(object_id: str) -> None:
    anyscale = FakeAnyscale()

    with pytest.raises(Refusal, match="cld_"):
        cloud.read(object_id, {}, {}, anyscale.operation())
    assert anyscale.calls == [], "an id is a part of the path"


def test_an_outage_after_a_lost_creation_does_not_hide_that_there_may_be_a_cloud() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(LIST, status=200, body='{"results": []}')
    anyscale.fail(MAKE, status=504, committed=True)
    anyscale.fail(LIST, status=503, times=10_000)

    with pytest.raises(GaveUp, match="504 to POST .* may have made cloud 'ray' all the same .*503.*pulumi up"):
        cloud.create(CLOUD, anyscale.operation())


def test_a_cancelled_plugin_makes_no_cloud() -> None:
    anyscale = FakeAnyscale()
    anyscale.time.cancel()

    with pytest.raises(NotBegun, match="before POST /api/v2/clouds/ was sent"):
        cloud.create(CLOUD, anyscale.operation())
    assert anyscale.count(MAKE) == 0
