"""What happens at Anyscale before a region goes, while its operator is still alive to carry it out.

Owns that the resource's system workload ends, and that a cloud is not taken from under other regions or under running
jobs. Creating it does nothing. Refuses to end users' workloads: Anyscale refuses to remove a resource while they run,
and `cloud_resource` waits for that. The primary's is removed only with its cloud, when its nodes have gone, so there
the drain waits.

It is deleted before anything that it depends on. Its replacing inputs make that so in a replacement too: a new cluster
or registration is unknown in the engine's look ahead, so the old drain runs first, and deleting it before the new one
is made keeps the old one in the state (and with it the old cluster) until it has succeeded.
"""

from __future__ import annotations

from pulumi_anyscale.cloud import refuse_others
from pulumi_anyscale.documents import Json
from pulumi_anyscale.errors import GaveUp, NotFound, Refusal
from pulumi_anyscale.handler import Found, Handler, Made, Operation, State
from pulumi_anyscale.lost_region import lost
from pulumi_anyscale.properties import Kind, Property, Values
from pulumi_anyscale.system_workload import end
from pulumi_anyscale.users_clusters import wait_for_end

TIMEOUT_SECONDS = 900
_INPUTS = (
    Property(name="cloudId", meaning="the cloud's id", required=True, replaces="what was drained is in another cloud"),
    Property(
        name="cloudResourceId",
        meaning="the registration's id, `cldrsrc_...`",
        required=True,
        replaces="the old registration must be drained before it goes",
    ),
    Property(
        name="clusterId",
        meaning="the cluster's id",
        required=True,
        replaces="the old cluster must be drained before it goes",
    ),
    Property(
        name="primary",
        meaning="whether this stack owns the cloud",
        kind=Kind.BOOLEAN,
        required=True,
    ),
    Property(
        name="timeoutSeconds",
        meaning="how long the drain may take, in seconds",
        kind=Kind.NUMBER,
        default=TIMEOUT_SECONDS,
    ),
)


def create(inputs: Values, operation: Operation) -> Made:
    """Stand guard: no call."""
    return Made(object_id=f"drain-{inputs['cloudResourceId']}", state=dict(inputs))


def read(object_id: str, inputs: Values, state: Values, operation: Operation) -> Found | None:
    """As it is: there is nothing at Anyscale that it could be compared with."""
    if not inputs:
        raise Refusal("a Drain cannot be imported: it is only a guard; declare it and run `pulumi up`")
    return Found(state=dict(inputs), inputs=dict(inputs))


def update(object_id: str, state: Values, inputs: Values, operation: Operation) -> State:
    """Note it."""
    return dict(inputs)


def delete(object_id: str, state: Values, operation: Operation) -> None:
    """Drain.

    Raises:
        Refusal: it is the primary, and other regions are registered, or whether jobs run cannot be told.
        GaveUp: what runs did not end although the operator is there to end it. Where the operator is not heard from,
            the region is lost: that is said, and the destruction goes on.
    """
    cloud_id, resource_id = str(state["cloudId"]), str(state["cloudResourceId"])
    try:
        resources = operation.api.resources(cloud_id)
    except NotFound:
        operation.warn_of_absence(f"cloud {cloud_id}")
        return
    if state["primary"]:
        refuse_others(cloud_id, [found for found in resources if found.get("cloud_resource_id") != resource_id])
    if _of(resources, resource_id) is None:
        return
    bound, begun = operation.bound(state["timeoutSeconds"]), operation.waiter.clock()
    if state["primary"]:  # first, so that jobs that go on find everything as it was
        seen = wait_for_end(operation, cloud_id, bound_seconds=bound)
        remedy = "end it in Anyscale's console or with `anyscale job terminate`"
        _give_up_on("what users run", seen, remedy, state, operation)
    seen = end(operation, cloud_id, resource_id, bound_seconds=bound, since=begun)
    remedy = f"end it with `anyscale cloud terminate-system-cluster --cloud-id {cloud_id}`"
    _give_up_on("Anyscale's system workload", seen, remedy, state, operation)


def _give_up_on(what: str, seen: str, remedy: str, state: Values, operation: Operation) -> None:
    """Say of what has not ended who is to end it. `seen`: when the bound had passed; empty where it has ended."""
    if not seen:
        return
    live = _of(operation.api.resources(str(state["cloudId"])), str(state["cloudResourceId"]))
    if live is None:
        return
    bound = operation.bound(state["timeoutSeconds"])
    status = lost(live)
    if not status:
        raise GaveUp(
            f"{what} on {live.get('name')} has not ended after {bound:.0f} s (last seen: {seen}); "
            f"{remedy} and destroy again"
        )
    operation.warn(
        f"gave up after {bound:.0f} s: {what} on {live.get('name')} is {seen} and its operator is {status}, so nobody "
        "is there to end it; going on without"
    )


def _of(resources: list[Json], resource_id: str) -> Json | None:
    return next((found for found in resources if found.get("cloud_resource_id") == resource_id), None)


DRAIN = Handler(
    type_name="anyscale:index:Drain",
    meaning="What must happen at Anyscale before a region may go.",
    inputs=_INPUTS,
    outputs=(),
    create=create,
    read=read,
    update=update,
    delete=delete,
    delete_before_replace=True,
)
