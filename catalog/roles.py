"""Azure built-in roles that this program grants, and why. Nothing wider is granted anywhere.

Source: Azure built-in roles (learn.microsoft.com/azure/role-based-access-control/built-in-roles, read 2026-08).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Role:
    """A built-in role.

    Attributes:
        name: as the portal shows it.
        id: GUID, the same in every tenant.
        why: what it is granted for.
    """

    name: str
    id: str
    why: str

    def definition_id(self, subscription_id: str) -> str:
        """ARM id of the role in `subscription_id`."""
        return f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{self.id}"


STORAGE_BLOB_DATA_CONTRIBUTOR = Role(
    name="Storage Blob Data Contributor",
    id="ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    why="Ray pods and the operator read and write the containers of their region",
)
STORAGE_BLOB_DATA_READER = Role(
    name="Storage Blob Data Reader",
    id="2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    why="Ray pods read containers whose home is elsewhere",
)
STORAGE_BLOB_DELEGATOR = Role(
    name="Storage Blob Delegator",
    id="db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
    why="the operator signs links to logs and artifacts with a user-delegation key, since account keys are off",
)
NETWORK_CONTRIBUTOR = Role(
    name="Network Contributor",
    id="4d97b98b-1d4f-4787-a291-c67834d212e7",
    why="the cluster joins nodes and its API server to the subnets",
)
AKS_RBAC_CLUSTER_ADMIN = Role(
    name="Azure Kubernetes Service RBAC Cluster Admin",
    id="b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
    why="local accounts are off, so nobody may do anything in the cluster without it",
)
AKS_CLUSTER_USER = Role(
    name="Azure Kubernetes Service Cluster User Role",
    id="4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
    why="reads the cluster's address and CA for a kubeconfig",
)

ROLES: tuple[Role, ...] = (
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
    STORAGE_BLOB_DELEGATOR,
    NETWORK_CONTRIBUTOR,
    AKS_RBAC_CLUSTER_ADMIN,
    AKS_CLUSTER_USER,
)
