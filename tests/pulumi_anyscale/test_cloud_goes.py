from __future__ import annotations

import pytest

from pulumi_anyscale import cloud
from pulumi_anyscale.errors import Conflict, GaveUp, Refusal
from tests.pulumi_anyscale.anyscale_fake import FakeAnyscale, registration


def test_a_cloud_is_deleted_in_the_vendors_order() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    primary = anyscale.register({"name": "k8s-azure-eastus"})
    anyscale.system[primary["cloud_resource_id"]] = "Running"

    cloud.delete("cld_1", {}, anyscale.operation())

    writes = [call for call in anyscale.calls if not call.startswith("GET")]
    assert [call.split("/api/v2/")[1] for call in writes] == [
        "system_workload/cld_1/terminate",
        "system_workload/cld_1/describe",
        "clouds/cld_1/state",
        "clouds/cld_1",
    ]
    assert anyscale.clouds == {}


def test_a_cloud_is_not_taken_from_under_other_regions() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    for name in ("k8s-azure-eastus", "k8s-azure-westus3"):
        anyscale.register(registration(name=name))

    with pytest.raises(Refusal, match=r"\(k8s-azure-westus3\).*destroy those stacks first"):
        cloud.delete("cld_1", {}, anyscale.operation())
    assert not [call for call in anyscale.calls if not call.startswith("GET")], "nothing was begun"


@pytest.mark.parametrize("call", ["GET .*/resources", "PUT .*/state", "DELETE .*"])
def test_a_cloud_that_is_gone_is_deleted(call: str) -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    anyscale.fail(call, status=404)

    cloud.delete("cld_1", {}, anyscale.operation())


def test_a_busy_cloud_is_tried_within_bounds_and_then_named() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    anyscale.workloads = ["a job"]

    with pytest.raises(GaveUp, match="1 associated Clusters") as raised:
        cloud.delete("cld_1", {}, anyscale.operation())
    assert isinstance(raised.value.__cause__, Conflict)
    assert anyscale.time.now == 900
    assert max(anyscale.time.pauses) == 60, "pauses grow no further"


def test_the_steps_of_a_deletion_share_one_bound() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    anyscale.system[anyscale.register({"name": "k8s-azure-eastus"})["cloud_resource_id"]] = "stuck"
    anyscale.workloads = ["a job"]

    with pytest.raises(GaveUp, match="within 60 s"):
        cloud.delete("cld_1", {}, anyscale.operation(timeout_seconds=60))
    assert anyscale.time.now == 60, "the program's own timeout is that of the whole deletion"


def test_a_deletion_that_anyscale_does_not_finish_stays_in_the_state() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    anyscale.fail("DELETE .*", status=200, body="{}")

    with pytest.raises(GaveUp, match="destroy again"):
        cloud.delete("cld_1", {}, anyscale.operation())


def test_a_deletion_whose_answer_was_lost_is_no_error() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    anyscale.fail("DELETE .*", status=504, committed=True)

    cloud.delete("cld_1", {}, anyscale.operation())
