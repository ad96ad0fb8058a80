"""Clouds: the names under which regions are one. Their life from CREATING to gone.

Owns the cloud records. What is registered in a cloud is owned by `resources`, what runs in it by `workloads`.
"""

from __future__ import annotations

from simulator.anyscale.errors import ApiError, NotValidError
from simulator.anyscale.organization import USER_ID
from simulator.anyscale.resource_rules import CLOUD_FIELDS, cloud_problems
from simulator.anyscale.state import Answer, Call, ControlPlane, Json, page
from simulator.anyscale.workloads import active_in

STATES = ("CREATING", "ACTIVE", "VERIFICATION_FAILED", "DELETING", "DELETED", "CLAIMED")
_HIDDEN = ("resources", "polls_left", "is_system_cluster_enabled")
_CREATOR = {"id": USER_ID, "name": "Simulated", "username": "operator", "email": "operator@example.com"}


def create(plane: ControlPlane, call: Call) -> Answer:
    """A new cloud. Its name may be another's too: the real one does not forbid that, so clients must look first."""
    asked = call.mapping()
    if problems := cloud_problems(asked):
        raise NotValidError(problems)
    return Answer(status=201, body={"result": shown(_make(plane, asked))})


def create_empty(plane: ControlPlane, call: Call) -> Answer:
    """A cloud that learns its provider and region from its first resource, and is CREATING until then."""
    name = call.mapping().get("name")
    if not name:
        raise NotValidError([("name", "field required")])
    # The vendor's model cannot be without a provider, so there is one that says nothing.
    cloud = _make(plane, {"name": name, "provider": "GENERIC", "region": "", "credentials": ""})
    cloud["is_empty"] = True
    return Answer(status=201, body={"result": shown(cloud)})


def read(plane: ControlPlane, call: Call) -> Answer:
    cloud = plane.cloud(call.named["cloud_id"])
    advance(cloud)
    return Answer(body={"result": shown(cloud)})


def read_default(plane: ControlPlane, call: Call) -> Answer:
    for cloud in plane.clouds.values():
        return Answer(body={"result": shown(cloud)})
    raise ApiError(404, "The organization has no default cloud.")


def list_all(plane: ControlPlane, call: Call) -> Answer:
    """All clouds, or those whose name contains the query's `name`."""
    wanted = call.query.get("name", "")
    return page(call, [{**shown(c), "creator": _CREATOR} for c in plane.clouds.values() if wanted in c["name"]])


def find_by_name(plane: ControlPlane, call: Call) -> Answer:
    """The oldest cloud of that name: where several have it, the caller is not told."""
    name = call.mapping().get("name")
    for cloud in plane.clouds.values():
        if cloud["name"] == name:
            return Answer(body={"result": shown(cloud)})
    raise ApiError(404, f"Cloud with name {name} does not exist.")


def change_state(plane: ControlPlane, call: Call) -> Answer:
    state = call.required("state")
    if state not in STATES:
        raise ApiError(422, f"state must be one of {', '.join(STATES)}.")
    plane.cloud(call.named["cloud_id"])["state"] = state
    return Answer()


def delete(plane: ControlPlane, call: Call) -> Answer:
    """Delete the cloud and all that is registered in it, which the real one allows too; 409 while something runs.

    `force` skips that check, and leaves running what runs.
    """
    cloud = plane.cloud(call.named["cloud_id"])
    active = active_in(plane, cloud, cloud["resources"])
    if active and not call.flag("force"):
        refuse_active(f"Cloud {cloud['name']}", active)
    del plane.clouds[cloud["id"]]
    for resource in cloud["resources"]:
        plane.system_clusters.pop(resource["cloud_resource_id"], None)
    return Answer(status=204)


def refuse_active(what: str, active: list[str]) -> None:
    """409, naming what runs."""
    raise ApiError(
        409,
        f"{what} has {len(active)} associated Clusters that are still active: {', '.join(active)}. "
        "Terminate them and try again.",
    )


def switch_auto_add_user(plane: ControlPlane, call: Call) -> Answer:
    return _switch(plane, call, query="auto_add_user", setting="auto_add_user")


def switch_lineage_tracking(plane: ControlPlane, call: Call) -> Answer:
    return _switch(plane, call, query="lineage_tracking_enabled", setting="lineage_tracking_enabled")


def switch_aggregated_logs(plane: ControlPlane, call: Call) -> Answer:
    return _switch(plane, call, query="is_enabled", setting="is_aggregated_logs_enabled")


def switch_system_cluster(plane: ControlPlane, call: Call) -> Answer:
    return _switch(plane, call, query="is_enabled", setting="is_system_cluster_enabled")


def advance(cloud: Json) -> bool:
    """Let a cloud that is being made come one poll closer to ACTIVE; whether it is there."""
    if cloud["state"] == "CREATING" and not cloud["is_empty"]:
        if cloud["polls_left"] == 0:
            cloud.update(state="ACTIVE", status="ready")
        else:
            cloud["polls_left"] -= 1
    return cloud["state"] != "CREATING"


def shown(cloud: Json) -> Json:
    """The cloud as clients see it."""
    return {key: value for key, value in cloud.items() if key not in (*_HIDDEN, "is_empty")}


def _make(plane: ControlPlane, asked: Json) -> Json:
    cloud_id = plane.new_id("cld")
    cloud: Json = {
        **dict.fromkeys(CLOUD_FIELDS),
        "auto_add_user": False,
        "lineage_tracking_enabled": False,
        "is_bring_your_own_resource": True,
        "compute_stack": "K8S" if asked.get("is_k8s") or asked["provider"] == "AZURE" else "VM",
        **asked,
        "id": cloud_id,
        "type": "PUBLIC",
        "creator_id": USER_ID,
        "created_at": plane.now(),
        "status": "pending",
        "state": "CREATING",
        "version": "v2",
        "is_default": not plane.clouds,
        "customer_aggregated_logs_config_id": plane.new_id("calc"),
        "is_aggregated_logs_enabled": False,
        "is_system_cluster_enabled": True,
        "is_empty": False,
        "polls_left": plane.polls.activation,
        "resources": [],
    }
    plane.clouds[cloud_id] = cloud
    return cloud


def _switch(plane: ControlPlane, call: Call, *, query: str, setting: str) -> Answer:
    call.required(query)
    plane.cloud(call.named["cloud_id"])[setting] = call.flag(query)
    return Answer(body={})
