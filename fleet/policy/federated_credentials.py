"""Each credential trusts one service account of one cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import UNKNOWN, at, many
from fleet.policy.rule import Planned, Rule

MOST = 20
"""Federated credentials of one identity (Entra, workload-identity-federation-considerations, read 2026-11)."""

_TYPE = "azure-native:managedidentity:FederatedIdentityCredential"
_AUDIENCE = "api://AzureADTokenExchange"
_NAME = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_SUBJECT = re.compile(rf"system:serviceaccount:(?P<namespace>{_NAME}):{_NAME}")
_HERE = "in components/identity.py"


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    inputs = step.new_inputs
    yield from _subject(at(inputs, "subject"), planned)
    if (issuer := at(inputs, "issuer")) != UNKNOWN and not str(issuer).startswith("https://"):
        yield f"issuer is {issuer}, so that anybody between can sign tokens: name the cluster's https:// issuer {_HERE}"
    if set(many(inputs, "audiences")) != {_AUDIENCE} and UNKNOWN not in (at(inputs, "audiences") or ()):
        yield (
            f"audiences is not {_AUDIENCE} alone, so that tokens made for others are taken too, or none: set it back "
            f"{_HERE}"
        )
    siblings = _of_its_identity(step, planned)
    place = siblings.index(step)
    if place >= MOST:
        yield f"number {place + 1} of an identity that takes {MOST}, so that Azure refuses it: make an identity {_HERE}"
    trusted = {_trusts(other) for other in siblings[:place]}
    if UNKNOWN not in _trusts(step) and _trusts(step) in trusted:
        yield f"issuer and subject are those of another one, so that Azure refuses it: remove one of them {_HERE}"


def _subject(subject: object, planned: Planned) -> Iterator[str]:
    if subject == UNKNOWN:
        return
    if not (match := _SUBJECT.fullmatch(str(subject))):
        yield (
            f"subject is {subject}, so that it is no one service account that may act as the identity: write "
            f"system:serviceaccount:<namespace>:<name> {_HERE}"
        )
        return
    made = {at(each.new_inputs, "metadata.name") for each in planned.of("kubernetes:core/v1:Namespace")}
    if made and UNKNOWN not in made and match["namespace"] not in made:
        yield (
            f"subject is {subject}, whose namespace this stack does not make, so that pods cannot sign in, or those of "
            f"somebody else can: name the operator's namespace {_HERE}"
        )


def _of_its_identity(step: Step, planned: Planned) -> list[Step]:
    def identity(other: Step) -> tuple[object, object]:
        return at(other.new_inputs, "resourceGroupName"), at(other.new_inputs, "resourceName")

    if UNKNOWN in identity(step):
        return [step]
    return [other for other in planned.of(_TYPE) if identity(other) == identity(step)]


def _trusts(step: Step) -> tuple[object, object]:
    return at(step.new_inputs, "issuer"), at(step.new_inputs, "subject")


RULE = Rule(
    id="federated-credentials",
    severity="error",
    source="Entra workload-identity-federation-considerations (read 2026-11); AKS workload identity",
    types=(_TYPE,),
    broken=_broken,
)
