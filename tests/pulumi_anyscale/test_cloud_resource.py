from __future__ import annotations

import json
import threading

import httpx
import pytest

from pulumi_anyscale import cloud_resource
from pulumi_anyscale.documents import cloud_resource_document, inputs_of
from pulumi_anyscale.errors import AnyscaleError, Conflict, NotBegun, PartlyMade, Refusal
from pulumi_anyscale.registration import INPUTS
from pulumi_anyscale.waiting import Timing, Waiter
from tests.pulumi_anyscale.anyscale_fake import (
    ADD,
    CHANGE,
    DEPLOYMENT,
    ID,
    LIST,
    registration,
    with_cloud,
)


def test_a_registration_is_sent_in_the_vendors_words_and_its_id_is_read_back() -> None:
    anyscale = with_cloud()

    made = cloud_resource.create(registration(), anyscale.operation())

    assert made.object_id == ID
    assert made.state == {**registration(), "cloudResourceId": "cldrsrc_1", "isDefault": True}
    assert json.loads(next(r for r in anyscale.requests if r.url.path.endswith("add_resource")).content) == DEPLOYMENT
    assert anyscale.calls.index(LIST) < anyscale.calls.index(ADD), "look before anything is made"
    assert anyscale.calls[-1] == LIST, "the answer to a write only repeats the request"


def test_every_property_has_its_place_in_the_document_and_comes_back_from_it() -> None:
    everything = registration(
        networkingMode="PRIVATE", bucketRegion="westus3", zones=["1", "2"], redisEndpoint="redis:6379"
    )

    assert {*everything} == {row.name for row in INPUTS}, "this test must know every property"
    assert {**inputs_of(cloud_resource_document(everything)), "cloudId": "cld_1"} == everything


@pytest.mark.parametrize("status", [500, 502, 503, 504, 0])
@pytest.mark.parametrize("committed", [True, False])
def test_a_lost_answer_makes_neither_a_duplicate_nor_an_orphan(status: int, committed: bool) -> None:
    anyscale = with_cloud()
    anyscale.fail(ADD, status=status, committed=committed, times=1 if committed else 3)

    made = cloud_resource.create(registration(), anyscale.operation())

    assert made.state["cloudResourceId"] == "cldrsrc_1"
    assert len(anyscale.resources["cld_1"]) == 1
    assert anyscale.count(ADD) == (1 if committed else 4)


def test_a_cloud_that_is_never_provisioned_ends_the_tries_within_fifteen_minutes() -> None:
    anyscale = with_cloud()
    anyscale.fail(ADD, status=504, times=10_000)

    with pytest.raises(PartlyMade, match="not registered within 900 s") as raised:
        cloud_resource.create(registration(), anyscale.operation())
    assert anyscale.time.now >= 900
    assert raised.value.object_id == ID, "the last try may take effect late: a destroy must know of it"


def test_an_outage_that_hides_the_list_after_a_lost_answer_is_outlived() -> None:
    anyscale = with_cloud()
    anyscale.fail(LIST, status=200, body='{"results": []}')  # the look before
    anyscale.fail(ADD, status=504, committed=True)
    anyscale.fail(LIST, status=503, times=3)

    assert cloud_resource.create(registration(), anyscale.operation()).state["cloudResourceId"] == "cldrsrc_1"
    assert len(anyscale.resources["cld_1"]) == 1


def test_an_outage_after_an_accepted_registration_is_outlived() -> None:
    anyscale = with_cloud()
    anyscale.fail(LIST, status=200, body='{"results": []}')  # the look before
    anyscale.fail(LIST, status=503, times=6)

    assert cloud_resource.create(registration(), anyscale.operation()).object_id == ID


def test_when_nothing_can_be_known_the_id_is_recorded() -> None:
    anyscale = with_cloud()
    anyscale.fail(ADD, status=504, times=10_000)
    anyscale.fail(LIST, status=200, body='{"results": []}')
    anyscale.fail(LIST, status=503, times=10_000)

    with pytest.raises(PartlyMade) as raised:
        cloud_resource.create(registration(), anyscale.operation())
    assert raised.value.object_id == ID


def test_a_cancelled_registration_that_took_effect_is_recorded() -> None:
    anyscale = with_cloud()
    anyscale.fail(LIST, status=200, body='{"results": []}', times=2)
    anyscale.fail(ADD, status=504, committed=True)
    anyscale.time.on_pause.append(anyscale.time.cancel)

    with pytest.raises(PartlyMade, match="cancel") as raised:
        cloud_resource.create(registration(), anyscale.operation())
    assert raised.value.object_id == ID


def test_a_registration_whose_list_is_silent_after_a_cancellation_is_recorded() -> None:
    anyscale, release = with_cloud(), threading.Event()
    waiter, truth = Waiter(Timing(grace_seconds=0.01)), anyscale.answer

    def silent(request: httpx.Request) -> httpx.Response:
        answer = truth(request)
        if request.method == "PUT":
            waiter.cancel()
        if anyscale.count(ADD):
            release.wait()
        return answer

    anyscale.answer = silent  # type: ignore[method-assign]
    with pytest.raises(PartlyMade, match="cancel") as raised:
        cloud_resource.create(registration(), anyscale.operation(time=waiter))
    release.set()
    assert raised.value.object_id == ID, "it was sent, and took effect"


