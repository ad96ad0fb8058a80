"""What a registration must look like, by the provider of the place.

Owns rows and the checks made of them. Source: the validations of Anyscale's CLI and Terraform provider, and for the
identity the values that its operator presents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pulumi_anyscale.properties import Failure, Values, known

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CLAIM = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class Place:
    """One provider.

    Attributes:
        bucket: the whole bucket URL matches it; `bucket_example` shows one.
        identity: the operator's identity matches it; None where it has none and uses a token.
        zone: a zone's name matches it.
    """

    bucket: re.Pattern[str]
    bucket_example: str
    identity: re.Pattern[str] | None
    identity_is: str = ""
    endpoint: re.Pattern[str] = re.compile(r"https?://[^/\s]+")
    region: re.Pattern[str] = re.compile(r"\S+")
    zone: re.Pattern[str] = re.compile(r"\S+")


PLACES = {
    "AZURE": Place(
        bucket=re.compile(r"abfss://[a-z0-9$-]{3,63}@[a-z0-9]{3,24}\.dfs\.core\.[a-z.]+"),
        bucket_example="abfss://container@account.dfs.core.windows.net",
        identity=_GUID,
        identity_is="the managed identity's principal (object) id, a GUID",
        endpoint=re.compile(r"https://[^/\s]+"),
        region=re.compile(r"[a-z0-9]+"),
        zone=re.compile(r"\d"),
    ),
    "AWS": Place(
        bucket=re.compile(r"s3://\S+"),
        bucket_example="s3://bucket",
        identity=re.compile(r"arn:[a-z-]+:iam::\d{12}:role/\S+"),
        identity_is="the ARN of an IAM role",
    ),
    "GCP": Place(
        bucket=re.compile(r"gs://\S+"),
        bucket_example="gs://bucket",
        identity=re.compile(r"[^@\s]+@[^@\s]+\.gserviceaccount\.com"),
        identity_is="the e-mail address of a service account",
    ),
    "GENERIC": Place(bucket=re.compile(r"[a-z][a-z0-9+.-]*://\S+"), bucket_example="s3://bucket", identity=None),
}
PROVIDERS = tuple(PLACES)


def region_failures(inputs: Values) -> list[Failure]:
    """A region in Azure's short spelling, which is the one that Anyscale compares."""
    place, region = PLACES.get(str(known(inputs, "provider"))), known(inputs, "region")
    if not place or not region or place.region.fullmatch(region):
        return []
    short = re.sub(r"[^a-z0-9]", "", region.lower())
    return [Failure(name="region", reason=f"{region!r} is no short name of a region: write it like {short!r}")]


def registration_failures(inputs: Values) -> list[Failure]:
    """Everything that is wrong with a registration whose provider is known."""
    provider = known(inputs, "provider")
    place = PLACES.get(str(provider))
    if not place:
        return []
    found = region_failures(inputs)

    def refuse(name: str, reason: str) -> None:
        found.append(Failure(name=name, reason=reason))

    bucket, endpoint, claim = (known(inputs, n) for n in ("bucketName", "bucketEndpoint", "persistentVolumeClaim"))
    if bucket and not place.bucket.fullmatch(bucket):
        refuse("bucketName", f"{bucket!r} is no bucket of {provider}: write it like {place.bucket_example}")
    if endpoint and not place.endpoint.fullmatch(endpoint):
        refuse("bucketEndpoint", f"{endpoint!r} is no bare origin: write https://host, without a path")
    if claim and not _CLAIM.fullmatch(claim):
        refuse("persistentVolumeClaim", f"{claim!r} is no name of a Kubernetes claim")
    for zone in known(inputs, "zones") or ():
        if not place.zone.fullmatch(zone):
            refuse("zones", f"{zone!r} is no zone of {provider}")
    return found + _identity_failures(inputs, str(provider), place)


def _identity_failures(inputs: Values, provider: str, place: Place) -> list[Failure]:
    found: list[Failure] = []
    identity, tenant = known(inputs, "operatorIdentity"), known(inputs, "tenantId")
    if place.identity is None and inputs.get("operatorIdentity") is not None:
        reason = f"{provider} has no identities: its operator uses a token, so leave this out"
        found.append(Failure(name="operatorIdentity", reason=reason))
    elif place.identity is not None and inputs.get("operatorIdentity") is None:
        reason = f"required for {provider} and absent; it is {place.identity_is}"
        found.append(Failure(name="operatorIdentity", reason=reason))
    elif place.identity is not None and identity and not place.identity.fullmatch(identity):
        reason = f"{identity!r} is refused: for {provider} it is {place.identity_is}"
        found.append(Failure(name="operatorIdentity", reason=reason))
    if inputs.get("tenantId") is not None and provider != "AZURE":
        found.append(Failure(name="tenantId", reason=f"only AZURE has tenants, this is {provider}: leave it out"))
    elif tenant and not _GUID.fullmatch(tenant):
        found.append(Failure(name="tenantId", reason=f"{tenant!r} is no GUID of an Entra tenant"))
    elif tenant and tenant == identity:
        reason = "the same GUID as operatorIdentity: one of the two is the wrong one"
        found.append(Failure(name="tenantId", reason=reason))
    return found
