"""What a registration says, as rows, and how what was asked compares with what Anyscale shows.

Owns the comparison. Pure: refuses to call anything (`cloud_resource.py`).
"""

from __future__ import annotations

from typing import Any

from pulumi_anyscale.documents import Json, inputs_of
from pulumi_anyscale.places import PROVIDERS
from pulumi_anyscale.properties import Kind, Property, Values

_FIXED = "Anyscale fixes it when the resource is registered"
INPUTS = (
    Property(
        name="cloudId",
        meaning="the cloud's id, `cld_...`",
        required=True,
        replaces="a registration cannot move to another cloud",
    ),
    Property(name="name", meaning="its name, unique in the cloud", required=True, replaces="Anyscale cannot rename it"),
    Property(name="provider", meaning="whose place it is", default="AZURE", one_of=PROVIDERS, replaces=_FIXED),
    Property(name="computeStack", meaning="how Ray runs there", default="K8S", one_of=("K8S",), replaces=_FIXED),
    Property(name="region", meaning="the cluster's region", required=True, replaces=_FIXED),
    Property(
        name="networkingMode",
        meaning="how Ray's ingress is reached",
        one_of=("PUBLIC", "PRIVATE"),
        replaces=_FIXED,
    ),
    Property(name="bucketName", meaning="the bucket's URL with its scheme", required=True, replaces=_FIXED),
    Property(name="bucketEndpoint", meaning="origin of the bucket's service", replaces=_FIXED),
    Property(name="bucketRegion", meaning="the bucket's region, where it is another one", replaces=_FIXED),
    Property(
        name="operatorIdentity",
        meaning="who the operator is; on Azure the principal id",
        replaces="Anyscale trusts the operator by it and fixes it when the resource is registered",
    ),
    Property(name="tenantId", meaning="the identity's Entra tenant", replaces=_FIXED),
    Property(name="persistentVolumeClaim", meaning="claim that is mounted at /mnt/cluster_storage"),
    Property(name="zones", meaning="the nodes' zones", kind=Kind.TEXTS),
    Property(name="redisEndpoint", meaning="host:port of a Redis for Ray's fault tolerance"),
)
OUTPUTS = (
    Property(name="cloudResourceId", meaning="`cldrsrc_...`; the operator is installed with it", required=True),
    Property(name="isDefault", meaning="whether it is the cloud's primary one", kind=Kind.BOOLEAN, required=True),
)
CHANGEABLE = tuple(row.name for row in INPUTS if not row.replaces)


def settled(inputs: Values) -> dict[str, Any]:
    """One spelling: no slash at the end of an address, no region of the bucket that is the resource's own."""
    result = dict(inputs)
    for name in ("bucketEndpoint", "bucketName"):
        if isinstance(result.get(name), str):
            result[name] = result[name].rstrip("/")
    if result.get("bucketRegion") == result.get("region"):
        result.pop("bucketRegion", None)
    if not result.get("zones"):
        result.pop("zones", None)
    return result


def projected(inputs: Values, live: Json, *, imported: bool) -> dict[str, Any]:
    """Inputs that would make what Anyscale shows.

    What it does not show of a fixed property is no opinion, nor is its own default for one nobody asked for: to plan
    a region's replacement for either would be worse than to miss a drift that cannot happen.
    """
    shown = settled(inputs_of(live))
    result: dict[str, Any] = {"cloudId": inputs["cloudId"]}
    for row in INPUTS[1:]:
        asked, there = inputs.get(row.name), shown.get(row.name)
        no_opinion = row.replaces and not imported and (asked is None or there is None)
        value = asked if no_opinion or _same(asked, there) else there
        if value is not None:
            result[row.name] = value
    return result


def differences(inputs: Values, live: Json) -> dict[str, str]:
    """Property by property, how what Anyscale shows is not what was asked."""
    seen = projected(inputs, live, imported=False)
    return {
        row.name: f"{row.name} is {seen.get(row.name)!r} and not {inputs.get(row.name)!r}"
        for row in INPUTS
        if seen.get(row.name) != inputs.get(row.name)
    }


def _same(asked: Any, there: Any) -> bool:
    """Equal but for the case of GUIDs and enums, which a server may write its own way."""
    if isinstance(asked, str) and isinstance(there, str):
        return asked.lower() == there.lower()
    return asked == there
