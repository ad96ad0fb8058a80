"""Cloud resources: the places where Ray can run, registered in a cloud.

Owns the registrations. What they must look like is said in `resource_rules`, how their operators fare in `health`.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.anyscale.clouds import advance, refuse_active
from simulator.anyscale.errors import ApiError, NotValidError
from simulator.anyscale.health import operator_report
from simulator.anyscale.resource_rules import IMMUTABLE, RESOURCE_FIELDS, at, resource_problems, stack_of
from simulator.anyscale.state import Answer, Call, ControlPlane, Json, page
from simulator.anyscale.workloads import active_in, watch

_REPLACED_BY_UPDATE = tuple(field for field in RESOURCE_FIELDS if not field.endswith("_id"))
_Wanted = Callable[[Json], bool]


def add(plane: ControlPlane, call: Call) -> Answer:
    """Register a new resource; the answer repeats the request, so a name that the server chose is not in it."""
    cloud, asked = plane.cloud(call.named["cloud_id"]), call.mapping()
    if not advance(cloud) and not cloud["is_empty"]:
        raise ApiError(504, "upstream request timeout: the cloud is still being provisioned.")
    if problems := resource_problems(asked):
        raise NotValidError(problems)
    if cloud["resources"] and cloud["is_bring_your_own_resource"] is False:
        raise ApiError(400, "Only clouds with customer-managed resources can have additional cloud resources.")
    name = asked.get("name") or _automatic_name(cloud, asked)
    if any(resource["name"] == name for resource in cloud["resources"]):
        raise ApiError(409, f"A cloud deployment with the name {name} already exists in this cloud.")
    resource_id = plane.new_id("cldrsrc")
    ids = {"cloud_resource_id": resource_id, "cloud_deployment_id": resource_id}
    if cloud["is_empty"]:
        cloud.update(provider=asked["provider"], region=asked["region"], compute_stack=stack_of(asked), is_empty=False)
    cloud["resources"].append(
        {**asked, **ids, "name": name, "created_at": plane.now(), "is_default": not cloud["resources"]}
    )
    return Answer(body={"result": {**asked, "name": asked.get("name") or "", **ids}})


def list_all(plane: ControlPlane, call: Call) -> Answer:
    cloud = plane.cloud(call.named["cloud_id"])
    return page(call, [decorated(plane, cloud, resource) for resource in cloud["resources"]])


def read(plane: ControlPlane, call: Call) -> Answer:
    """One resource by its id; the primary where the query names none."""
    wanted = call.query.get("cloud_resource_id")
    return _the_one(
        plane, call, lambda r: r["cloud_resource_id"] == wanted or (not wanted and r["is_default"]), str(wanted)
    )


def find_by_name(plane: ControlPlane, call: Call) -> Answer:
    name = call.required("cloud_resource_name")
    return _the_one(plane, call, lambda resource: resource["name"] == name, name)


def update(plane: ControlPlane, call: Call) -> Answer:
    """Replace whole registrations, each found by its id; all of them or none."""
    cloud = plane.cloud(call.named["cloud_id"])
    changes = [(_known(cloud, asked), asked) for asked in call.listing()]
    for resource, asked in changes:
        if problems := resource_problems(asked):
            raise NotValidError(problems)
        if fixed := [path for path in IMMUTABLE if at(asked, path) != at(resource, path)]:
            raise ApiError(400, f"Cannot update fields in the existing cloud resource: {', '.join(fixed)}.")
    for resource, asked in changes:
        for field in _REPLACED_BY_UPDATE:
            resource.pop(field, None)
        resource.update(asked)
    return Answer(body={})


def remove(plane: ControlPlane, call: Call) -> Answer:
    """Remove a resource by name: 400 for the primary, 409 while something runs in it."""
    cloud, name = plane.cloud(call.named["cloud_id"]), call.required("cloud_resource_name")
    resource = _find(cloud, lambda resource: resource["name"] == name, name)
    if resource["is_default"]:
        raise ApiError(400, f"{name} is the primary resource of the cloud and cannot be removed from it.")
    if active := active_in(plane, cloud, [resource]):
        refuse_active(f"Cloud resource {name}", active)
    cloud["resources"].remove(resource)
    plane.system_clusters.pop(resource["cloud_resource_id"], None)
    return Answer(status=204)


def decorated(plane: ControlPlane, cloud: Json, resource: Json) -> Json:
    """The resource as clients see it: with its operator's report, without a bucket region that says nothing new."""
    watch(plane, cloud, resource)
    storage = dict(resource.get("object_storage") or {})
    if storage.get("region") == resource["region"]:
        del storage["region"]
    return {
        **{key: value for key, value in resource.items() if key != "heard_of"},
        "object_storage": storage or None,
        **operator_report(plane, resource),
    }


def _the_one(plane: ControlPlane, call: Call, wanted: _Wanted, named: str) -> Answer:
    cloud = plane.cloud(call.named["cloud_id"])
    return Answer(body={"result": decorated(plane, cloud, _find(cloud, wanted, named))})


def _find(cloud: Json, wanted: _Wanted, named: str) -> Json:
    for resource in cloud["resources"]:
        if wanted(resource):
            return resource
    raise ApiError(404, f"Cloud resource {named} does not exist in cloud {cloud['id']}.")


def _known(cloud: Json, asked: Json) -> Json:
    wanted = asked.get("cloud_resource_id")
    if not wanted:
        raise NotValidError([("cloud_resource_id", "field required")])
    return _find(cloud, lambda resource: resource["cloud_resource_id"] == wanted, wanted)


def _automatic_name(cloud: Json, asked: Json) -> str:
    """`{stack}-{provider}-{region}`, then with a count where that is taken."""
    base = f"{stack_of(asked)}-{asked['provider']}-{asked['region']}".lower()
    taken = [resource["name"] for resource in cloud["resources"]]
    candidates = [base, *(f"{base}-{number}" for number in range(1, len(taken) + 1))]
    return next(name for name in candidates if name not in taken)
