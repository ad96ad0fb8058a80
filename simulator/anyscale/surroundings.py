"""What an operator can see from where it stands: its own cluster, and Azure through its identity.

Owns how a Helm release is matched to the records around it: things in a cluster belong together by their stack.
Refuses to judge what it finds: see `health`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from simulator.anyscale.resource_rules import at
from simulator.world import Record, World

IDENTITY = "managedidentity:UserAssignedIdentity"
CREDENTIAL = "managedidentity:FederatedIdentityCredential"
CLUSTER = "containerservice:ManagedCluster"
CONTAINER = "storage:BlobContainer"
ROLE_ASSIGNMENT = "authorization:RoleAssignment"


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The world around one release of the operator's chart."""

    world: World
    release: Record

    @property
    def namespace(self) -> str:
        return str(self.release.inputs.get("namespace") or "default")

    @property
    def subject(self) -> str:
        """What the operator's token says of itself."""
        account = self.value("operator.serviceAccount.name") or "anyscale-operator"
        return f"system:serviceaccount:{self.namespace}:{account}"

    @property
    def issuers(self) -> tuple[str, ...]:
        """OIDC issuers of the stack's clusters."""
        return tuple(at(cluster.outputs, "oidcIssuerProfile.issuerURL") for cluster in self._clusters())

    def value(self, path: str) -> Any:
        """A value that the chart was installed with."""
        return at(self.release.inputs, f"values.{path}")

    def cluster_answers(self, provider: str) -> bool:
        """Whether the cluster is still there. Clusters outside Azure are not simulated and always answer."""
        return provider != "AZURE" or bool(self._clusters())

    def identity_with(self, **outputs: Any) -> Record | None:
        """The identity with these outputs: `clientId` or `principalId`."""
        for identity in self._azure(IDENTITY):
            if all(value and identity.outputs.get(key) == value for key, value in outputs.items()):
                return identity
        return None

    def credentials_of(self, identity: Record) -> list[Record]:
        return [c for c in self._azure(CREDENTIAL) if _is_within(c.id, identity.id)]

    def container(self, bucket: str) -> Record | None:
        """The blob container behind `abfss://container@account...`."""
        match = re.match(r"abfss://([^@/]+)@([^./]+)\.", bucket)
        for container in self._azure(CONTAINER):
            if match and (container.inputs.get("containerName"), container.inputs.get("accountName")) == match.groups():
                return container
        return None

    def holds_role(self, principal: str, roles: Collection[str], *, on: Record) -> bool:
        """Whether the principal was assigned one of the roles on the resource or on anything around it."""
        return any(
            assignment.inputs.get("principalId") == principal
            and str(assignment.inputs.get("roleDefinitionId", "")).lower().endswith(tuple(roles))
            and _is_within(on.id, str(assignment.inputs.get("scope", "")))
            for assignment in self._azure(ROLE_ASSIGNMENT)
        )

    def has_object(self, type_suffix: str, *, name: str, namespace: str) -> bool:
        """Whether the release's own cluster holds that Kubernetes object."""
        return any(
            found.stack == self.release.stack
            and at(found.inputs, "metadata.name") == name
            and (at(found.inputs, "metadata.namespace") or "default") == namespace
            for found in self.world.records(provider="kubernetes", type_suffix=type_suffix)
        )

    def _clusters(self) -> list[Record]:
        return [cluster for cluster in self._azure(CLUSTER) if cluster.stack == self.release.stack]

    def _azure(self, type_suffix: str) -> list[Record]:
        return list(self.world.records(provider="azure-native", type_suffix=type_suffix))


def _is_within(resource_id: str, scope: str) -> bool:
    """Whether a scope covers a resource. Azure's ids differ in case from answer to answer."""
    return bool(scope) and f"{resource_id}/".lower().startswith(f"{scope.rstrip('/')}/".lower())
