"""Parts of a region for tests: with what they need, and no more."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import containerservice

from components.cluster import RegionalAksCluster, RegionalAksClusterArgs
from components.identity import OperatorIdentity, OperatorIdentityArgs, ServiceAccount
from components.namespace import operator_namespace
from components.network import RegionalNetwork, RegionalNetworkArgs
from components.shared import Shared
from components.storage import BlobFuseStorage, BlobFuseStorageArgs
from stack.spec import StackSpec

SHARED_ACCOUNT = (
    "/subscriptions/s/resourceGroups/rg-shared/providers/Microsoft.Storage/storageAccounts/raysharedaccount"
)


def a_shared() -> Shared:
    """What a stack that joins has read from the primary."""
    known = pulumi.Output.from_input
    return Shared(
        cloud_id=known("cld_1"),
        cloud_name=known("ray"),
        storage_account=known("raysharedaccount"),
        storage_account_id=known(SHARED_ACCOUNT),
        storage_resource_group=known("rg-shared"),
        storage_containers=known(["datasets", "models"]),
        storage_access=known("entra"),
    )


def a_cluster(spec: StackSpec, *, digest_before: str = "") -> RegionalAksCluster:
    """The cluster of a region in its network, last applied as `digest_before` says."""
    network = RegionalNetwork(
        spec.stack, RegionalNetworkArgs(spec=spec, resource_group_name="rg", cluster_principal_id="principal")
    )
    args = RegionalAksClusterArgs(
        spec=spec, resource_group_name="rg", network=network, identity_id="identity", digest_before=digest_before
    )
    return RegionalAksCluster(spec.stack, args)


def a_storage(spec: StackSpec) -> BlobFuseStorage:
    """The storage of a region, with an identity and a cluster to belong to."""
    name = spec.stack
    cluster = containerservice.ManagedCluster(f"{name}-cluster", resource_group_name="rg")
    provider = kubernetes.Provider(f"{name}-kubernetes", kubeconfig="a")
    region = pulumi.ComponentResource("test:index:Region", name)
    return BlobFuseStorage(
        name,
        BlobFuseStorageArgs(
            spec=spec,
            shared=a_shared(),
            identity=OperatorIdentity(
                name,
                OperatorIdentityArgs(
                    identity_name=spec.names.identity,
                    resource_group_name="rg",
                    issuer_url="https://issuer",
                    service_accounts=[ServiceAccount(namespace="anyscale-operator", name="anyscale-operator")],
                    tags=spec.tags,
                ),
            ),
            provider=provider,
            namespace=operator_namespace(name, spec=spec, provider=provider, cluster=cluster, parent=region),
            cluster=cluster,
        ),
    )
