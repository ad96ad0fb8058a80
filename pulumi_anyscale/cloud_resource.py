"""The registration of one place in a cloud: made once whatever gets lost, changed in place where Anyscale can.

Owns the registration. Refuses to own what it names (cluster, bucket, identity) and to end what runs there (`drain`).
Its id in Pulumi is `cloud id:name`, known before the first call, so that no failure can lose it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pulumi_anyscale.api import SLOW_CALL_SECONDS
from pulumi_anyscale.documents import Json, cloud_resource_document
from pulumi_anyscale.errors import (
    TRANSIENT,
    AnyscaleError,
    Conflict,
    GaveUp,
    NotFound,
    PartlyMade,
    PrimaryResource,
    Refusal,
)
from pulumi_anyscale.handler import Found, Handler, Made, Operation, State
from pulumi_anyscale.lost_region import lost
from pulumi_anyscale.places import registration_failures
from pulumi_anyscale.properties import Change, Values
from pulumi_anyscale.registration import CHANGEABLE, INPUTS, OUTPUTS, differences, projected, settled

_LIST_SECONDS = 60.0
"""How long a registration that was accepted may take to appear in the list."""


def create(inputs: Values, operation: Operation) -> Made:
    """Register, or take over the registration that an interrupted run left.

    Raises:
        Refusal: the name belongs to a different registration.
        PartlyMade: it is registered but not as asked, or that it is cannot be ruled out; the next refresh shows which.
    """
    object_id = f"{inputs['cloudId']}:{inputs['name']}"
    live = operation.api.resource(inputs["cloudId"], name=inputs["name"])
    if live:
        _refuse_another(inputs, live)
    else:
        live = _register(object_id, inputs, operation)
    try:
        return Made(object_id=object_id, state=_state(inputs, _changed(inputs, live, operation)))
    except AnyscaleError as error:
        raise PartlyMade(object_id, _state(inputs, live), str(error)) from error


def read(object_id: str, inputs: Values, state: Values, operation: Operation) -> Found | None:
    """As Anyscale shows it, found by `cloud id:name`; None once it is not registered."""
    cloud_id, _, name = object_id.partition(":")
    if not (re.fullmatch(r"cld_\w+", cloud_id) and name):
        raise Refusal(f"{object_id!r} is no id of a cloud resource; import takes `cld_...:name`")
    try:
        live = operation.api.resource(cloud_id, name=name)
    except NotFound:
        operation.warn_of_absence(f"cloud {cloud_id}")
        return None
    if live is None:
        return None
    seen = projected({**inputs, "cloudId": cloud_id}, live, imported=not inputs)
    return Found(state=_state(seen, live), inputs=seen)


def update(object_id: str, state: Values, inputs: Values, operation: Operation) -> State:
    """Change it in place, or register it where a failed creation left only its id."""
    live = operation.api.resource(inputs["cloudId"], name=inputs["name"]) or _register(object_id, inputs, operation)
    return _state(inputs, _changed(inputs, live, operation))


def delete(object_id: str, state: Values, operation: Operation) -> None:
    """Unregister; while workloads run, try again until the bound.

    A lost region is let go even so, and left registered: what Anyscale waits for would end in a cluster that is gone.

    Raises:
        GaveUp: naming what still runs.
    """
    cloud_id, _, name = object_id.partition(":")
    bound = operation.bound(SLOW_CALL_SECONDS)
    busy: AnyscaleError | None = None
    try:
        live = operation.api.resource(cloud_id, name=name)
        if live is None:
            return
        if live.get("is_default"):
            operation.tell(_GOES_WITH_CLOUD)
            return
        for _ in operation.waiter.polls(bound):
            try:
                operation.api.remove_resource(cloud_id, name=name)
            except (Conflict, *TRANSIENT) as error:
                busy = error
            else:
                return
    except NotFound:
        operation.warn_of_absence(f"{name} in cloud {cloud_id}")
        return
    except PrimaryResource:
        operation.tell(_GOES_WITH_CLOUD)
        return
    if (live := operation.api.resource(cloud_id, name=name)) is None:
        return
    if not (status := lost(live)):
        raise GaveUp(f"{name}, whose operator must live until then, was not removed within {bound:.0f} s: {busy}")
    operation.warn(
        f"gave up after {bound:.0f} s and left {name} registered in cloud {cloud_id}: its operator is {status}, so "
        f"what runs there cannot end ({busy.found if busy else 'no answer'}). End it in Anyscale's console, then "
        f"`anyscale cloud resource delete --cloud <name> --resource {name}`"
    )


_GOES_WITH_CLOUD = "the cloud's primary resource is not removed by itself: it goes with the cloud"


def _refuse_another(inputs: Values, live: Json) -> None:
    """Stop where what has the name differs in what Anyscale fixes."""
    fixed = [text for name, text in differences(inputs, live).items() if name not in CHANGEABLE]
    if fixed:
        raise Refusal(
            f"{live['cloud_resource_id']} has the name {inputs['name']!r} in cloud {inputs['cloudId']}, but "
            f"{'; '.join(fixed)}: choose another name, or remove that one first "
            "(`anyscale cloud resource delete`) if nobody needs it"
        )


def _changed(inputs: Values, live: Json, operation: Operation) -> Json:
    """The registration as Anyscale shows it, once it is as asked."""
    if not differences(inputs, live):
        return live
    _refuse_another(inputs, live)
    deployment = {**cloud_resource_document(inputs), "cloud_resource_id": live["cloud_resource_id"]}
    operation.api.update_resource(inputs["cloudId"], deployment)
    live = _read_back(inputs, operation)
    if left := differences(inputs, live):
        raise Refusal(
            f"Anyscale accepted the change of {inputs['name']!r} but did not make it: {'; '.join(left.values())}. "
            "Ask for what it shows, or make the change in Anyscale's console"
        )
    return live


def _register(object_id: str, inputs: Values, operation: Operation) -> Json:
    """Add it and read it back. After each failure look first: it may have taken effect.

    Raises:
        AnyscaleError: it was not added.
        PartlyMade: it was, or may have been, but is not to be seen.
    """
    may_be_there, bound = False, operation.bound(SLOW_CALL_SECONDS)
    failed: AnyscaleError | None = None
    try:
        for _ in operation.waiter.polls(bound):
            failed = _add(inputs, operation)
            may_be_there = may_be_there or failed is None or failed.may_have_taken_effect
            if failed is None:
                return _read_back(inputs, operation)
            if not isinstance(failed, (Conflict, *TRANSIENT)):
                raise failed
            try:
                live = operation.api.resource(inputs["cloudId"], name=inputs["name"])
            except TRANSIENT:
                continue  # nothing is known: neither give up nor assume
            if live:
                if not may_be_there:
                    _refuse_another(inputs, live)
                operation.tell(f"{live['cloud_resource_id']} has the name although the call failed ({failed.found})")
                return live
            if isinstance(failed, Conflict):
                raise failed
        raise GaveUp(f"not registered within {bound:.0f} s: {failed}")
    except AnyscaleError as error:
        if may_be_there:
            raise PartlyMade(object_id, dict(inputs), str(error)) from error
        raise


def _add(inputs: Values, operation: Operation) -> AnyscaleError | None:
    try:
        operation.api.add_resource(inputs["cloudId"], cloud_resource_document(inputs))
    except AnyscaleError as error:
        return error
    return None


def _read_back(inputs: Values, operation: Operation) -> Json:
    """What the list shows: the answer to a write only repeats the request."""
    seen = "it is not listed"
    for _ in operation.waiter.polls(_LIST_SECONDS):
        try:
            live = operation.api.resource(inputs["cloudId"], name=inputs["name"])
        except TRANSIENT as error:
            seen = error.found
            continue
        if live:
            return live
    raise GaveUp(f"Anyscale accepted {inputs['name']!r} but does not show it ({seen}): run `pulumi up` again")


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
