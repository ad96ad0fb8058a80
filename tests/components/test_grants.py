from __future__ import annotations

import pulumi
from graph import Declared, deploy
from pulumi_azure_native.authorization import PrincipalType
from specs import a_spec

from catalog.roles import STORAGE_BLOB_DATA_CONTRIBUTOR, STORAGE_BLOB_DATA_READER, Role
from components.grants import grant


def assignment(
    *,
    scope: str = "/subscriptions/s",
    to: str = "a-principal",
    role: Role = STORAGE_BLOB_DATA_CONTRIBUTOR,
    kind: PrincipalType = PrincipalType.SERVICE_PRINCIPAL,
    subscription: str | None = None,
) -> Declared:
    def build() -> None:
        owner = pulumi.ComponentResource("test:index:Owner", "owner")
        spec = a_spec()
        grant("storage", role, to=to, scope=scope, spec=spec, parent=owner, kind=kind, subscription=subscription)

    return deploy(build).only(":RoleAssignment")


def test_a_grant_names_who_what_where_and_why() -> None:
    made, subscription = assignment(), a_spec().settings.azure.subscription_id

    assert {key: made.inputs[key] for key in ("principalId", "roleDefinitionId", "scope", "description")} == {
        "principalId": "a-principal",
        "roleDefinitionId": STORAGE_BLOB_DATA_CONTRIBUTOR.definition_id(subscription),
        "scope": "/subscriptions/s",
        "description": STORAGE_BLOB_DATA_CONTRIBUTOR.why,
    }


def test_a_grant_says_what_kind_of_principal_it_is_for() -> None:
    assert assignment().inputs["principalType"] == "ServicePrincipal", "else a new identity fails: PrincipalNotFound"
    assert assignment(kind=PrincipalType.GROUP).inputs["principalType"] == "Group"


def test_a_grant_goes_with_the_component_that_owns_its_scope() -> None:
    assert assignment().parent.endswith("test:index:Owner::owner")


def test_a_grant_keeps_its_id_in_every_run() -> None:
    assert assignment().inputs["roleAssignmentName"] == assignment().inputs["roleAssignmentName"]


def test_two_grants_never_share_an_id() -> None:
    grants = (
        assignment(),
        assignment(scope="/subscriptions/t"),
        assignment(to="another"),
        assignment(role=STORAGE_BLOB_DATA_READER),
    )

    assert len({made.inputs["roleAssignmentName"] for made in grants}) == 4, "ids are unique in the whole tenant"


def test_a_grant_in_another_subscription_names_the_role_there() -> None:
    theirs = "/subscriptions/theirs/resourceGroups/hub"

    assert (
        assignment(scope=theirs, subscription="theirs").inputs["roleDefinitionId"].startswith("/subscriptions/theirs/")
    ), "Azure answers with the scope's subscription, which would be a change at every refresh that it then refuses"
