"""Identities, whom they trust, and what they may do."""

from __future__ import annotations

import re
from typing import Any

from simulator.standins import rules
from simulator.standins.azure.kind import GROUP, Kind, Made, last_name, parent_of
from simulator.standins.refusal import azure
from simulator.standins.rules import Ask, Place, guid
from simulator.world import Record

Json = dict[str, Any]

_IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{{resourceName}}"
_API = "2024-11-30"
_MOST_CREDENTIALS = 20
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ROLE = re.compile(r".*/providers/Microsoft.Authorization/roleDefinitions/" + _GUID.pattern, re.IGNORECASE)


def _refuse_credential(ask: Ask, place: Place) -> None:
    identity = f"{parent_of(place.key)}/"
    others = [
        record
        for record in ask.world.records(provider="azure-native", type_suffix=":FederatedIdentityCredential")
        if record.key.startswith(identity) and record.key != place.key
    ]
    if len(others) >= _MOST_CREDENTIALS:
        message = f"Too many Federated Identity Credentials: {_MOST_CREDENTIALS} is the most on {identity[:-1]}."
        raise azure(400, "BadRequest", message)
    for other in others:
        if all(other.inputs.get(name) == ask.inputs.get(name) for name in ("issuer", "subject")):
            twin = f"It is that of {last_name(other.id)}."
            message = f"Issuer and subject combination already exists for this Managed Identity. {twin}"
            raise azure(409, "Conflict", message)
    if len(ask.inputs.get("audiences", [])) != 1:
        raise azure(400, "BadRequest", "A federated identity credential takes exactly one audience.")


def _refuse_grant(ask: Ask, place: Place) -> None:
    inputs = ask.inputs
    if not _ROLE.fullmatch(inputs.get("roleDefinitionId", "")):
        raise azure(400, "InvalidRoleDefinitionId", f"'{inputs.get('roleDefinitionId')}' is no role definition id.")
    principal = inputs.get("principalId", "")
    if not _GUID.fullmatch(principal):
        raise azure(400, "InvalidPrincipalId", f"The principal id '{principal}' is not a GUID.")
    if "principalType" not in inputs:
        message = f"Principal {principal} does not exist in the directory {rules.TENANT}."
        raise azure(400, "PrincipalNotFound", f"{message} If it was just made, set principalType.")
    for other in ask.world.records(provider="azure-native", type_suffix=":RoleAssignment"):
        if other.key == place.key:
            continue
        if last_name(other.key) == last_name(place.key):
            message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
            raise azure(409, "RoleAssignmentUpdateNotPermitted", message)
        if _meaning(other.inputs) == _meaning(inputs):
            raise azure(
                409, "RoleAssignmentExists", f"The role assignment already exists. Its ID is {last_name(other.id)}."
            )


def _refuse_other_role(ask: Ask, place: Place, live: Record) -> None:
    if last_name(live.inputs["roleDefinitionId"]).lower() != last_name(ask.inputs["roleDefinitionId"]).lower():
        raise azure(
            409, "RoleAssignmentUpdateNotPermitted", "The role of a role assignment is not allowed to be updated."
        )


def _meaning(inputs: Json) -> tuple[str, ...]:
    role = last_name(inputs.get("roleDefinitionId", ""))
    return inputs.get("scope", "").lower().rstrip("/"), inputs.get("principalId", "").lower(), role.lower()


def _id_as(purpose: str) -> Any:
    def value(made: Made) -> str:
        return guid(made.unique, purpose)

    return value


KINDS = {
    "managedidentity:UserAssignedIdentity": Kind(
        path=_IDENTITY,
        api=_API,
        name=r"[a-zA-Z0-9][\w-]{2,127}",
        computed={
            "clientId": _id_as("client"), "principalId": _id_as("principal"), "tenantId": lambda made: rules.TENANT,
        },
    ),
    "managedidentity:FederatedIdentityCredential": Kind(
        path=f"{_IDENTITY}/federatedIdentityCredentials/{{federatedIdentityCredentialResourceName}}",
        api=_API,
        name=r"[a-zA-Z0-9][\w-]{2,119}",
        located=False,
        refuse=(_refuse_credential,),
        one_writer="ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
    ),
    "authorization:RoleAssignment": Kind(
        path="{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        api="2022-04-01",
        name=_GUID.pattern + "|" + _GUID.pattern.upper(),
        located=False,
        replaces=frozenset({"principalId", "scope"}),
        keeps=frozenset({"scope"}),
        refuse=(_refuse_grant,),
        refuse_change=(_refuse_other_role,),
    ),
}  # fmt: skip
