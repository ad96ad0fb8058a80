from __future__ import annotations

import re

import pytest

from pulumi_anyscale import cloud_resource
from pulumi_anyscale.cloud_resource import CLOUD_RESOURCE
from pulumi_anyscale.errors import GaveUp, Refusal
from pulumi_anyscale.properties import UNKNOWN
from pulumi_anyscale.registration import INPUTS
from tests.pulumi_anyscale.anyscale_fake import (
    DEPLOYMENT,
    ID,
    LIST,
    REMOVE,
    FakeAnyscale,
    registration,
    with_cloud,
)


def joined() -> FakeAnyscale:
    anyscale = with_cloud()
    anyscale.register({**DEPLOYMENT, "name": "primary"})
    anyscale.register(DEPLOYMENT)
    return anyscale


def test_a_registration_is_removed_by_its_name() -> None:
    anyscale = joined()

    cloud_resource.delete(ID, {}, anyscale.operation())

    assert [found["name"] for found in anyscale.resources["cld_1"]] == ["primary"]


def test_the_primary_resource_is_left_to_the_cloud_and_that_is_said() -> None:
    anyscale = with_cloud()
    anyscale.register(DEPLOYMENT)

    cloud_resource.delete(ID, {}, anyscale.operation())

    assert anyscale.count(REMOVE) == 0
    assert "goes with the cloud" in anyscale.told[0]


def test_a_primary_resource_that_only_the_server_knows_as_such_is_no_error() -> None:
    anyscale = joined()
    anyscale.fail(REMOVE, status=400, body='{"detail": "cannot remove the primary resource"}')

    cloud_resource.delete(ID, {}, anyscale.operation())


@pytest.mark.parametrize("call", [LIST, REMOVE])
def test_what_is_already_gone_is_removed(call: str) -> None:
    anyscale = joined()
    anyscale.fail(call, status=404)

    cloud_resource.delete(ID, {}, anyscale.operation())


def test_a_removal_waits_for_workloads_to_end() -> None:
    anyscale = joined()
    anyscale.workloads = ["a job"]
    anyscale.time.on_pause.append(anyscale.workloads.clear)

    cloud_resource.delete(ID, {}, anyscale.operation())

    assert anyscale.count(REMOVE) == 2


def test_a_removal_gives_up_after_fifteen_minutes_and_names_what_runs() -> None:
    anyscale = joined()
    anyscale.workloads = ["a job"]

    anyscale.resources["cld_1"][1]["operator_status"] = "UNHEALTHY"

    with pytest.raises(GaveUp, match=r"whose operator must live until then.*900 s.*1 associated Clusters"):
        cloud_resource.delete(ID, {}, anyscale.operation())
    assert anyscale.time.now == 900


@pytest.mark.parametrize("status", ["DISCONNECTED", "UNSPECIFIED", None])
def test_a_lost_region_is_let_go_after_the_bound_and_what_stays_registered_is_said(status: str | None) -> None:
    anyscale = joined()
    anyscale.workloads = ["a job"]
    anyscale.resources["cld_1"][1]["operator_status"] = status

    cloud_resource.delete(ID, {}, anyscale.operation())

    assert anyscale.time.now == 900
    assert re.search(rf"left k8s-azure-eastus registered.*is {status or 'UNSPECIFIED'}.*1 assoc.*", anyscale.warned[0])


def test_what_goes_while_it_is_waited_for_is_gone() -> None:
    anyscale = joined()
    anyscale.fail(REMOVE, status=503, times=99)
    anyscale.time.on_pause.append(lambda: anyscale.resources["cld_1"].__delitem__(slice(1, None)))

    cloud_resource.delete(ID, {}, anyscale.operation())

    assert anyscale.warned == [], "nothing is left registered"


def test_a_removal_whose_answer_was_lost_is_no_error() -> None:
    anyscale = joined()
    anyscale.fail(REMOVE, status=0, committed=True)

    cloud_resource.delete(ID, {}, anyscale.operation())


@pytest.mark.parametrize("name", [row.name for row in INPUTS if row.replaces and row.name != "cloudId"])
def test_the_primary_resource_cannot_be_replaced_alone(name: str) -> None:
    state = {"isDefault": True}

    with pytest.raises(Refusal, match=f"{name} changes"):
        CLOUD_RESOURCE.diff(state, registration(), registration(**{name: "other"}))
    both = CLOUD_RESOURCE.diff(state, registration(), registration(**{name: "other"}, cloudId=UNKNOWN))
    assert both, "with its cloud it can"
    assert CLOUD_RESOURCE.diff({"isDefault": False}, registration(), registration(**{name: "other"}))


def test_what_can_be_changed_in_place_is_exactly_this() -> None:
    assert [row.name for row in INPUTS if not row.replaces] == ["persistentVolumeClaim", "zones", "redisEndpoint"]
