"""One region, in reading order."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import managedidentity, resources

from components import read_back
from components.cluster import RegionalAksCluster, RegionalAksClusterArgs
from components.identity import OperatorIdentity, OperatorIdentityArgs, ServiceAccount
from components.namespace import operator_namespace
from components.network import RegionalNetwork, RegionalNetworkArgs
from components.operator import AnyscaleOperator, AnyscaleOperatorArgs
from components.operator_values import SERVICE_ACCOUNT
from components.outputs import RegionOutputs
from components.private_endpoints import StoragePrivateEndpoints, StoragePrivateEndpointsArgs
from components.protection import guarded
from components.registration import AnyscaleRegistration, AnyscaleRegistrationArgs
from components.shared import Shared
from components.storage import BlobFuseStorage, BlobFuseStorageArgs
from pulumi_anyscale.resources import Drain
from stack.spec import StackSpec


@dataclass(frozen=True, kw_only=True)
class RegionArgs:
    """What a `Region` needs: what follows from the stack file, and what all stacks share."""

    spec: StackSpec
    shared: Shared


class Region(pulumi.ComponentResource):
    """Network, cluster, identity, storage, registration and operator of one region.

    Owns the region's resource group and the order of its parts. Does not own the Anyscale cloud or the shared data.
    """

    outputs: RegionOutputs

    def __init__(self, name: str, args: RegionArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:Region", name, {}, opts)
        spec, shared, child = args.spec, args.shared, pulumi.ResourceOptions(parent=self)

        group = resources.ResourceGroup(
            f"{name}-group", resource_group_name=spec.names.resource_group, tags=spec.tags, opts=child
        )
        cluster_identity = managedidentity.UserAssignedIdentity(
            f"{name}-cluster-identity",
            resource_group_name=group.name,
            resource_name_=spec.names.cluster_identity,
            tags=spec.tags,
            opts=child,
        )
        principal = read_back.identity(cluster_identity, group.name).principal_id
        network = RegionalNetwork(
            name,
            RegionalNetworkArgs(spec=spec, resource_group_name=group.name, cluster_principal_id=principal),
            opts=child,
        )
        cluster = RegionalAksCluster(
            name,
            RegionalAksClusterArgs(
                spec=spec, resource_group_name=group.name, network=network, identity_id=cluster_identity.id
            ),
            opts=child,
        )
        identity = OperatorIdentity(
            name,
            OperatorIdentityArgs(
                identity_name=spec.names.identity,
                resource_group_name=group.name,
                issuer_url=cluster.oidc_issuer_url,
                service_accounts=[ServiceAccount(namespace=spec.names.operator_namespace, name=SERVICE_ACCOUNT)],
                tags=spec.tags,
            ),
            opts=child,
        )
        namespace = operator_namespace(
            name, spec=spec, provider=cluster.kubernetes, cluster=cluster.resource, parent=self
        )
        storage = BlobFuseStorage(
            name,
            BlobFuseStorageArgs(
                spec=spec,
                shared=shared,
                identity=identity,
                provider=cluster.kubernetes,
                namespace=namespace,
                cluster=cluster.resource,
            ),
            opts=child,
        )
        # The loader has refused private storage in a network that names no subnet for its endpoints.
        if spec.settings.storage.access == "private" and network.private_endpoint_subnet_id and network.network_id:
            StoragePrivateEndpoints(
                name,
                StoragePrivateEndpointsArgs(
                    spec=spec,
                    resource_group_name=group.name,
                    subnet_id=network.private_endpoint_subnet_id,
                    network_id=network.network_id,
                    accounts={"own": storage.account_id, "shared": shared.storage_account_id},
                ),
                opts=child,
            )
        registration = AnyscaleRegistration(
            name,
            AnyscaleRegistrationArgs(
                cloud_id=shared.cloud_id,
                name=spec.names.cloud_resource,
                region=spec.settings.azure.location,
                bucket_name=storage.bucket_url,
                bucket_endpoint=storage.bucket_endpoint,
                operator=identity.principal_id,
                tenant_id=identity.tenant_id,
                persistent_volume_claim=storage.registered_claim,
                cluster=cluster.resource,
            ),
            opts=child,
        )
        operator = AnyscaleOperator(
            name,
            AnyscaleOperatorArgs(
                spec=spec,
                cloud_id=shared.cloud_id,
                cloud_resource_id=registration.cloud_resource_id,
                client_id=identity.client_id,
                provider=cluster.kubernetes,
                cluster=cluster.resource,
                namespace=namespace,
                wait_for=[*identity.credentials, *storage.ready, *cluster.pools],
            ),
            opts=child,
        )
        # The only leaf: it is created last and deleted first, while the operator is still alive.
        Drain(
            f"{name}-drain",
            cloud_id=shared.cloud_id,
            cloud_resource_id=registration.cloud_resource_id,
            cluster_id=cluster.cluster_id,
            primary=spec.primary,
            opts=pulumi.ResourceOptions.merge(
                guarded(spec),
                pulumi.ResourceOptions(parent=self, depends_on=[network, cluster, identity, storage, operator]),
            ),
        )
        self.outputs = RegionOutputs.of(
            spec=spec,
            shared=shared,
            cluster=cluster,
            identity=identity,
            storage=storage,
            registration=registration,
            operator=operator,
        )
        self.register_outputs({})
