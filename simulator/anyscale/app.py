"""The HTTP surface: which path leads where, and what every request passes through.

Owns routing, authentication, recording and the effect of faults. Refuses to know what any route does.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from simulator.anyscale import clouds, organization, resources, workloads
from simulator.anyscale.auth import require_token
from simulator.anyscale.errors import ApiError
from simulator.anyscale.faults import Fault, Faults
from simulator.anyscale.state import Answer, Call, ControlPlane

Handler = Callable[[ControlPlane, Call], Answer]

API = "/api/v2"
ONE_CLOUD = f"{API}/clouds/{{cloud_id}}"
SYSTEM = f"{API}/system_workload/{{cloud_id}}"

ROUTES: Mapping[tuple[str, str], Handler] = {
    ("GET", f"{API}/userinfo"): organization.user,
    ("GET", f"{API}/userinfo/check_is_feature_flag_on"): organization.feature_flag,
    ("GET", f"{API}/workos/deployment_infra"): organization.deployment_infra,
    ("GET", f"{API}/clouds/anyscale/azure_operator_audience"): organization.operator_audience,
    ("GET", f"{API}/clouds"): clouds.list_all,
    ("POST", f"{API}/clouds"): clouds.create,
    ("POST", f"{API}/clouds/empty"): clouds.create_empty,
    ("POST", f"{API}/clouds/find_by_name"): clouds.find_by_name,
    ("GET", ONE_CLOUD): clouds.read,
    ("DELETE", ONE_CLOUD): clouds.delete,
    ("PUT", f"{ONE_CLOUD}/state"): clouds.change_state,
    ("PUT", f"{ONE_CLOUD}/auto_add_user"): clouds.switch_auto_add_user,
    ("PUT", f"{ONE_CLOUD}/lineage_tracking_enabled"): clouds.switch_lineage_tracking,
    ("PUT", f"{ONE_CLOUD}/update_customer_aggregated_logs_config"): clouds.switch_aggregated_logs,
    ("PUT", f"{ONE_CLOUD}/update_system_cluster_config"): clouds.switch_system_cluster,
    ("PUT", f"{ONE_CLOUD}/add_resource"): resources.add,
    ("GET", f"{ONE_CLOUD}/resources"): resources.list_all,
    ("GET", f"{ONE_CLOUD}/deployments"): resources.list_all,
    ("PUT", f"{ONE_CLOUD}/resources"): resources.update,
    ("GET", f"{ONE_CLOUD}/resource"): resources.read,
    ("POST", f"{ONE_CLOUD}/find_cloud_resource_by_name"): resources.find_by_name,
    ("DELETE", f"{ONE_CLOUD}/remove_resource"): resources.remove,
    ("GET", f"{API}/decorated_sessions"): workloads.list_clusters,
    ("POST", f"{SYSTEM}/describe"): workloads.describe,
    ("POST", f"{SYSTEM}/terminate"): workloads.terminate,
    # The published interface of the vendor's SDK, as far as its command line needs it.
    ("GET", "/ext/v0/clouds/default"): clouds.read_default,
    ("GET", "/ext/v0/clouds/{cloud_id}"): clouds.read,
}
"""Each path is also served with a trailing slash: clients differ in that."""


def application(plane: ControlPlane, faults: Faults) -> Starlette:
    """The control plane as an ASGI application."""
    routes = [
        Route(path + slash, _Endpoint(plane=plane, faults=faults, handler=handler).answer, methods=[method])
        for (method, path), handler in ROUTES.items()
        for slash in ("", "/")
    ]
    return Starlette(routes=routes)


@dataclass(frozen=True, kw_only=True)
class _Endpoint:
    """What stands between a route and its handler."""

    plane: ControlPlane
    faults: Faults
    handler: Handler

    async def answer(self, request: Request) -> Response:
        try:
            require_token(request.headers, request.cookies)
            call = Call(
                method=request.method,
                path=request.url.path,
                named={key: str(value) for key, value in request.path_params.items()},
                query=request.query_params,
                body=_parsed(await request.body()),
            )
            return await run_in_threadpool(self._serve, call)
        except ApiError as refusal:
            return JSONResponse(refusal.body, status_code=refusal.status)

    def _serve(self, call: Call) -> Response:
        fault = self.faults.take(call.method, call.path)
        if fault and fault.delay_seconds:
            time.sleep(fault.delay_seconds)
        if fault and fault.fails and not fault.committed:
            with self.plane.world.lock:
                self.plane.remember(call)
            return _faulty(fault)
        truth = self._handle(call)
        return _faulty(fault) if fault and fault.fails else truth

    def _handle(self, call: Call) -> Response:
        with self.plane.world.lock:
            self.plane.remember(call)
            try:
                answer = self.handler(self.plane, call)
            except ApiError as refusal:
                return JSONResponse(refusal.body, status_code=refusal.status)
            finally:
                # Also after a refusal: time passes for whoever waits.
                self.plane.world.save()
        if answer.status == HTTPStatus.NO_CONTENT:
            return Response(status_code=answer.status)
        return JSONResponse(answer.body, status_code=answer.status)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        raise ApiError(422, "The request's body is not JSON.") from None


def _faulty(fault: Fault) -> Response:
    if fault.dropped:
        return StreamingResponse(_broken_off(), media_type="application/json", headers={"content-length": "1000"})
    headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    if fault.envelope == "html":
        return HTMLResponse(f"<html><body>{fault.detail}</body></html>", status_code=fault.status, headers=headers)
    bare = {"detail": fault.detail}
    body = bare if fault.envelope == "bare" else {"error": bare}
    return JSONResponse(body, status_code=fault.status, headers=headers)


async def _broken_off() -> AsyncIterator[bytes]:
    """The beginning of an answer; the server closes the connection because the promised rest never comes."""
    yield b'{"result": {'
