"""Role grants: the one place that makes a role assignment."""

from __future__ import annotations

import uuid

import pulumi
from pulumi_azure_native import authorization

from catalog.roles import Role
from stack.spec import StackSpec


def grant(
    name: str,
    role: Role,
    *,
    to: pulumi.Input[str],
    scope: pulumi.Input[str],
    spec: StackSpec,
    parent: pulumi.Resource,
    kind: authorization.PrincipalType = authorization.PrincipalType.SERVICE_PRINCIPAL,
    subscription: pulumi.Input[str] | None = None,
) -> authorization.RoleAssignment:
    """Grant a built-in role. Called by the component that owns `scope`, so that the grant goes when the scope goes.

    Args:
        to: object id, which for a managed identity is its principal id.
        kind: said always: Azure then takes an identity that it has not yet copied to every place (PrincipalNotFound).
        subscription: of `scope`; None where it is the stack's own. Azure answers with the role in the scope's
            subscription, whatever was asked (azure-rest-api-specs issue 10939): another one would be a change at every
            refresh, which Azure then refuses.
    """
    definition = pulumi.Output.from_input(subscription or spec.settings.azure.subscription_id).apply(role.definition_id)
    return authorization.RoleAssignment(
        name,
        role_assignment_name=_assignment_id(scope, to, definition),
        scope=scope,
        role_definition_id=definition,
        principal_id=to,
        principal_type=kind,
        description=role.why,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def subscription_of(arm_id: str) -> str:
    """The subscription that a resource lies in."""
    return arm_id.split("/")[2]


def _assignment_id(
    scope: pulumi.Input[str], to: pulumi.Input[str], definition: pulumi.Input[str]
) -> pulumi.Output[str]:
    """The id Azure wants unique in the whole tenant, yet the same in each run: made of the three things it joins."""
    joined = pulumi.Output.all(scope, to, definition)
    return joined.apply(lambda parts: str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts))))
