"""Entra's rules: the vendor's service principal is made once, adopted often, and found by its client id."""

from __future__ import annotations

import pytest
from standins_client import Refusal, Standins

PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
VENDOR = {"clientId": "086bc555-6989-4362-ba30-fded273e432b"}


def test_a_principal_is_made_once(served: Standins) -> None:
    entra = served.client("azuread")
    id, made = entra.create(PRINCIPAL, "vendor", VENDOR)
    assert id == f"/servicePrincipals/{made['objectId']}", "the id that azuread 6 keeps"
    with pytest.raises(Refusal, match="already in use"):
        entra.create(PRINCIPAL, "again", VENDOR)


def test_a_principal_that_exists_is_adopted(served: Standins) -> None:
    entra = served.client("azuread")
    first = entra.create(PRINCIPAL, "vendor", VENDOR)
    assert served.client("azuread", "b").create(PRINCIPAL, "vendor", {**VENDOR, "useExisting": True})[0] == first[0], (
        "one"
    )


def test_a_principal_is_found_by_its_client_id(served: Standins) -> None:
    entra = served.client("azuread")
    with pytest.raises(Refusal, match="no service principal found"):
        entra.invoke("azuread:index/getServicePrincipal:getServicePrincipal", VENDOR)
    _, made = entra.create(PRINCIPAL, "vendor", VENDOR)
    found = entra.invoke("azuread:index/getServicePrincipal:getServicePrincipal", VENDOR)
    assert found["objectId"] == made["objectId"] and found["accountEnabled"], "the same principal"


def test_another_client_id_is_another_principal(served: Standins) -> None:
    replaces, _, first = served.client("azuread").diff(PRINCIPAL, VENDOR, {"clientId": "x"})
    assert replaces == {"clientId"} and first, "a principal belongs to one application for life"


def test_entra_and_azure_agree_on_who_runs_the_program(served: Standins) -> None:
    entra = served.client("azuread").invoke("azuread:index/getClientConfig:getClientConfig", {})
    azure = served.azure().invoke("azure-native:authorization:getClientConfig", {})
    assert entra["tenantId"] == azure["tenantId"] and entra["objectId"] == azure["objectId"], "one tenant, one caller"


def test_anything_else_in_the_directory_gets_the_generic_treatment(served: Standins) -> None:
    entra, type = served.client("azuread"), "azuread:index/group:Group"
    id, made = entra.create(type, "group", {"displayName": "ray-admins", "securityEnabled": True})
    assert made["objectId"] in id, "an object id of its own"
    assert entra.read(type, id, {"displayName": "x"})[1] == {"displayName": "ray-admins"}, "live values come back"
    entra.delete(type, id)
    assert entra.read(type, id)[0] == "", "gone"
