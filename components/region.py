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
from stack.contract import DeployedValues
from stack.spec import StackSpec


@dataclass(frozen=True, kw_only=True)
class RegionArgs:
    """What a `Region` needs: what follows from the stack file, what all stacks share, and what stands already."""

    spec: StackSpec
    shared: Shared
    deployed: DeployedValues | None = None


class Region(pulumi.ComponentResource):
    """Network, cluster, identity, storage, registration and operator of one region.

    Owns the region's resource group and the order of its parts. Does not own the Anyscale cloud or the shared data.
    """

    outputs: RegionOutputs
    cluster_digest: pulumi.Output[str]

    def __init__(self, name: str, args: RegionArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:Region", name, {}, opts)
        self._name, self._spec, self._shared = name, args.spec, args.shared
        self._digest_before = args.deployed.cluster_digest if args.deployed else ""
        self._child = pulumi.ResourceOptions(parent=self)
        spec = args.spec

        group = resources.ResourceGroup(
            f"{name}-group", resource_group_name=spec.names.resource_group, tags=spec.tags, opts=self._child
        )
        network, cluster = self._cluster(group)
        self.cluster_digest = cluster.digest
        identity = OperatorIdentity(
            name,
            OperatorIdentityArgs(
                identity_name=spec.names.identity,
                resource_group_name=group.name,
                issuer_url=cluster.oidc_issuer_url,
                service_accounts=[ServiceAccount(namespace=spec.names.operator_namespace, name=SERVICE_ACCOUNT)],
                tags=spec.tags,
            ),
            opts=self._child,
        )
        namespace = operator_namespace(
            name, spec=spec, provider=cluster.kubernetes, cluster=cluster.resource, parent=self
        )
        storage = BlobFuseStorage(
            name,
            BlobFuseStorageArgs(
                spec=spec,
                shared=args.shared,
                identity=identity,
                provider=cluster.kubernetes,
                namespace=namespace,
                cluster=cluster.resource,
            ),
            opts=self._child,
        )
        endpoints = self._private_endpoints(group, network, storage)
        ground = [*identity.credentials, *storage.ready, *endpoints, *cluster.pools]
        registration = self._register(identity, storage, outlived_by=ground)
        operator = AnyscaleOperator(
            name,
            AnyscaleOperatorArgs(
                spec=spec,
                cloud_id=args.shared.cloud_id,
                cloud_resource_id=registration.cloud_resource_id,
                client_id=identity.client_id,
                provider=cluster.kubernetes,
                cluster=cluster.resource,
                namespace=namespace,
                wait_for=ground,
            ),
            opts=self._child,
        )
        self._drain(cluster, registration, after=[network, cluster, identity, storage, operator])
        self.outputs = RegionOutputs.of(
            spec=spec,
            shared=args.shared,
            cluster=cluster,
            identity=identity,
            storage=storage,
            registration=registration,
            operator=operator,
        )
        self.register_outputs({"clusterDigest": self.cluster_digest})

    def _cluster(self, group: resources.ResourceGroup) -> tuple[RegionalNetwork, RegionalAksCluster]:
        """The network grants to the cluster's identity, and the cluster is made with it: that identity comes first."""
        own = managedidentity.UserAssignedIdentity(
            f"{self._name}-cluster-identity",
            resource_group_name=group.name,
            resource_name_=self._spec.names.cluster_identity,
            tags=self._spec.tags,
            opts=self._child,
        )
        principal = read_back.identity(own, group.name).principal_id
        network = RegionalNetwork(
            self._name,
            RegionalNetworkArgs(spec=self._spec, resource_group_name=group.name, cluster_principal_id=principal),
            opts=self._child,
        )
        cluster = RegionalAksCluster(
            self._name,
            RegionalAksClusterArgs(
                spec=self._spec,
                resource_group_name=group.name,
                network=network,
                identity_id=own.id,
                digest_before=self._digest_before,
            ),
            opts=self._child,
        )
        return network, cluster

    def _private_endpoints(
        self, group: resources.ResourceGroup, network: RegionalNetwork, storage: BlobFuseStorage
    ) -> tuple[pulumi.Resource, ...]:
        """Only where storage is private; the loader has refused it in a network that names no subnet for them."""
        subnet, whole = network.private_endpoint_subnet_id, network.network_id
        if self._spec.settings.storage.access != "private" or subnet is None or whole is None:
            return ()
        return StoragePrivateEndpoints(
            self._name,
            StoragePrivateEndpointsArgs(
                spec=self._spec,
                resource_group_name=group.name,
                subnet_id=subnet,
                network_id=whole,
                accounts={"own": storage.account_id, "shared": self._shared.storage_account_id},
            ),
            opts=self._child,
        ).ready

    def _register(
        self, identity: OperatorIdentity, storage: BlobFuseStorage, *, outlived_by: list[pulumi.Resource]
    ) -> AnyscaleRegistration:
        return AnyscaleRegistration(
            self._name,
            AnyscaleRegistrationArgs(
                cloud_id=self._shared.cloud_id,
                name=self._spec.names.cloud_resource,
                region=self._spec.settings.azure.location,
                bucket_name=storage.bucket_url,
                bucket_endpoint=storage.bucket_endpoint,
                operator=identity.principal_id,
                tenant_id=identity.tenant_id,
                persistent_volume_claim=storage.registered_claim,
                outlived_by=outlived_by,
            ),
            opts=self._child,
        )

    def _drain(
        self, cluster: RegionalAksCluster, registration: AnyscaleRegistration, *, after: list[pulumi.Resource]
    ) -> None:
        """The only leaf: made last and deleted first, while the operator is still alive."""
        Drain(
            f"{self._name}-drain",
            cloud_id=self._shared.cloud_id,
            cloud_resource_id=registration.cloud_resource_id,
            cluster_id=cluster.cluster_id,
            primary=self._spec.primary,
            opts=pulumi.ResourceOptions.merge(
                guarded(self._spec), pulumi.ResourceOptions(parent=self, depends_on=after)
            ),
        )
