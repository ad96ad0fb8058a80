"""A simulated Anyscale and a client that speaks plain HTTP to it: tests see what goes over the wire."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from simulator.anyscale import Faults, Polls, serve
from simulator.world import World

Json = dict[str, Any]

AT_ONCE = Polls(activation=0, termination=0)
PRINCIPAL = "9b7c1a52-0000-4000-8000-00000000a001"


def registration(**changes: Any) -> Json:
    """A registration that is accepted, with some top-level fields changed, or left out where they are None."""
    whole = {
        "name": "k8s-azure-eastus",
        "provider": "AZURE",
        "compute_stack": "K8S",
        "region": "eastus",
        "object_storage": {"bucket_name": "abfss://anyscale@raydata.dfs.core.windows.net"},
        "kubernetes_config": {"anyscale_operator_iam_identity": PRINCIPAL},
        **changes,
    }
    return {key: value for key, value in whole.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Session:
    """The world, and requests to the control plane in it."""

    world: World
    http: httpx.Client

    def cloud(self, name: str = "ray", **fields: Any) -> str:
        """Create a cloud; its id."""
        body = {"name": name, "provider": "AZURE", "region": "eastus", "credentials": "", **fields}
        return self.http.post("/api/v2/clouds/", json=body).raise_for_status().json()["result"]["id"]

    def add(self, cloud_id: str, **changes: Any) -> httpx.Response:
        return self.http.put(f"/api/v2/clouds/{cloud_id}/add_resource", json=registration(**changes))

    def added(self, cloud_id: str, **changes: Any) -> str:
        """Add a resource; its id."""
        return self.add(cloud_id, **changes).raise_for_status().json()["result"]["cloud_resource_id"]

    def resources(self, cloud_id: str) -> list[Json]:
        return self.http.get(f"/api/v2/clouds/{cloud_id}/resources").raise_for_status().json()["results"]

    def remove(self, cloud_id: str, name: str) -> httpx.Response:
        return self.http.delete(f"/api/v2/clouds/{cloud_id}/remove_resource", params={"cloud_resource_name": name})


@contextmanager
def anyscale(folder: Path, *, faults: Faults | None = None, polls: Polls = AT_ONCE) -> Generator[Session]:
    world = World(folder)
    with (
        serve(world, faults=faults or Faults(), polls=polls) as url,
        httpx.Client(base_url=url, headers={"authorization": "Bearer sss_test"}) as http,
    ):
        yield Session(world=world, http=http)