def test_a_cancelled_plugin_begins_no_registration() -> None:
    anyscale = with_cloud()
    anyscale.time.cancel()

    with pytest.raises(NotBegun, match="before PUT .*add_resource was sent"):
        cloud_resource.create(registration(), anyscale.operation())
    assert anyscale.count(ADD) == 0


def test_a_registration_that_anyscale_writes_down_otherwise_is_recorded_and_not_taken_for_anothers() -> None:
    anyscale = with_cloud()
    anyscale.fail(LIST, status=200, body='{"results": []}')
    body = {"results": [{**DEPLOYMENT, "region": "westus3", "cloud_resource_id": "cldrsrc_1"}]}
    anyscale.fail(LIST, status=200, body=json.dumps(body), times=9)

    with pytest.raises(PartlyMade, match="region is 'westus3' and not 'eastus'") as raised:
        cloud_resource.create(registration(), anyscale.operation())
    assert raised.value.state["cloudResourceId"] == "cldrsrc_1", "this run made it"


def test_a_different_registration_that_appears_in_the_meantime_is_refused_and_not_owned() -> None:
    anyscale = with_cloud()
    anyscale.register({**DEPLOYMENT, "region": "westus3"})
    anyscale.fail(LIST, status=200, body='{"results": []}')

    with pytest.raises(Refusal, match="region is 'westus3'"):
        cloud_resource.create(registration(), anyscale.operation())


def test_an_equal_registration_of_the_name_is_taken_over() -> None:
    anyscale = with_cloud()
    anyscale.register(DEPLOYMENT)

    assert cloud_resource.create(registration(), anyscale.operation()).state["cloudResourceId"] == "cldrsrc_1"
    assert anyscale.count(ADD) == 0


def test_a_registration_that_appears_in_the_meantime_is_taken_over() -> None:
    anyscale = with_cloud()
    anyscale.register(DEPLOYMENT)
    anyscale.fail(LIST, status=200, body='{"results": []}')

    assert cloud_resource.create(registration(), anyscale.operation()).state["cloudResourceId"] == "cldrsrc_1"
    assert anyscale.count(ADD) == 1, "it was refused as a duplicate"
    assert "cldrsrc_1 has the name" in anyscale.told[0]


def test_a_conflict_without_a_registration_of_the_name_is_shown_as_it_is() -> None:
    anyscale = with_cloud()
    anyscale.fail(ADD, status=409, body='{"detail": "still being applied"}')

    with pytest.raises(Conflict, match="still being applied"):
        cloud_resource.create(registration(), anyscale.operation())


def test_a_different_registration_of_the_name_is_refused_with_the_difference() -> None:
    anyscale = with_cloud()
    anyscale.register({**DEPLOYMENT, "region": "westus3"})

    with pytest.raises(Refusal, match=r"region is 'westus3' and not 'eastus'.*choose another name"):
        cloud_resource.create(registration(), anyscale.operation())


def test_what_can_be_changed_is_changed_when_a_registration_is_taken_over() -> None:
    anyscale = with_cloud()
    anyscale.register({**DEPLOYMENT, "file_storage": {"persistent_volume_claim": "old"}})

    cloud_resource.create(registration(), anyscale.operation())

    assert anyscale.resources["cld_1"][0]["file_storage"] == {"persistent_volume_claim": "blob-fuse2"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refused_registration_is_no_orphan(status: int) -> None:
    anyscale = with_cloud()
    anyscale.fail(ADD, status=status)

    with pytest.raises(AnyscaleError) as raised:
        cloud_resource.create(registration(), anyscale.operation())
    assert not isinstance(raised.value, PartlyMade), "nothing exists that would have to be recorded"


def test_an_update_sends_the_whole_object_with_its_id_in_a_list() -> None:
    anyscale = with_cloud()
    anyscale.register(DEPLOYMENT)
    wanted = registration(zones=["1", "2"], persistentVolumeClaim=None)

    state = cloud_resource.update(ID, {}, wanted, anyscale.operation())

    sent = json.loads(next(r for r in anyscale.requests if f"{r.method} {r.url.path}" == CHANGE).content)
    assert sent == [{**cloud_resource_document(wanted), "cloud_resource_id": "cldrsrc_1"}]
    assert state["cloudResourceId"] == "cldrsrc_1"
    assert anyscale.count(ADD) == 0


def test_an_update_that_anyscale_does_not_carry_out_is_an_error() -> None:
    anyscale = with_cloud()
    anyscale.register(DEPLOYMENT)
    anyscale.fail(CHANGE, status=200, body="{}")

    with pytest.raises(Refusal, match=r"accepted the change .* but did not make it: zones"):
        cloud_resource.update(ID, {}, registration(zones=["1"]), anyscale.operation())


def test_an_update_registers_what_a_failed_creation_left_as_an_id_only() -> None:
    anyscale = with_cloud()

    assert cloud_resource.update(ID, {}, registration(), anyscale.operation())["cloudResourceId"] == "cldrsrc_1"
