"""The Anyscale cloud: made once, found again by its name, deleted only when nothing is left in it.

Owns the cloud's record and that there is never a second one of the name. Refuses to own what is registered in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pulumi_anyscale.documents import Json
from pulumi_anyscale.errors import (
    TRANSIENT,
    Answered,
    AnyscaleError,
    Conflict,
    GaveUp,
    Interrupted,
    NotFound,
    PartlyMade,
    Refusal,
)
from pulumi_anyscale.handler import Found, Handler, Made, Operation, State
from pulumi_anyscale.places import PROVIDERS, region_failures
from pulumi_anyscale.properties import Property, Values
from pulumi_anyscale.system_workload import end

READY_SECONDS = 1800.0
"""How long a new cloud may take. Source: Anyscale's Terraform provider."""
_DELETE_SECONDS = 900.0
_SETTLE_SECONDS = 30.0
"""How long a cloud whose creation went unanswered may take to appear in the list."""

_INPUTS = (
    Property(name="name", meaning="the cloud's name", required=True, replaces="Anyscale has no way to rename a cloud"),
    Property(
        name="provider",
        meaning="where its primary resource runs",
        default="AZURE",
        one_of=PROVIDERS,
        replaces="a cloud's provider is fixed when it is made",
    ),
    Property(
        name="region",
        meaning="region of its primary resource",
        required=True,
        replaces="a cloud's region is fixed when it is made",
    ),
)
_OUTPUTS = (Property(name="cloudId", meaning="`cld_...`, equal to the resource's id", required=True),)


def write_cloud(inputs: Values) -> Json:
    """The body that Anyscale's own CLI sends to make a cloud on somebody's own Kubernetes."""
    return {
        "name": inputs["name"],
        "region": inputs["region"],
        "provider": inputs["provider"],
        "compute_stack": "K8S",
        "is_k8s": True,
        "is_bring_your_own_resource": True,
        "cluster_management_stack_version": "V2",
        "auto_add_user": False,
        "credentials": "",
    }


def create(inputs: Values, operation: Operation) -> Made:
    """Find the cloud by name, else make it; then wait until it is ready.

    Raises:
        Refusal: several have the name, or the one that has it is another provider's or region's.
        PartlyMade: it exists, but is not ready.
    """
    cloud = _of_that_name(inputs, operation)
    if cloud:
        operation.warn(
            f"adopted the cloud {cloud['id']}, which already has the name {inputs['name']!r}: from now on this stack "
            "owns it, and destroying the stack deletes it"
        )
    else:
        cloud = _make(inputs, operation)
    cloud_id = str(cloud["id"])
    state = {**inputs, "cloudId": cloud_id}
    try:
        _wait_until_ready(cloud_id, operation)
    except AnyscaleError as error:
        raise PartlyMade(cloud_id, state, f"cloud {cloud_id} exists but is not ready: {error}") from error
    return Made(object_id=cloud_id, state=state)


def read(cloud_id: str, inputs: Values, state: Values, operation: Operation) -> Found | None:
    """As Anyscale shows it; None once it is deleted."""
    if not re.fullmatch(r"cld_\w+", cloud_id):
        raise Refusal(f"{cloud_id!r} is no id of a cloud; import takes the id (cld_...), which the console shows")
    try:
        cloud = operation.api.cloud(cloud_id)
    except NotFound:
        operation.warn_of_absence(f"cloud {cloud_id}")
        return None
    if cloud.get("state") == "DELETED":
        return None
    live = {row.name: _seen(inputs.get(row.name), cloud.get(row.name)) for row in _INPUTS}
    return Found(state={**live, "cloudId": cloud_id}, inputs=live)


def update(cloud_id: str, state: Values, inputs: Values, operation: Operation) -> State:
    """No property changes in place; this is a creation whose wait had failed, so wait again."""
    _wait_until_ready(cloud_id, operation)
    return {**inputs, "cloudId": cloud_id}


def delete(cloud_id: str, state: Values, operation: Operation) -> None:
    """Delete it with its primary resource.

    Raises:
        Refusal: other regions are still registered.
        GaveUp: something in it still runs, or its deletion takes longer than the bound.
    """
    bound, begun = operation.bound(_DELETE_SECONDS), operation.waiter.clock()
    try:
        resources = operation.api.resources(cloud_id)
        refuse_others(cloud_id, [found for found in resources if not found.get("is_default")])
        for primary in resources:
            end(operation, cloud_id, str(primary["cloud_resource_id"]), bound_seconds=bound, since=begun)
        operation.api.mark_cloud_deleting(cloud_id)
        _delete_when_idle(cloud_id, operation, bound, begun)
    except NotFound:
        operation.warn_of_absence(f"cloud {cloud_id}")
        return
    seen = ""
    for _ in operation.waiter.polls(bound, since=begun):
        seen = _left_of(cloud_id, operation)
        if not seen:
            return
    raise GaveUp(
        f"Anyscale has taken the deletion of cloud {cloud_id} but has not finished it within {bound:.0f} s (last seen: "
        f"{seen}): destroy again, which waits for it"
    )


