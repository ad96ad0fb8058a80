"""The AKS cluster of one region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import authorization
from pulumi_azure_native import containerservice as aks

from catalog.roles import AKS_CLUSTER_USER, AKS_RBAC_CLUSTER_ADMIN
from components import declared, read_back
from components.grants import grant
from components.kubernetes_access import kubernetes_provider
from components.maintenance import maintenance
from components.network import RegionalNetwork
from components.node_pools import SYSTEM, every_pool, node_pool, upgrade
from components.protection import guarded
from stack.settings import Admin, ExistingNetwork
from stack.spec import StackSpec

PRINCIPAL_TYPES = {
    "group": authorization.PrincipalType.GROUP,
    "user": authorization.PrincipalType.USER,
    "servicePrincipal": authorization.PrincipalType.SERVICE_PRINCIPAL,
}

DNS_PREFIX_LENGTH = 54
"""Longest that AKS takes (AKS naming rules); the name of a cluster may be longer."""
SYSTEM_MAX_PODS, SYSTEM_SURGE, SYSTEM_DRAIN_MINUTES = 110, "33%", 30
"""What AKS advises for production; nothing on the system pool takes long to leave."""


@dataclass(frozen=True, kw_only=True)
class RegionalAksClusterArgs:
    """What a `RegionalAksCluster` needs.

    Attributes:
        identity_id: ARM id of the cluster's own identity; its rights on the subnets are the network's business.
        digest_before: `RegionalAksCluster.digest` of the last finished `up`; empty where there was none.
    """

    spec: StackSpec
    resource_group_name: pulumi.Input[str]
    network: RegionalNetwork
    identity_id: pulumi.Input[str]
    digest_before: str = ""


class RegionalAksCluster(pulumi.ComponentResource):
    """A cluster whose API server takes Entra tokens only, its node pools, its administrators, and a way to speak to it.

    Owns them. Does not own the network, the identities, or anything inside the cluster.

    Attributes:
        digest: of the arguments that Azure has taken, to be given back as `digest_before`.
        resource: whose deletion takes along what is inside.
        pools: those for Ray, in the order of the stack file.
        kubernetes: provider that waits until the administrators may enter.
    """

    cluster_id: pulumi.Output[str]
    cluster_name: pulumi.Output[str]
    digest: pulumi.Output[str]
    oidc_issuer_url: pulumi.Output[str]
    resource: aks.ManagedCluster
    pools: tuple[aks.AgentPool, ...]
    kubernetes: kubernetes.Provider

    def __init__(self, name: str, args: RegionalAksClusterArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:RegionalAksCluster", name, {}, opts)
        self._name, self._args, self._spec = name, args, args.spec
        self.resource = cluster = self._cluster()
        self.cluster_id, self.cluster_name = cluster.id, cluster.name
        self.oidc_issuer_url = read_back.issuer_url(cluster, args.resource_group_name)
        self.pools = tuple(
            node_pool(
                name,
                pool,
                spec=args.spec,
                resource_group_name=args.resource_group_name,
                cluster=cluster,
                subnet_id=args.network.node_subnet_id,
                parent=self,
            )
            for pool in args.spec.pools
        )
        maintenance(name, spec=args.spec, resource_group_name=args.resource_group_name, cluster=cluster, parent=self)
        self.kubernetes = kubernetes_provider(
            name,
            cluster=cluster,
            resource_group_name=args.resource_group_name,
            after=[entry for admin in args.spec.settings.cluster.admins for entry in self._admit(admin)],
            parent=self,
        )
        self.register_outputs(
            {
                "clusterId": self.cluster_id,
                "clusterName": self.cluster_name,
                "digest": self.digest,
                "oidcIssuerUrl": self.oidc_issuer_url,
            }
        )

    def _admit(self, admin: Admin) -> list[authorization.RoleAssignment]:
        """From the stack file and not from whoever runs: else a laptop and CI would replace each other's grants."""
        return [
            grant(
                f"{self._name}-{admin.id}-{entry}",
                role,
                to=admin.id,
                kind=PRINCIPAL_TYPES[admin.type],
                scope=self.cluster_id,
                spec=self._spec,
                parent=self,
            )
            for entry, role in (("admin", AKS_RBAC_CLUSTER_ADMIN), ("user", AKS_CLUSTER_USER))
        ]

    def _cluster(self) -> aks.ManagedCluster:
        arguments = self._arguments()
        digest = declared.digest(vars(arguments))
        # AKS lists every pool there, with the counts of the moment, and a refresh brings them in: the list is sent only
        # with an edit of the cluster, for which AKS leaves alone what it does not name.
        unchanged = digest == self._args.digest_before
        cluster = aks.ManagedCluster(
            f"{self._name}-cluster",
            resource_name_=self._spec.names.cluster,  # apart: the SDK cannot take it from the class of arguments
            **vars(arguments),
            opts=pulumi.ResourceOptions.merge(
                guarded(self._spec),
                pulumi.ResourceOptions(
                    parent=self,
                    depends_on=list(self._args.network.ready),
                    ignore_changes=["agentPoolProfiles"] if unchanged else None,
                    custom_timeouts=pulumi.CustomTimeouts(create="60m", update="120m", delete="60m"),
                ),
            ),
        )
        self.digest = declared.noted(f"{self._name}-cluster-declared", digest, of=cluster, parent=self)
        return cluster

    def _arguments(self) -> aks.ManagedClusterArgs:
        spec = self._spec
        autoscaler: dict[str, Any] = {**spec.sizing.autoscaler}
        return aks.ManagedClusterArgs(
            resource_group_name=self._args.resource_group_name,
            dns_prefix=spec.names.cluster[:DNS_PREFIX_LENGTH].rstrip("-"),
            node_resource_group=spec.names.node_resource_group,
            # What AKS made there is changed through AKS only.
            node_resource_group_profile=aks.ManagedClusterNodeResourceGroupProfileArgs(
                restriction_level=aks.RestrictionLevel.READ_ONLY
            ),
            kubernetes_version=spec.settings.cluster.kubernetes_version,
            sku=aks.ManagedClusterSKUArgs(name="Base", tier=spec.sizing.tier),
            support_plan=aks.KubernetesSupportPlan.KUBERNETES_OFFICIAL,
            identity=aks.ManagedClusterIdentityArgs(
                type=aks.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[self._args.identity_id]
            ),
            enable_rbac=True,
            disable_local_accounts=True,
            aad_profile=aks.ManagedClusterAADProfileArgs(managed=True, enable_azure_rbac=True),
            oidc_issuer_profile=aks.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            security_profile=aks.ManagedClusterSecurityProfileArgs(
                workload_identity=aks.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
                image_cleaner=aks.ManagedClusterSecurityProfileImageCleanerArgs(
                    enabled=spec.sizing.image_cleaner, interval_hours=168
                ),
            ),
            storage_profile=aks.ManagedClusterStorageProfileArgs(
                blob_csi_driver=aks.ManagedClusterStorageProfileBlobCSIDriverArgs(enabled=True),
                disk_csi_driver=aks.ManagedClusterStorageProfileDiskCSIDriverArgs(enabled=True),
                file_csi_driver=aks.ManagedClusterStorageProfileFileCSIDriverArgs(enabled=False),
                snapshot_controller=aks.ManagedClusterStorageProfileSnapshotControllerArgs(enabled=False),
            ),
            api_server_access_profile=aks.ManagedClusterAPIServerAccessProfileArgs(
                authorized_ip_ranges=list(spec.settings.network.api_server_clients),
                enable_vnet_integration=True,
                subnet_id=self._args.network.api_server_subnet_id,
                enable_private_cluster=False,
                disable_run_command=True,
            ),
            network_profile=self._network_profile(),
            agent_pool_profiles=[self._system_pool()],
            auto_scaler_profile=aks.ManagedClusterPropertiesAutoScalerProfileArgs(**autoscaler),
            auto_upgrade_profile=aks.ManagedClusterAutoUpgradeProfileArgs(
                upgrade_channel=spec.upgrade_channel, node_os_upgrade_channel=spec.node_image_channel
            ),
            tags=spec.tags,
        )

    def _network_profile(self) -> aks.ContainerServiceNetworkProfileArgs:
        """Whole and explicit: Azure's defaults move, and most of this is fixed at creation."""
        spec, asked = self._spec, self._spec.settings.network
        outbound = asked.outbound if isinstance(asked, ExistingNetwork) else aks.OutboundType.USER_ASSIGNED_NAT_GATEWAY
        return aks.ContainerServiceNetworkProfileArgs(
            network_plugin=aks.NetworkPlugin.AZURE,
            network_plugin_mode=aks.NetworkPluginMode.OVERLAY,
            network_dataplane=aks.NetworkDataplane.CILIUM,
            network_policy=aks.NetworkPolicy.CILIUM,
            ip_families=[aks.IpFamily.I_PV4],
            pod_cidr=spec.addresses.pods,
            service_cidr=spec.addresses.services,
            dns_service_ip=spec.addresses.dns_service,
            outbound_type=outbound,
            load_balancer_sku=aks.LoadBalancerSku.STANDARD,
            load_balancer_profile=aks.ManagedClusterLoadBalancerProfileArgs(
                backend_pool_type=aks.BackendPoolType.NODE_IP
            ),
        )

    def _system_pool(self) -> aks.ManagedClusterAgentPoolProfileArgs:
        """The one inline pool; editing an inline pool disturbs all pools, so everything else is a resource."""
        spec, pool = self._spec, self._spec.system_pool
        return aks.ManagedClusterAgentPoolProfileArgs(
            name=SYSTEM,
            mode=aks.AgentPoolMode.SYSTEM,
            vm_size=pool.size.name,
            count=self._system_count(),
            enable_auto_scaling=pool.max_count is not None,
            min_count=pool.count if pool.max_count else None,
            max_count=pool.max_count,
            availability_zones=list(pool.zones) or None,
            os_disk_type=pool.os_disk_type,
            os_disk_size_gb=pool.os_disk_gib,
            max_pods=SYSTEM_MAX_PODS,
            node_taints=["CriticalAddonsOnly=true:NoSchedule"],
            # AKS refuses a number of unavailable nodes on a system pool.
            upgrade_settings=upgrade(surge=SYSTEM_SURGE, drain_minutes=SYSTEM_DRAIN_MINUTES),
            **every_pool(spec, self._args.network.node_subnet_id),
        )

    def _system_count(self) -> pulumi.Input[int]:
        """Of an autoscaled pool what the autoscaler made of it, which an edit of the cluster would send back else."""
        spec, first = self._spec, self._spec.system_pool.count
        if spec.system_pool.max_count is None:
            return first
        if not self._args.digest_before:
            return pulumi.Output.from_input(first)  # no plain value: a digest leaves out what is known only later
        return read_back.pool_count(spec.names.cluster, spec.names.resource_group, pool=SYSTEM, first=first)
