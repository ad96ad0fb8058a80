"""The endpoints of plane `/api/v2` that this package uses, one method each.

Owns paths, queries and which call may be repeated. Refuses to interpret: bodies go out and come back as they are.
The subset that Anyscale's own CLI and its Terraform provider both use (CLI 0.26.112).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_anyscale.documents import Json

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
        return list(self._client.pages("/api/v2/clouds"))

    def cloud(self, cloud_id: str) -> Json:
        """One cloud."""
        return self._client.call("GET", f"/api/v2/clouds/{cloud_id}").get("result") or {}

    def create_cloud(self, body: Json) -> Json:
        """Not idempotent: names may repeat, so a second call makes a second cloud."""
        return self._client.call("POST", "/api/v2/clouds/", body=body, idempotent=False).get("result") or {}

    def mark_cloud_deleting(self, cloud_id: str) -> None:
        """The first half of a deletion."""
        self._client.call("PUT", f"/api/v2/clouds/{cloud_id}/state", query={"state": "DELETING"})

    def delete_cloud(self, cloud_id: str) -> None:
        """The second half."""
        self._client.call("DELETE", f"/api/v2/clouds/{cloud_id}", seconds=SLOW_CALL_SECONDS)

    def resources(self, cloud_id: str) -> list[Json]:
        """Every resource registered in a cloud, as Anyscale sees it now."""
        return list(self._client.pages(f"/api/v2/clouds/{cloud_id}/resources"))

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

    def end_system_workload(self, cloud_id: str, cloud_resource_id: str) -> None:
        """Ask for the end of the cluster that Anyscale runs for itself on a resource."""
        self._client.call(
            "POST",
            f"/api/v2/system_workload/{cloud_id}/terminate",
            query={"cloud_resource_id": cloud_resource_id},
        )

    def system_workload(self, cloud_id: str, cloud_resource_id: str) -> Json:
        """How that cluster is. Must say that it is not to be started: to describe it starts it otherwise."""
        query = {
            "workload_name": "RAY_OBS_EVENTS_API_SERVICE",
            "start_cluster": "false",
            "cloud_resource_id": cloud_resource_id,
        }
        answer: Any = self._client.call("POST", f"/api/v2/system_workload/{cloud_id}/describe", query=query)
        return answer.get("result") or {}
