"""The registration of one place in a cloud: made once whatever gets lost, changed in place where Anyscale can.

Owns the registration. Refuses to own what it names (cluster, bucket, identity) and to end what runs there (`drain`).
Its id in Pulumi is `cloud id:name`, known before the first call, so that no failure can lose it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_anyscale.api import SLOW_CALL_SECONDS
from pulumi_anyscale.documents import Json, cloud_deployment
from pulumi_anyscale.errors import (
    AnyscaleError,
    Conflict,
    GaveUp,
    NotFound,
    PartlyMade,
    PrimaryResource,
    Refusal,
    ServerFault,
    Throttled,
)
from pulumi_anyscale.handler import Found, Handler, Made, Operation, State
from pulumi_anyscale.places import registration_failures
from pulumi_anyscale.properties import Change, Values
from pulumi_anyscale.registration import CHANGEABLE, INPUTS, OUTPUTS, differences, projected, settled

_REMOVE_SECONDS = 900.0
_LIST_SECONDS = 60.0
"""How long a registration that was accepted may take to appear in the list."""


def create(inputs: Values, operation: Operation) -> Made:
    """Register, or take over the registration that an interrupted run left.

    Raises:
        Refusal: the name belongs to a different registration.
        PartlyMade: it is registered, or that cannot be ruled out; the next refresh shows which.
    """
    object_id = f"{inputs['cloudId']}:{inputs['name']}"
    try:
        return Made(object_id=object_id, state=_state(inputs, _ensure(inputs, operation)))
    except Refusal:
        raise
    except AnyscaleError as error:
        if _may_be_there(inputs, operation):
            raise PartlyMade(object_id, dict(inputs), str(error)) from error
        raise


def read(object_id: str, inputs: Values, state: Values, operation: Operation) -> Found | None:
    """As Anyscale shows it, found by `cloud id:name`; None once it is not registered."""
    cloud_id, _, name = object_id.partition(":")
    if not (cloud_id and name):
        raise Refusal(f"{object_id!r} is no id of a cloud resource; import takes `cld_...:name`")
    try:
        live = operation.api.resource(cloud_id, name=name)
    except NotFound:
        return None
    if live is None:
        return None
    seen = projected({**inputs, "cloudId": cloud_id}, live, imported=not inputs)
    return Found(state=_state(seen, live), inputs=seen)


def update(object_id: str, state: Values, inputs: Values, operation: Operation) -> State:
    """Change it in place, or register it where a failed creation left only its id."""
    return _state(inputs, _ensure(inputs, operation))


def delete(object_id: str, state: Values, operation: Operation) -> None:
    """Unregister; while workloads run, try again until the bound.

    Raises:
        GaveUp: naming what still runs.
    """
    cloud_id, _, name = object_id.partition(":")
    busy: AnyscaleError | None = None
    try:
        live = operation.api.resource(cloud_id, name=name)
        if live is None:
            return
        if live.get("is_default"):
            operation.tell(_GOES_WITH_CLOUD)
            return
        for _ in operation.waiter.polls(operation.bound(_REMOVE_SECONDS)):
            try:
                operation.api.remove_resource(cloud_id, name=name)
            except (Conflict, ServerFault) as error:
                busy = error
            else:
                return
    except NotFound:
        return
    except PrimaryResource:
        operation.tell(_GOES_WITH_CLOUD)
        return
    raise GaveUp(f"{busy}; end what runs on {name} and destroy again: its operator must live until then") from busy


_GOES_WITH_CLOUD = "the cloud's primary resource is not removed by itself: it goes with the cloud"


def _ensure(inputs: Values, operation: Operation) -> Json:
    """The registration as Anyscale shows it, once it is as asked."""
    live = operation.api.resource(inputs["cloudId"], name=inputs["name"]) or _register(inputs, operation)
    different = differences(inputs, live)
    if not different:
        return live
    if fixed := [text for name, text in different.items() if name not in CHANGEABLE]:
        raise Refusal(
            f"{live['cloud_resource_id']} already has the name {inputs['name']!r} in cloud {inputs['cloudId']}, but "
            f"{'; '.join(fixed)}: choose another name, or remove that one first "
            "(`anyscale cloud resource delete`) if nobody needs it"
        )
    deployment = {**cloud_deployment(inputs), "cloud_resource_id": live["cloud_resource_id"]}
    operation.api.update_resource(inputs["cloudId"], deployment)
    live = _read_back(inputs, operation)
    if left := differences(inputs, live):
        raise Refusal(
            f"Anyscale accepted the change of {inputs['name']!r} but did not make it: {'; '.join(left.values())}"
        )
    return live


def _register(inputs: Values, operation: Operation) -> Json:
    """Add it and read it back. After each failure look first: it may have taken effect."""
    lost: AnyscaleError | None = None
    bound = operation.bound(SLOW_CALL_SECONDS)
    for _ in operation.waiter.polls(bound):
        try:
            operation.api.add_resource(inputs["cloudId"], cloud_deployment(inputs))
        except (Conflict, Throttled, ServerFault) as error:
            lost = error
        else:
            return _read_back(inputs, operation)
        try:
            live = operation.api.resource(inputs["cloudId"], name=inputs["name"])
        except ServerFault:
            continue  # nothing is known: neither give up nor assume
        if live is not None:
            operation.tell(
                f"{live['cloud_resource_id']} has the name {inputs['name']!r} although the call failed ({lost})"
            )
            return live
        if isinstance(lost, Conflict):
            raise lost
    raise GaveUp(f"{lost}; tried for {bound:.0f} s: run `pulumi up` again") from lost


def _read_back(inputs: Values, operation: Operation) -> Json:
    """What the list shows: the answer to a write only repeats the request."""
    for _ in operation.waiter.polls(_LIST_SECONDS):
        if live := operation.api.resource(inputs["cloudId"], name=inputs["name"]):
            return live
    raise GaveUp(f"Anyscale accepted {inputs['name']!r} but does not list it: run `pulumi up` again")


def _may_be_there(inputs: Values, operation: Operation) -> bool:
    """Whether a failed creation left something, or at least whether that cannot be ruled out."""
    try:
        return operation.api.resource(inputs["cloudId"], name=inputs["name"]) is not None
    except NotFound:
        return False
    except ServerFault:
        return True
    except AnyscaleError:
        return False  # no token or no right: nothing was sent either


def _refuse_change(state: Values, changed: Sequence[Change]) -> None:
    """The primary resource goes only with its cloud, so a preview must not promise to replace it alone."""
    replacing = [change for change in changed if change.row.replaces]
    if state.get("isDefault") and replacing and all(change.row.name != "cloudId" for change in replacing):
        raise Refusal(
            f"{'; '.join(str(change) for change in replacing)}: this is the cloud's primary resource, which Anyscale "
            "removes only together with the cloud. Undo the change, or destroy all stacks of this cloud and begin anew"
        )


def _state(inputs: Values, live: Json) -> State:
    return {**inputs, "cloudResourceId": live["cloud_resource_id"], "isDefault": bool(live.get("is_default"))}


CLOUD_RESOURCE = Handler(
    type_name="anyscale:index:CloudResource",
    meaning="A place where Ray can run, registered in a cloud.",
    inputs=INPUTS,
    outputs=OUTPUTS,
    rules=registration_failures,
    settle=settled,
    refuse=_refuse_change,
    create=create,
    read=read,
    update=update,
    delete=delete,
    delete_before_replace=True,  # its name is unique in the cloud
)
