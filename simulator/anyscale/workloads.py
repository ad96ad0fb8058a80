"""What runs in a cloud resource: the users' workloads, which tests write, and Anyscale's own system cluster.

Owns the life of system clusters and the question whether anything still runs. Does not own the operator's status, but
depends on it: without an operator nothing in the cluster can be ended, which is why a region is drained first.
"""

from __future__ import annotations

from simulator.anyscale.errors import ApiError
from simulator.anyscale.health import operator_report
from simulator.anyscale.organization import USER, USER_ID
from simulator.anyscale.state import Answer, Call, ControlPlane, Json, page

SERVICES = ("RAY_OBS_EVENTS_API_SERVICE", "LOGS_API_SERVICE")
ENDED = ("TERMINATED", "SUCCEEDED", "FAILED", "STOPPED")
"""States of users' workloads that hold nothing."""


def watch(plane: ControlPlane, cloud: Json, resource: Json) -> None:
    """Start the resource's system cluster once its operator is healthy for the first time; go on ending it."""
    resource_id, status = resource["cloud_resource_id"], operator_report(plane, resource)["operator_status"]
    cluster = plane.system_clusters.get(resource_id)
    if cluster is None and status == "HEALTHY" and cloud["is_system_cluster_enabled"]:
        plane.system_clusters[resource_id] = {"cluster_id": plane.new_id("ses"), "status": "Running", "polls_left": 0}
    elif cluster and cluster["status"] == "Terminating" and status in ("HEALTHY", "UNHEALTHY"):
        if cluster["polls_left"] == 0:
            cluster["status"] = "Terminated"
        else:
            cluster["polls_left"] -= 1


def active_in(plane: ControlPlane, cloud: Json, resources: list[Json]) -> list[str]:
    """Names of what still runs in these resources of the cloud; a system cluster counts until it has ended."""
    ids = [resource["cloud_resource_id"] for resource in resources]
    for resource in resources:
        watch(plane, cloud, resource)
    system = [
        f"system cluster {plane.system_clusters[i]['cluster_id']}"
        for i in ids
        if plane.system_clusters.get(i, {"status": "Terminated"})["status"] != "Terminated"
    ]
    users = [w["name"] for w in plane.workloads if w["cloud_resource_id"] in ids and w["state"] not in ENDED]
    return users + system


def list_clusters(plane: ControlPlane, call: Call) -> Answer:
    """Ray clusters, the users' and Anyscale's own: of the cloud and in the states that the query names, else all."""
    listed = [cluster for cloud in plane.clouds.values() for cluster in _clusters(plane, cloud)]
    wanted, states = call.query.get("cloud_id"), call.query.getlist("state_filter")
    return page(call, [c for c in listed if wanted in (None, c["cloud_id"]) and (not states or c["state"] in states)])


def describe(plane: ControlPlane, call: Call) -> Answer:
    cloud, resource = _target(plane, call)
    name = call.required("workload_name")
    if name not in SERVICES:
        raise ApiError(422, f"workload_name must be one of {', '.join(SERVICES)}.")
    watch(plane, cloud, resource)
    cluster = plane.system_clusters.get(resource["cloud_resource_id"])
    if cluster and cluster["status"] == "Terminated" and call.flag("start_cluster", default=True):
        cluster["status"] = "Running"
    return Answer(
        body={
            "result": {
                "cluster_id": cluster["cluster_id"] if cluster else None,
                "workload_names": list(SERVICES),
                "status": cluster["status"] if cluster else None,
                "is_enabled": cloud["is_system_cluster_enabled"],
            }
        }
    )


def terminate(plane: ControlPlane, call: Call) -> Answer:
    """Begin to end the resource's system cluster: 404 where it has none, 409 where it has already ended."""
    cloud, resource = _target(plane, call)
    watch(plane, cloud, resource)
    cluster = plane.system_clusters.get(resource["cloud_resource_id"])
    if cluster is None:
        raise ApiError(404, "There is no system cluster in this cloud resource.")
    if cluster["status"] == "Terminated":
        raise ApiError(409, "The system cluster is already terminated.")
    if cluster["status"] == "Running":
        cluster.update(status="Terminating", polls_left=plane.polls.termination)
    operation = {
        "id": plane.new_id("sop"),
        "completed": False,
        "cluster_id": cluster["cluster_id"],
        "cluster_operation_type": "terminate",
    }
    return Answer(body={"result": operation})


def _clusters(plane: ControlPlane, cloud: Json) -> list[Json]:
    ids = [resource["cloud_resource_id"] for resource in cloud["resources"]]
    for resource in cloud["resources"]:
        watch(plane, cloud, resource)
    users = [
        {"id": f"ses_{w['name']}", "name": w["name"], "state": "Terminated" if w["state"] in ENDED else "Running"}
        for w in plane.workloads
        if w["cloud_resource_id"] in ids
    ]
    system = [
        {"id": found["cluster_id"], "name": f"system-cluster-{i}", "state": found["status"], "is_system_cluster": True}
        for i in ids
        if (found := plane.system_clusters.get(i))
    ]
    return [{**_session_of(cloud), **cluster} for cluster in (*users, *system)]


def _session_of(cloud: Json) -> Json:
    """What every cluster of a cloud has in common: all that the vendor's model requires; what opens doors is empty.

    Source: the model `DecoratedSession` of Anyscale's CLI 0.26.112.
    """
    return {
        "is_system_cluster": False,
        "cloud_id": cloud["id"],
        "cloud": {key: cloud[key] for key in ("id", "name", "provider")},
        "project_id": "prj_simulated",
        "creator_id": USER_ID,
        "creator": USER,
        "created_at": cloud["created_at"],
        "cluster_config": "",
        "cluster_config_last_modified_at": cloud["created_at"],
        "tensorboard_available": False,
        "access_token": "",
        "ssh_private_key": "",
        "ssh_authorized_keys": [],
    }


def _target(plane: ControlPlane, call: Call) -> tuple[Json, Json]:
    """The resource that the query names by id; the cloud's primary one where it names none."""
    cloud = plane.cloud(call.named["cloud_id"])
    wanted = call.query.get("cloud_resource_id")
    for resource in cloud["resources"]:
        if resource["cloud_resource_id"] == wanted or (not wanted and resource["is_default"]):
            return cloud, resource
    raise ApiError(404, f"Cloud {cloud['id']} has no cloud resource {wanted or 'yet'}.")
