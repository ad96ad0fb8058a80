from __future__ import annotations

from typing import Any

import pytest

from pulumi_anyscale import drain
from pulumi_anyscale.errors import GaveUp, Interrupted, Refusal, Unavailable
from tests.pulumi_anyscale.anyscale_fake import FakeAnyscale

END = "POST /api/v2/system_workload/cld_1/terminate"
LOOK = "POST /api/v2/system_workload/cld_1/describe"
CLUSTERS = "GET /api/v2/decorated_sessions/"
PRIMARY = {
    "cloudId": "cld_1",
    "cloudResourceId": "cldrsrc_1",
    "clusterId": "a",
    "primary": True,
    "timeoutSeconds": 900,
}
JOINED = {**PRIMARY, "cloudResourceId": "cldrsrc_2", "primary": False}


def regions(*names: str, **fields: Any) -> FakeAnyscale:
    """A cloud with these regions, each with a running system workload."""
    anyscale = FakeAnyscale()
    anyscale.cloud()
    for name in names:
        made = anyscale.register({"name": name, "operator_status": "HEALTHY", **fields})
        anyscale.system[made["cloud_resource_id"]] = "Running"
    return anyscale


def test_creating_refreshing_and_changing_a_drain_calls_nobody() -> None:
    anyscale = FakeAnyscale()
    operation = anyscale.operation()

    assert drain.create(PRIMARY, operation).object_id == "drain-cldrsrc_1", "stable, so that it can be found again"
    found = drain.read("drain-cldrsrc_1", PRIMARY, PRIMARY, operation)
    assert found
    assert found.inputs == PRIMARY
    assert drain.update("drain-cldrsrc_1", PRIMARY, {**PRIMARY, "primary": False}, operation)["primary"] is False
    assert anyscale.calls == []


def test_the_primary_ends_its_system_workload_and_waits_for_that() -> None:
    anyscale = regions("eastus")

    drain.delete("d", PRIMARY, anyscale.operation())

    assert anyscale.system == {"cldrsrc_1": "Terminated"}
    assert anyscale.calls.index(END) < anyscale.calls.index(LOOK)


def test_the_primary_refuses_while_other_regions_are_registered() -> None:
    anyscale = regions("eastus", "westus3", "northeurope")

    with pytest.raises(Refusal, match=r"\(northeurope, westus3\).*destroy those stacks first"):
        drain.delete("d", PRIMARY, anyscale.operation())
    assert anyscale.system["cldrsrc_1"] == "Running", "nothing was begun"


def test_a_joined_region_ends_its_own_system_workload_and_no_other() -> None:
    anyscale = regions("eastus", "westus3")

    drain.delete("d", JOINED, anyscale.operation())

    assert anyscale.system == {"cldrsrc_1": "Running", "cldrsrc_2": "Terminated"}


@pytest.mark.parametrize("status", [404, 409])
def test_a_system_workload_that_is_not_there_or_has_ended_is_fine(status: int) -> None:
    anyscale = regions("eastus")
    anyscale.system["cldrsrc_1"] = "Terminated"
    anyscale.fail(END, status=status)

    drain.delete("d", PRIMARY, anyscale.operation())


def test_a_cloud_or_a_registration_that_is_gone_needs_no_drain() -> None:
    drain.delete("d", PRIMARY, FakeAnyscale().operation())
    anyscale = regions("eastus")
    drain.delete("d", JOINED, anyscale.operation())

    assert anyscale.count(END) == 0


def test_a_system_workload_that_does_not_end_stops_the_destruction_after_the_bound() -> None:
    anyscale = regions("eastus")
    anyscale.system["cldrsrc_1"] = "stuck"

    with pytest.raises(GaveUp, match=r"eastus has not ended after 900 s \(last seen: Terminating\)"):
        drain.delete("d", PRIMARY, anyscale.operation())
    assert anyscale.time.now == 900


@pytest.mark.parametrize("status", ["DISCONNECTED", "UNSPECIFIED", None])
def test_a_lost_region_is_given_up_after_the_bound_and_that_is_said(status: str | None) -> None:
    anyscale = regions("eastus", operator_status=status)
    anyscale.system["cldrsrc_1"] = "stuck"

    drain.delete("d", {**PRIMARY, "timeoutSeconds": 60}, anyscale.operation())

    assert anyscale.time.now == 60, "it must not hang for ever"
    assert f"is Terminating and its operator is {status or 'UNSPECIFIED'}" in anyscale.warned[0]


