from __future__ import annotations

import pulumi
from graph import deploy

from components.identity import OperatorIdentity, OperatorIdentityArgs, ServiceAccount


def an_identity(*, accounts: int = 1) -> OperatorIdentity:
    return OperatorIdentity(
        "eastus",
        OperatorIdentityArgs(
            identity_name="id-ray-eastus",
            resource_group_name="rg",
            issuer_url="https://issuer",
            service_accounts=[ServiceAccount(namespace="ray", name=f"team-{i}") for i in range(accounts)],
            tags={"stack": "eastus"},
        ),
    )


def test_the_identity_has_the_name_that_was_given() -> None:
    made = deploy(an_identity).only(":UserAssignedIdentity")

    assert made.inputs["resourceName"] == "id-ray-eastus", "a killed run must find it again"


def test_each_service_account_is_trusted_by_one_credential_that_waits_for_the_one_before() -> None:
    graph = deploy(lambda: an_identity(accounts=3))
    first, second, third = graph.of_type(":FederatedIdentityCredential")

    assert first.inputs["subject"] == "system:serviceaccount:ray:team-0"
    assert first.inputs["issuer"] == "https://issuer"
    assert first.inputs["audiences"] == ["api://AzureADTokenExchange"], "the only audience Entra accepts here"
    assert first.urn in second.waits_for, "Azure allows one write at a time on an identity"
    assert second.urn in third.waits_for, "Azure allows one write at a time on an identity"
    names = {r.inputs["federatedIdentityCredentialResourceName"] for r in (first, second, third)}
    assert len(names) == 3, "two credentials of one name are one"


def test_whoever_waits_for_the_identity_can_wait_for_all_its_credentials() -> None:
    waiting: list[str] = []

    def build() -> None:
        waiting.extend(type(credential).__name__ for credential in an_identity(accounts=2).credentials)

    deploy(build)
    assert waiting == ["FederatedIdentityCredential"] * 2


def test_an_identity_tells_its_ids_apart() -> None:
    told: list[str] = []

    def build() -> None:
        identity = an_identity()
        pulumi.Output.all(identity.client_id, identity.principal_id, identity.tenant_id).apply(told.extend)

    deploy(build)
    assert told == ["the-client-id", "the-principal-id", "the-tenant-id"]
