"""Anyscale is told of things that this stack has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import ACCOUNT, CONTAINER, UNKNOWN, at
from fleet.policy.rule import Planned, Rule

_BUCKET = re.compile(r"abfss://(?P<container>[^@/]+)@(?P<account>[^./]+)\.dfs\.core\.windows\.net")
_REMEDY = "pass on what components/storage.py made"


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    inputs = step.new_inputs
    if at(inputs, "provider") != "AZURE":
        return
    yield from _bucket(at(inputs, "bucketName"), planned)
    endpoint = at(inputs, "bucketEndpoint")
    if endpoint != UNKNOWN and not str(endpoint).startswith("https://"):
        yield f"bucketEndpoint is {endpoint}, so that logs and artifacts would travel in the clear or not: {_REMEDY}"
    claim = at(inputs, "persistentVolumeClaim")
    claims = {at(each.new_inputs, "metadata.name") for each in planned.of("kubernetes:core/v1:PersistentVolumeClaim")}
    if claim not in (None, UNKNOWN) and UNKNOWN not in claims and claim not in claims:
        yield f"persistentVolumeClaim is {claim}, which this stack does not make, so that no Ray pod starts: {_REMEDY}"
    if at(inputs, "operatorIdentity") is None:
        yield (
            "operatorIdentity is absent, so that the operator would need a token that does not end: pass on the "
            "principal id of components/identity.py"
        )


def _bucket(bucket: object, planned: Planned) -> Iterator[str]:
    if bucket == UNKNOWN:
        return
    match = _BUCKET.fullmatch(str(bucket))
    if match is None:
        yield f"bucketName is {bucket}, which is no abfss://<container>@<account>.dfs.core.windows.net: {_REMEDY}"
        return
    made = {
        "account": {at(each.new_inputs, "accountName") for each in planned.of(ACCOUNT)},
        "container": {at(each.new_inputs, "containerName") for each in planned.of(CONTAINER)},
    }
    for what, names in made.items():
        if UNKNOWN not in names and match[what] not in names:
            yield (
                f"bucketName names {what} {match[what]}, which this stack does not make, so that logs and artifacts go "
                f"to somebody else or nowhere: {_REMEDY}"
            )


RULE = Rule(
    id="registration",
    severity="error",
    source="Anyscale: `anyscale cloud resource create` (docs.anyscale.com, read 2026-08)",
    types=("anyscale:index:CloudResource",),
    broken=_broken,
)