def refuse_others(cloud_id: str, others: Sequence[Json]) -> None:
    """Stop before the cloud is taken from under other regions.

    Raises:
        Refusal: naming them.
    """
    if others:
        names = ", ".join(sorted(str(found.get("name")) for found in others))
        raise Refusal(
            f"cloud {cloud_id} still has other resources registered ({names}), which would lose it: "
            "destroy those stacks first"
        )


def _of_that_name(inputs: Values, operation: Operation) -> Json | None:
    """The one cloud that may be adopted. A list that cannot be read is an error, never an empty list."""
    gone = ("DELETING", "DELETED")
    clouds = [c for c in operation.api.clouds() if c.get("name") == inputs["name"] and c.get("state") not in gone]
    if not clouds:
        return None
    if len(clouds) > 1:
        ids = ", ".join(sorted(str(cloud["id"]) for cloud in clouds))
        raise Refusal(
            f"{len(clouds)} clouds have the name {inputs['name']!r} ({ids}), so it is unclear which is meant: "
            "delete the wrong ones, or `pulumi import` the right one by its id"
        )
    for name in ("provider", "region"):
        there = _seen(inputs[name], clouds[0].get(name))
        if there != inputs[name]:
            raise Refusal(
                f"cloud {clouds[0]['id']} already has the name {inputs['name']!r}, but its {name} is {there!r} and not "
                f"{inputs[name]!r}: choose another name, or the same {name}"
            )
    return clouds[0]


def _make(inputs: Values, operation: Operation) -> Json:
    """Make it, once. Never a second try: if the first takes effect late, there are two clouds of one name."""
    try:
        return operation.api.create_cloud(write_cloud(inputs))
    except AnyscaleError as error:
        if not error.may_have_taken_effect:
            raise
        lost = error
    seen = "the list does not have it"
    try:
        for _ in operation.waiter.polls(_SETTLE_SECONDS):
            try:
                cloud = _of_that_name(inputs, operation)
            except TRANSIENT as error:
                seen = error.found
                continue
            if cloud:
                operation.tell(f"the creation went unanswered, but made cloud {cloud['id']}")
                return cloud
    except (Interrupted, Answered) as error:
        seen = error.found
    raise GaveUp(
        f"{lost.found}; it may have made cloud {inputs['name']!r} all the same ({seen}): run `pulumi up` again, which "
        "looks for the name before it makes one"
    ) from lost


def _seen(asked: Any, there: Any) -> Any:
    """What Anyscale shows, in the spelling that was asked for; a field that it does not show is no opinion."""
    return asked if not there or str(there).lower() == str(asked).lower() else there


def _wait_until_ready(cloud_id: str, operation: Operation) -> None:
    seen: Any = None
    bound = operation.bound(READY_SECONDS)
    for _ in operation.waiter.polls(bound):
        try:
            cloud = operation.api.cloud(cloud_id)
        except (NotFound, *TRANSIENT) as error:  # a fresh record may not be everywhere yet
            seen = error
            continue
        seen = cloud.get("state")
        if seen == "ACTIVE" and str(cloud.get("status") or "ready").lower() == "ready":
            return
        if seen in ("VERIFICATION_FAILED", "DELETING", "DELETED"):
            raise Refusal(f"its state is {seen}, from which it does not become ready: see it in the console")
    raise GaveUp(f"still not ready after {bound:.0f} s (last seen: {seen}): run `pulumi up` again")


def _delete_when_idle(cloud_id: str, operation: Operation, bound_seconds: float, begun: float) -> None:
    busy: AnyscaleError | None = None
    for _ in operation.waiter.polls(bound_seconds, since=begun):
        try:
            operation.api.delete_cloud(cloud_id)
        except (Conflict, *TRANSIENT) as error:
            busy = error
        else:
            return
    raise GaveUp(f"cloud {cloud_id} was not deleted within {bound_seconds:.0f} s: {busy}") from busy


def _left_of(cloud_id: str, operation: Operation) -> str:
    """What is seen of a cloud that is being deleted; empty once it is gone."""
    try:
        state = str(operation.api.cloud(cloud_id).get("state"))
    except NotFound:
        return ""
    except TRANSIENT as fault:
        return str(fault)
    return "" if state == "DELETED" else f"its state is {state}"


CLOUD = Handler(
    type_name="anyscale:index:Cloud",
    meaning="The name under which all regions are one.",
    inputs=_INPUTS,
    outputs=_OUTPUTS,
    rules=region_failures,
    create=create,
    read=read,
    update=update,
    delete=delete,
    delete_before_replace=True,  # beside the old one of its name, the new one would adopt it and then lose it
)
