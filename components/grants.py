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
) -> authorization.RoleAssignment:
    """Grant a built-in role. Called by the component that owns `scope`, so that the grant goes when the scope goes.

    Args:
        to: object id, which for a managed identity is its principal id.
        kind: said always: Azure then takes an identity that it has not yet copied to every place (PrincipalNotFound).
    """
    definition = role.definition_id(spec.settings.azure.subscription_id)
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


def _assignment_id(scope: pulumi.Input[str], to: pulumi.Input[str], definition: str) -> pulumi.Output[str]:
    """The id Azure wants unique in the whole tenant, yet the same in each run: made of the three things it joins."""
    joined = pulumi.Output.all(scope, to, definition)
    return joined.apply(lambda parts: str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts))))
