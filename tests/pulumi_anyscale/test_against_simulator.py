"""The plugin's functions against the simulated Anyscale, which other tests hold against the vendor's own client."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pulumi_anyscale import cloud, cloud_resource, drain, operator_ready
from pulumi_anyscale.api import Api
from pulumi_anyscale.client import Client
from pulumi_anyscale.errors import GaveUp, Refusal
from pulumi_anyscale.handler import Operation
from pulumi_anyscale.waiting import Timing, Waiter
from simulator.anyscale import Fault, Faults, Polls, serve
from simulator.world import World
from tests.pulumi_anyscale.anyscale_fake import CLOUD, registration

ADD = "/api/v2/clouds/[^/]+/add_resource"


@contextmanager
def anyscale(folder: Path, *faults: Fault, polls: Polls | None = None) -> Generator[Operation]:
    coming = Faults(faults)
    with serve(World(folder), faults=coming, polls=polls) as url:
        waiter = Waiter(Timing(poll_seconds=0.01))
        environment = {"ANYSCALE_HOST": url, "ANYSCALE_CLI_TOKEN": "sss_simulated"}
        client = Client(environment=environment, home=folder, waiter=waiter)
        yield Operation(api=Api(client), waiter=waiter, tell=lambda _: None, warn=lambda _: None)
        assert coming.unused == (), "a fault that never struck proves nothing"


def test_two_regions_come_and_go(tmp_path: Path) -> None:
    with anyscale(tmp_path) as operation:
        made = cloud.create(CLOUD, operation)
        east = registration(cloudId=made.object_id)
        west = registration(cloudId=made.object_id, name="k8s-azure-westus3", region="westus3")
        first, second = (cloud_resource.create(inputs, operation) for inputs in (east, west))
        assert (first.state["isDefault"], second.state["isDefault"]) == (True, False)

        for inputs, registered in ((east, first), (west, second)):
            found = cloud_resource.read(registered.object_id, inputs, registered.state, operation)
            assert found
            assert found.inputs == inputs, "a refresh right after must find no drift"
        changed = cloud_resource.update(second.object_id, second.state, {**west, "zones": ["1", "2"]}, operation)
        assert changed["cloudResourceId"] == second.state["cloudResourceId"]

        guards = [
            {
                "cloudId": made.object_id,
                "cloudResourceId": registered.state["cloudResourceId"],
                "clusterId": "k",
                "primary": registered is first,
                "timeoutSeconds": 900,
            }
            for registered in (first, second)
        ]
        with pytest.raises(Refusal, match="k8s-azure-westus3"):
            drain.delete("d", guards[0], operation)
        for guard, registered in ((guards[1], second), (guards[0], first)):
            drain.delete("d", guard, operation)
            cloud_resource.delete(registered.object_id, registered.state, operation)
        cloud.delete(made.object_id, made.state, operation)
        assert operation.api.clouds() == []


@pytest.mark.parametrize("committed", [True, False])
def test_lost_answers_leave_neither_duplicates_nor_orphans(tmp_path: Path, committed: bool) -> None:
    faults = (
        Fault(path=ADD, status=504, committed=committed),
        Fault(path=".*/resources", skip=2, times=2, status=503),
        Fault(path=".*/clouds", method="POST", dropped=True, committed=True),
        Fault(path=".*/clouds", method="GET", status=429, retry_after=1),
    )
    with anyscale(tmp_path, *faults, polls=Polls(activation=4)) as operation:
        made = cloud.create(CLOUD, operation)
        cloud_resource.create(registration(cloudId=made.object_id), operation)

        assert len(operation.api.clouds()) == 1
        assert len(operation.api.resources(made.object_id)) == 1


def test_an_operator_that_was_never_installed_is_told_from_one_that_is_ill(tmp_path: Path) -> None:
    with anyscale(tmp_path) as operation:
        made = cloud.create(CLOUD, operation)
        registered = cloud_resource.create(registration(cloudId=made.object_id), operation)
        wait = {
            "cloudId": made.object_id,
            "cloudResourceId": registered.state["cloudResourceId"],
            "trigger": "1.8.0",
            "timeoutSeconds": 5,
        }

        with pytest.raises(GaveUp, match="never reported"):
            operator_ready.create(wait, operation)
