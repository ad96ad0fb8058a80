"""The simulated Entra directory, seen through the azuread provider.

Owns service principals and what is generic about everything else there. Reading and adopting a vendor's principal is
what this project does with it; users, groups and policies get the generic treatment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.standins import rules
from simulator.standins.changes import Path
from simulator.standins.refusal import Refused
from simulator.standins.rules import Ask, Place, guid
from simulator.world import Record

Json = dict[str, Any]

_REPLACES: dict[str, frozenset[str]] = {
    "azuread:index/servicePrincipal:ServicePrincipal": frozenset({"clientId", "useExisting"}),
}
_COLLECTIONS: dict[str, str] = {
    "azuread:index/servicePrincipal:ServicePrincipal": "servicePrincipals",
    "azuread:index/application:Application": "applications",
    "azuread:index/group:Group": "groups",
    "azuread:index/user:User": "users",
}
_PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
_PRINCIPAL_LISTS = (
    "alternativeNames", "appRoles", "featureTags", "features", "notificationEmailAddresses", "redirectUris", "tags",
    "samlSingleSignOns", "oauth2PermissionScopes",
)  # fmt: skip


class AzureAD:
    """Rules of `azuread`."""

    name = "azuread"
    version = "6.11.1"

    def check(self, ask: Ask, old: Json) -> tuple[Json, list[tuple[str, str]]]:
        missing = ask.type == _PRINCIPAL and "clientId" not in ask.inputs
        return ask.inputs, [("clientId", "missing required property 'clientId'")] if missing else []

    def replaces(self, ask: Ask, path: Path) -> bool:
        return path[0] in _REPLACES.get(ask.type, frozenset())

    def deletes_first(self, old: Json) -> bool:
        return True

    def place(self, ask: Ask) -> Place:
        if not ask.id:
            object_id = guid(ask.type, ask.inputs.get("clientId") or f"{ask.stack}/{ask.name}")
            return Place(id=f"/{_collection(ask.type)}/{object_id}", key=f"azuread/{_collection(ask.type)}/{object_id}")
        return Place(id=ask.id, key=f"azuread{ask.id}")

    def turn(self, ask: Ask, place: Place) -> str:
        return ""

    def busy(self, ask: Ask) -> Exception:
        raise AssertionError("the directory lets many write")

    def refuse_create(self, ask: Ask, place: Place) -> None:
        if ask.world.get(place.key) and not ask.inputs.get("useExisting"):
            raise Refused(
                "ServicePrincipalsClient.BaseClient.Post(): unexpected status 409 (409 Conflict) with error: "
                f"Request_MultipleObjectsWithSameKeyValue: the service principal for {ask.inputs.get('clientId')} is "
                "already in use"
            )

    def refuse_update(self, ask: Ask, place: Place, live: Record | None) -> None:
        if live is None:
            raise Refused(f"unexpected status 404 (404 Not Found) with error: Request_ResourceNotFound: {place.id}")

    def refuse_delete(self, ask: Ask, live: Record | None) -> None:
        pass

    def refuse_read(self, ask: Ask) -> None:
        pass

    def outputs(self, ask: Ask, place: Place, live: Record | None) -> Json:
        object_id = place.id.rpartition("/")[2]
        return {**_about(ask.type, ask.inputs), **ask.inputs, "id": place.id, "objectId": object_id}

    def seen(self, ask: Ask, live: Record) -> Record:
        return live

    def preview(self, ask: Ask, old: Json) -> Json:
        return ask.inputs

    def gone_with(self, ask: Ask, live: Record) -> list[str]:
        return []

    def projected(self, ask: Ask, live: Record, old_inputs: Json, old_outputs: Json) -> Json:
        if not old_inputs:
            return live.inputs
        return {name: live.outputs.get(name, value) for name, value in old_inputs.items()}

    def invoke(self, ask: Ask, token: str, args: Json) -> Json:
        return _INVOKES[token](ask, args)


def _collection(type: str) -> str:
    return _COLLECTIONS.get(type, type.rpartition(":")[2])


def _about(type: str, inputs: Json) -> Json:
    """What the directory says about a principal beside what was asked."""
    if type != _PRINCIPAL:
        return {}
    client = inputs["clientId"]
    return {
        "displayName": f"principal of {client}",
        "applicationTenantId": rules.TENANT,
        "appRoleIds": {},
        "oauth2PermissionScopeIds": {},
        "servicePrincipalNames": [client],
        "homepageUrl": "",
        "logoutUrl": "",
        "samlMetadataUrl": "",
        "signInAudience": "AzureADMultipleOrgs",
        "type": "Application",
        **{name: list[str]() for name in _PRINCIPAL_LISTS},
    }


def _client_config(ask: Ask, args: Json) -> Json:
    ids = {"clientId": rules.CALLER_CLIENT, "objectId": rules.CALLER_OBJECT, "tenantId": rules.TENANT}
    return {**ids, "id": f"{rules.TENANT}-{rules.CALLER_CLIENT}-{rules.CALLER_OBJECT}"}


def _principal(ask: Ask, args: Json) -> Json:
    for record in ask.world.records(provider="azuread", type_suffix=":ServicePrincipal"):
        if any(args.get(name) == record.outputs.get(name) for name in ("clientId", "objectId", "displayName")):
            return {**record.outputs, "accountEnabled": record.inputs.get("accountEnabled", True)}
    wanted = next(iter(args.values()), "")
    raise Refused(f"Service principal not found: no service principal found matching '{wanted}'")


_INVOKES: dict[str, Callable[[Ask, Json], Json]] = {
    "azuread:index/getClientConfig:getClientConfig": _client_config,
    "azuread:index/getServicePrincipal:getServicePrincipal": _principal,
}
