"""Anyscale in memory, behind httpx's mock transport, with faults by endpoint; and time that passes only when asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pulumi_anyscale.api import Api
from pulumi_anyscale.client import Client
from pulumi_anyscale.handler import Operation
from pulumi_anyscale.waiting import Timing, Waiter

Json = dict[str, Any]
TOKEN = "aph0_a-token-that-must-show-nowhere"
IDENTITY = "abcdef01-2222-4333-8444-555555555555"
TENANT = "99999999-2222-4333-8444-555555555555"
ADD, LIST = "PUT /api/v2/clouds/cld_1/add_resource", "GET /api/v2/clouds/cld_1/resources"
REMOVE, CHANGE = "DELETE /api/v2/clouds/cld_1/remove_resource", "PUT /api/v2/clouds/cld_1/resources"
ID = "cld_1:k8s-azure-eastus"
DEPLOYMENT: dict[str, Any] = {
    "name": "k8s-azure-eastus",
    "provider": "AZURE",
    "compute_stack": "K8S",
    "region": "eastus",
    "object_storage": {
        "bucket_name": "abfss://anyscale@account.dfs.core.windows.net",
        "endpoint": "https://account.blob.core.windows.net",
    },
    "file_storage": {"persistent_volume_claim": "blob-fuse2"},
    "azure_config": {"tenant_id": TENANT},
    "kubernetes_config": {"anyscale_operator_iam_identity": IDENTITY},
}
CLOUD = {"name": "ray", "provider": "AZURE", "region": "eastus"}


def registration(**changes: Any) -> Json:
    """Inputs of a registration in the cloud `cld_1`."""
    inputs = {
        "cloudId": "cld_1",
        "name": "k8s-azure-eastus",
        "provider": "AZURE",
        "computeStack": "K8S",
        "region": "eastus",
        "bucketName": "abfss://anyscale@account.dfs.core.windows.net",
        "bucketEndpoint": "https://account.blob.core.windows.net",
        "operatorIdentity": IDENTITY,
        "tenantId": TENANT,
        "persistentVolumeClaim": "blob-fuse2",
    }
    return {key: value for key, value in {**inputs, **changes}.items() if value is not None}


class VirtualTime(Waiter):
    """Pauses take no time and are written down."""

    def __init__(self, timing: Timing | None = None) -> None:
        self.now, self.pauses, self.on_pause = 0.0, list[float](), list[Callable[[], None]]()
        super().__init__(timing, clock=lambda: self.now)

    def pause(self, seconds: float) -> None:
        super().pause(0)
        self.now += seconds
        self.pauses.append(seconds)
        for happens in self.on_pause:
            happens()


@dataclass
class Fault:
    """`committed`: takes effect although the answer says otherwise. `status` 0: none, the connection is `broken`."""

    call: str
    status: int = 504
    times: int = 1
    committed: bool = False
    body: str = '{"error": {"detail": "a fault"}}'
    headers: dict[str, str] = field(default_factory=dict[str, str])
    broken: type[httpx.HTTPError] = httpx.RemoteProtocolError


class FakeAnyscale:
    """What exists at Anyscale, and every call that was made, as `METHOD /path`."""

    def __init__(self, *, page_size: int = 50) -> None:
        self.clouds: dict[str, Json] = {}
        self.resources: dict[str, list[Json]] = {}
        self.system: dict[str, str] = {}
        self.workloads: list[str] = []
        self.users: dict[str, str] = {}
        self.calls: list[str] = []
        self.requests: list[httpx.Request] = []
        self.faults: list[Fault] = []
        self.activation_polls, self.page_size = 0, page_size
        self.time = VirtualTime()
        self.told: list[str] = []
        self.warned: list[str] = []

    def operation(self, *, timeout_seconds: float = 0, time: Waiter | None = None) -> Operation:
        return Operation(
            api=Api(self.client(time=time)),
            waiter=time or self.time,
            tell=self.told.append,
            warn=self.warned.append,
            timeout_seconds=timeout_seconds,
        )

    def client(self, environment: dict[str, str] | None = None, *, time: Waiter | None = None) -> Client:
        given = {"ANYSCALE_CLI_TOKEN": TOKEN} if environment is None else environment
        transport = httpx.MockTransport(self.answer)
        return Client(environment=given, home=Path("/nonexistent"), waiter=time or self.time, transport=transport)

    def fail(self, call: str, **fault: Any) -> None:
        self.faults.append(Fault(call=call, **fault))

    def cloud(self, cloud_id: str = "cld_1", **fields: Any) -> Json:
        self.clouds[cloud_id] = {"id": cloud_id, "state": "ACTIVE", "status": "ready", **CLOUD, **fields}
        self.resources.setdefault(cloud_id, [])
        return self.clouds[cloud_id]

    def register(self, deployment: Json, cloud_id: str = "cld_1") -> Json:
        there = self.resources[cloud_id]
        made = {**deployment, "cloud_resource_id": f"cldrsrc_{len(there) + 1}", "is_default": not there}
        there.append(made)
        return made

    def count(self, call: str) -> int:
        return self.calls.count(call)

    def answer(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path}"
        self.calls.append(call)
        self.requests.append(request)
        fault = next((f for f in self.faults if f.times and re.fullmatch(f.call, call)), None)
        if fault is None:
            return self._truth(request, call)
        fault.times -= 1
        if fault.committed:
            self._truth(request, call)
        if not fault.status:
            raise fault.broken("the connection broke")
        return httpx.Response(fault.status, text=fault.body, headers=fault.headers)

    def _truth(self, request: httpx.Request, call: str) -> httpx.Response:
        body: Any = json.loads(request.content) if request.content else None
        query = request.url.params
        match call.rstrip("/").replace(" /api/v2/", " ").split("/"):
            case ["GET clouds"]:
                return self._page(list(self.clouds.values()), query)
            case ["POST clouds"]:
                made = self.cloud(f"cld_{len(self.clouds) + 1}", **body)
                if self.activation_polls:
                    made.update(state="CREATING", status="pending")
                return _result(made, 201)
            case ["GET decorated_sessions"]:
                return self._page(self._clusters(query), query)
            case [_, cloud_id, *_] if cloud_id not in self.clouds:
                return _error(404, "no such cloud")
            case ["GET clouds", cloud_id]:
                return self._cloud(cloud_id)
            case ["GET clouds", cloud_id, "resources"]:
                return self._page(self.resources[cloud_id], query)
            case ["PUT clouds", cloud_id, "add_resource"]:
                if any(found["name"] == body["name"] for found in self.resources[cloud_id]):
                    return _error(409, "A cloud deployment with that name already exists in this cloud.")
                self.register(body, cloud_id)
                return _result(body)
            case ["PUT clouds", cloud_id, "resources"]:
                for changed in body:
                    found = next(
                        r for r in self.resources[cloud_id] if r["cloud_resource_id"] == changed["cloud_resource_id"]
                    )
                    kept = {key: found[key] for key in ("is_default", "operator_status") if key in found}
                    found.clear()
                    found.update(changed, **kept)
                return _result({})
            case ["DELETE clouds", cloud_id, "remove_resource"]:
                return self._remove(cloud_id, query["cloud_resource_name"])
            case ["PUT clouds", cloud_id, "state"]:
                self.clouds[cloud_id]["state"] = query["state"]
                return httpx.Response(200)
            case ["DELETE clouds", cloud_id]:
                if self.workloads:
                    return _error(409, f"has {len(self.workloads)} associated Clusters that are still active")
                del self.clouds[cloud_id]
                return httpx.Response(204)
            case ["POST system_workload", _, "terminate"]:
                resource_id = query["cloud_resource_id"]
                if resource_id not in self.system:
                    return _error(404, "no system cluster")
                if self.system[resource_id] == "Terminated":
                    return _error(409, "already terminated")
                if self.system[resource_id] != "stuck":
                    self.system[resource_id] = "Terminated"
                return _result({})
            case ["POST system_workload", _, "describe"]:
                assert query["start_cluster"] == "false", "to describe a system cluster starts it otherwise"
                status = self.system.get(query["cloud_resource_id"])
                return _result({"status": "Terminating" if status == "stuck" else status})
            case other:
                raise AssertionError(f"no endpoint {other}")

    def _clusters(self, query: httpx.QueryParams) -> list[Json]:
        """All of them, whatever the query: a filter that a server does not know would be passed over like that."""
        assert query["cloud_id"] in self.clouds
        users = [{"id": f"ses_{n}", "name": n, "state": s, "is_system_cluster": False} for n, s in self.users.items()]
        own = [{"id": f"ses_{i}", "name": i, "state": "Running", "is_system_cluster": True} for i in self.system]
        return [*own, *users]

    def _cloud(self, cloud_id: str) -> httpx.Response:
        found = self.clouds[cloud_id]
        if found["state"] == "CREATING":
            self.activation_polls -= 1
            if self.activation_polls < 0:
                found.update(state="ACTIVE", status="ready")
        return _result(found)

    def _remove(self, cloud_id: str, name: str) -> httpx.Response:
        found = next((r for r in self.resources[cloud_id] if r["name"] == name), None)
        if found is None:
            return _error(404, "no such resource")
        if found["is_default"]:
            return _error(400, f"{name} is the primary resource and cannot be removed")
        if self.workloads:
            return _error(409, f"has {len(self.workloads)} associated Clusters that are still active")
        self.resources[cloud_id].remove(found)
        return httpx.Response(204)

    def _page(self, items: list[Json], query: httpx.QueryParams) -> httpx.Response:
        start = int(query.get("paging_token") or 0)
        end = start + min(self.page_size, int(query["count"]))
        following = str(end) if end < len(items) else None
        return httpx.Response(200, json={"results": items[start:end], "metadata": {"next_paging_token": following}})


def _result(value: Json, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json={"result": value})


def _error(status: int, detail: str) -> httpx.Response:
    return httpx.Response(status, json={"detail": detail})


def with_cloud() -> FakeAnyscale:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    return anyscale