def test_the_primary_waits_for_jobs_before_it_touches_anything() -> None:
    anyscale = regions("eastus")
    anyscale.users = {"training": "Running", "serving": "AwaitingStartup", "nightly": "Terminated"}

    def one_ends() -> None:
        anyscale.users.pop(next(iter(anyscale.users)))

    anyscale.time.on_pause.append(one_ends)

    drain.delete("d", PRIMARY, anyscale.operation())

    assert len(anyscale.time.pauses) == 2, "one a job; what has ended holds nothing"
    assert anyscale.calls.index(END) > max(i for i, call in enumerate(anyscale.calls) if call == CLUSTERS)


def test_jobs_that_go_on_keep_the_primary_whole_and_are_named() -> None:
    anyscale = regions("eastus")
    anyscale.users = dict.fromkeys(map("job-{}".format, range(7)), "Running")

    with pytest.raises(GaveUp, match=r"eastus has not ended after 900 s .*job-0 \(Running\).* and 2 more.*terminate"):
        drain.delete("d", PRIMARY, anyscale.operation())
    assert anyscale.system["cldrsrc_1"] == "Running", "nothing was begun"


def test_jobs_of_a_lost_primary_are_given_up_within_the_one_bound() -> None:
    anyscale = regions("eastus", operator_status="DISCONNECTED")
    anyscale.users, anyscale.system["cldrsrc_1"] = {"training": "Running"}, "stuck"

    drain.delete("d", PRIMARY, anyscale.operation())

    assert anyscale.time.now == 900
    assert "what users run on eastus is training (Running)" in anyscale.warned[0]
    assert "system workload" in anyscale.warned[1]


def test_a_joined_region_leaves_jobs_to_its_registration_since_the_list_is_the_whole_clouds() -> None:
    anyscale = regions("eastus", "westus3")
    anyscale.users = {"training": "Running"}

    drain.delete("d", JOINED, anyscale.operation())

    assert anyscale.count(CLUSTERS) == 0


@pytest.mark.parametrize("status", [400, 404, 422])
def test_where_anyscale_does_not_tell_what_runs_nothing_goes_and_a_way_on_is_shown(status: int) -> None:
    anyscale = regions("eastus")
    anyscale.fail(CLUSTERS, status=status)

    with pytest.raises(Refusal, match=rf"answered {status}.*a fault.*`pulumi state delete <its URN>`"):
        drain.delete("d", PRIMARY, anyscale.operation())
    assert anyscale.system["cldrsrc_1"] == "Running", "nothing was begun"


def test_only_states_in_which_something_runs_are_asked_for_and_every_page_is_read() -> None:
    anyscale = FakeAnyscale(page_size=1)
    anyscale.cloud()
    anyscale.users = {"done": "Terminated", "training": "Running"}

    found = anyscale.operation().api.clusters("cld_1", states=("Running", "Updating"))

    assert [cluster["name"] for cluster in found] == ["done", "training"]
    assert all(request.url.params.get_list("state_filter") == ["Running", "Updating"] for request in anyscale.requests)


def test_an_outage_during_the_drain_is_outlived() -> None:
    anyscale = regions("eastus")
    anyscale.fail(CLUSTERS, status=503, times=4)
    anyscale.fail(END, status=503, times=4)
    anyscale.fail(LOOK, status=503, times=4)

    drain.delete("d", PRIMARY, anyscale.operation())

    assert anyscale.system == {"cldrsrc_1": "Terminated"}


def test_a_list_that_cannot_be_read_stops_the_destruction() -> None:
    anyscale = regions("eastus")
    anyscale.fail("GET .*", status=503, times=9)

    with pytest.raises(Unavailable):
        drain.delete("d", PRIMARY, anyscale.operation())
    assert anyscale.count(END) == 0, "other regions may be registered"


def test_a_cancelled_drain_stops_at_once() -> None:
    anyscale = regions("eastus")
    anyscale.system["cldrsrc_1"] = "stuck"
    anyscale.time.on_pause.append(anyscale.time.cancel)

    with pytest.raises(Interrupted):
        drain.delete("d", PRIMARY, anyscale.operation())


def test_a_registration_that_goes_during_the_drain_needs_none() -> None:
    anyscale = regions("eastus")
    anyscale.system["cldrsrc_1"] = "stuck"
    anyscale.time.on_pause.append(anyscale.resources["cld_1"].clear)

    drain.delete("d", PRIMARY, anyscale.operation())


def test_a_drain_cannot_be_imported() -> None:
    with pytest.raises(Refusal, match="only a guard"):
        drain.read("drain-cldrsrc_1", {}, {}, FakeAnyscale().operation())
