"""The endpoints of plane `/api/v2` that this package uses, one method each.

Owns paths, queries, which call may be repeated, and that every object that comes back has its id. Refuses to interpret
more: bodies go out and come back as they are.
The subset that Anyscale's own CLI and its Terraform provider both use (CLI 0.26.112).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from pulumi_anyscale.documents import Json
from pulumi_anyscale.errors import Malformed

if TYPE_CHECKING:  # what loads HTTP is left to whoever makes a client: the plugin starts before it needs one
    from pulumi_anyscale.client import Client

SLOW_CALL_SECONDS = 900.0
"""Adding a resource waits for the cloud, removing one for its load balancer. Source: Anyscale's Terraform provider."""


class Api:
    """What can be asked of Anyscale."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def clouds(self) -> list[Json]:
        """Every cloud of the organization."""
        return [_object(item, "id", of="GET /api/v2/clouds") for item in self._client.pages("/api/v2/clouds")]

    def cloud(self, cloud_id: str) -> Json:
        """One cloud."""
        path = f"/api/v2/clouds/{cloud_id}"
        return _object(self._client.call("GET", path).get("result"), "id", of=f"GET {path}")

    def create_cloud(self, body: Json) -> Json:
        """Not idempotent: names may repeat, so a second call makes a second cloud."""
        answer = self._client.call("POST", "/api/v2/clouds/", body=body, idempotent=False)
        return _object(answer.get("result"), "id", of="POST /api/v2/clouds/")

    def mark_cloud_deleting(self, cloud_id: str) -> None:
        """The first half of a deletion."""
        self._client.call("PUT", f"/api/v2/clouds/{cloud_id}/state", query={"state": "DELETING"})

    def delete_cloud(self, cloud_id: str) -> None:
        """The second half."""
        self._client.call("DELETE", f"/api/v2/clouds/{cloud_id}", seconds=SLOW_CALL_SECONDS)

    def resources(self, cloud_id: str) -> list[Json]:
        """Every resource registered in a cloud, as Anyscale sees it now."""
        path = f"/api/v2/clouds/{cloud_id}/resources"
        return [_object(item, "cloud_resource_id", of=f"GET {path}") for item in self._client.pages(path)]

    def resource(self, cloud_id: str, *, name: str) -> Json | None:
        """The resource of that name, None where there is none."""
        return next((found for found in self.resources(cloud_id) if found.get("name") == name), None)

    def add_resource(self, cloud_id: str, deployment: Json) -> None:
        """Register. The answer only echoes the request, so there is none to return; a repeat is a conflict."""
        self._client.call(
            "PUT",
            f"/api/v2/clouds/{cloud_id}/add_resource",
            body=deployment,
            idempotent=False,
            seconds=SLOW_CALL_SECONDS,
        )

    def update_resource(self, cloud_id: str, deployment: Json) -> None:
        """Change one; the whole object, with its `cloud_resource_id`."""
        self._client.call("PUT", f"/api/v2/clouds/{cloud_id}/resources", body=[deployment])

    def remove_resource(self, cloud_id: str, *, name: str) -> None:
        """Unregister."""
        self._client.call(
            "DELETE",
            f"/api/v2/clouds/{cloud_id}/remove_resource",
            query={"cloud_resource_name": name},
            seconds=SLOW_CALL_SECONDS,
        )

    def clusters(self, cloud_id: str, *, states: Sequence[str]) -> list[Json]:
        """Ray clusters of a cloud that are in one of `states`, whichever resource they are on."""
        path = "/api/v2/decorated_sessions/"
        found = self._client.pages(path, query={"cloud_id": cloud_id, "state_filter": list(states)})
        return [_object(item, "id", of=f"GET {path}") for item in found]

    def end_system_workload(self, cloud_id: str, cloud_resource_id: str) -> None:
        """Ask for the end of the cluster that Anyscale runs for itself on a resource."""
        self._client.call(
            "POST",
            f"/api/v2/system_workload/{cloud_id}/terminate",
            query={"cloud_resource_id": cloud_resource_id},
        )

    def system_workload_status(self, cloud_id: str, cloud_resource_id: str) -> str:
        """How that cluster is, empty where there is none. Must say that it is not to be started: else it is."""
        query = {
            "workload_name": "RAY_OBS_EVENTS_API_SERVICE",
            "start_cluster": "false",
            "cloud_resource_id": cloud_resource_id,
        }
        path = f"/api/v2/system_workload/{cloud_id}/describe"
        result: object = self._client.call("POST", path, query=query).get("result")
        if not isinstance(result, dict):
            raise Malformed(f"Anyscale's answer to POST {path} holds no object")
        return str(cast("Json", result).get("status") or "")


def _object(value: object, key: str, *, of: str) -> Json:
    """`value`, an object with an id: without it, what was made could be neither recorded nor removed.

    Raises:
        Malformed: it is none.
    """
    if not isinstance(value, dict) or not cast("Json", value).get(key):
        raise Malformed(f"Anyscale's answer to {of} holds no object with {key}")
    return cast("Json", value)
