"""The wait until Anyscale hears from a region's operator and finds it healthy.

Owns nothing at Anyscale: deleting it does nothing. Refuses to say why an operator is ill beyond what its own checks
report.
"""

from __future__ import annotations

from pulumi_anyscale.documents import Json
from pulumi_anyscale.errors import TRANSIENT, GaveUp, NotFound, Refusal
from pulumi_anyscale.handler import Found, Handler, Made, Operation, State
from pulumi_anyscale.properties import Kind, Property, Values

HEALTHY = "HEALTHY"
TIMEOUT_SECONDS = 900
WHERE_TO_LOOK = "kubectl --namespace anyscale-operator logs deployment/anyscale-operator --all-containers --tail=100"
"""Namespace and deployment as Anyscale's chart names them."""

_INPUTS = (
    Property(
        name="cloudId",
        meaning="the cloud's id",
        required=True,
        replaces="it waits for an operator of another cloud",
    ),
    Property(
        name="cloudResourceId",
        meaning="the registration's id, `cldrsrc_...`",
        required=True,
        replaces="it waits for another registration's operator",
    ),
    Property(name="trigger", meaning="waits again when it changes", required=True),
    Property(
        name="timeoutSeconds",
        meaning="how long it waits, in seconds",
        kind=Kind.NUMBER,
        default=TIMEOUT_SECONDS,
    ),
)
_OUTPUTS = (
    Property(name="status", meaning="the operator's status as Anyscale has it", required=True),
    Property(name="operatorVersion", meaning="as the operator reports it", required=True),
)


def create(inputs: Values, operation: Operation) -> Made:
    """Wait.

    Raises:
        GaveUp: with the checks that the operator reported as failing.
        Refusal: nothing of that id is registered.
    """
    return Made(object_id=f"ready-{inputs['cloudResourceId']}", state={**inputs, **_wait(inputs, operation)})


def read(object_id: str, inputs: Values, state: Values, operation: Operation) -> Found | None:
    """The status as it is now; an ill operator is an output and a warning, never a reason to plan anything."""
    if not inputs:
        raise Refusal("an OperatorReady cannot be imported: it is only a wait; declare it and run `pulumi up`")
    try:
        live = _live(inputs, operation)
    except NotFound:
        operation.warn_of_absence(f"cloud {inputs['cloudId']}")
        return None
    if live is None:
        return None
    if live.get("operator_status") != HEALTHY:
        operation.warn(f"{_report(inputs, live)}. Look at: {WHERE_TO_LOOK}")
    return Found(state={**inputs, **_outputs(live)}, inputs=dict(inputs))


def update(object_id: str, state: Values, inputs: Values, operation: Operation) -> State:
    """Wait again when the trigger has changed; a new timeout alone is only noted."""
    if state.get("trigger") == inputs["trigger"] and state.get("status"):
        return {**state, **inputs}
    return {**inputs, **_wait(inputs, operation)}


def delete(object_id: str, state: Values, operation: Operation) -> None:
    """Nothing to delete."""


def _wait(inputs: Values, operation: Operation) -> State:
    seen = "nothing"
    bound = operation.bound(inputs["timeoutSeconds"])
    for _ in operation.waiter.polls(bound):
        try:
            live = _live(inputs, operation)
        except TRANSIENT as fault:
            seen = str(fault)
            continue
        if live is None:
            raise Refusal(
                f"{inputs['cloudResourceId']} is not registered in cloud {inputs['cloudId']}: run "
                "`pulumi up --refresh`, which registers it anew"
            )
        if live.get("operator_status") == HEALTHY:
            return _outputs(live)
        seen = _report(inputs, live)
    raise GaveUp(f"no healthy operator after {bound:.0f} s: {seen}. Look at: {WHERE_TO_LOOK}")


def _live(inputs: Values, operation: Operation) -> Json | None:
    wanted = inputs["cloudResourceId"]
    resources = operation.api.resources(inputs["cloudId"])
    return next((found for found in resources if found.get("cloud_resource_id") == wanted), None)


def _outputs(live: Json) -> State:
    details: Json = live.get("operator_status_details") or {}
    return {
        "status": str(live.get("operator_status") or "UNSPECIFIED"),
        "operatorVersion": str(details.get("operator_version") or ""),
    }


def _report(inputs: Values, live: Json) -> str:
    """Status, and each check that is not in order with the operator's own words."""
    status = live.get("operator_status") or "UNSPECIFIED"
    text = f"the operator of {live.get('name')} ({inputs['cloudResourceId']}) is {status}"
    if status in ("UNSPECIFIED", "DISCONNECTED"):
        text += ", so Anyscale does not hear from it" if status == "DISCONNECTED" else ", so it has never reported"
    details: Json = live.get("operator_status_details") or {}
    checks: list[Json] = details.get("check_results") or []
    failing = [
        f"{check.get('name')} ({check.get('status')}): {check.get('details') or 'no details'}"
        for check in checks
        if check.get("status") != HEALTHY
    ]
    return f"{text}; failing checks: {'; '.join(failing)}" if failing else text


OPERATOR_READY = Handler(
    type_name="anyscale:index:OperatorReady",
    meaning="The wait until Anyscale hears from the operator and finds it healthy.",
    inputs=_INPUTS,
    outputs=_OUTPUTS,
    create=create,
    read=read,
    update=update,
    delete=delete,
    kept_on_update=False,
)
