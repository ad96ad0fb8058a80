"""The identity under which one region's operator and Ray pods act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

import pulumi
from pulumi_azure_native import managedidentity

from components import read_back

TOKEN_EXCHANGE_AUDIENCE = "api://AzureADTokenExchange"  # noqa: S105 - a name, no secret
"""Audience of the projected service-account token (Entra workload identity federation)."""

ClientId = NewType("ClientId", str)
"""What Helm values and the CSI driver take."""
PrincipalId = NewType("PrincipalId", str)
"""What Anyscale's registration and role assignments take."""


@dataclass(frozen=True, kw_only=True)
class ServiceAccount:
    """A Kubernetes service account that may act as the identity."""

    namespace: str
    name: str

    @property
    def subject(self) -> str:
        """Subject claim of the account's token."""
        return f"system:serviceaccount:{self.namespace}:{self.name}"


@dataclass(frozen=True, kw_only=True)
class OperatorIdentityArgs:
    """What an `OperatorIdentity` needs.

    Attributes:
        identity_name: physical name; given, not generated, so that a killed run finds its identity again.
        resource_group_name: group that holds the identity.
        issuer_url: OIDC issuer of the cluster (`ManagedCluster.oidc_issuer_profile`).
        service_accounts: who may act as the identity; decides how many credentials exist, so it is no `Input`.
        tags: on everything that can carry them.
    """

    identity_name: str
    resource_group_name: pulumi.Input[str]
    issuer_url: pulumi.Input[str]
    service_accounts: Sequence[ServiceAccount]
    tags: dict[str, str]


class OperatorIdentity(pulumi.ComponentResource):
    """A user-assigned identity and the service accounts that may act as it.

    Owns the identity and its federated credentials. Does not own the cluster that issues the tokens, nor what the
    identity may do: each component grants on what it owns (`grants.grant`).

    Attributes:
        client_id: what Helm values and the CSI driver take.
        principal_id: what the registration and role assignments take.
        tenant_id: Entra tenant of the subscription.
        credentials: until the last of them exists, nobody can act as the identity.
    """

    client_id: pulumi.Output[ClientId]
    principal_id: pulumi.Output[PrincipalId]
    tenant_id: pulumi.Output[str]
    credentials: tuple[managedidentity.FederatedIdentityCredential, ...]

    def __init__(self, name: str, args: OperatorIdentityArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:OperatorIdentity", name, {}, opts)
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_group_name=args.resource_group_name,
            resource_name_=args.identity_name,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        ids = read_back.identity(identity, args.resource_group_name)
        self.client_id = ids.client_id.apply(ClientId)
        self.principal_id = ids.principal_id.apply(PrincipalId)
        self.tenant_id = ids.tenant_id
        self.credentials = self._federate(name, identity, args)
        self.register_outputs(
            {"clientId": self.client_id, "principalId": self.principal_id, "tenantId": self.tenant_id}
        )

    def _federate(
        self, name: str, identity: managedidentity.UserAssignedIdentity, args: OperatorIdentityArgs
    ) -> tuple[managedidentity.FederatedIdentityCredential, ...]:
        """Trust each service account, one after another: Azure refuses concurrent writes on one identity (409)."""
        made: list[managedidentity.FederatedIdentityCredential] = []
        for account in args.service_accounts:
            made.append(
                managedidentity.FederatedIdentityCredential(
                    f"{name}-{account.namespace}-{account.name}",
                    resource_group_name=args.resource_group_name,
                    resource_name_=identity.name,
                    federated_identity_credential_resource_name=f"{account.namespace}-{account.name}",
                    issuer=args.issuer_url,
                    subject=account.subject,
                    audiences=[TOKEN_EXCHANGE_AUDIENCE],
                    opts=pulumi.ResourceOptions(parent=self, depends_on=made[-1:]),
                )
            )
        return tuple(made)
