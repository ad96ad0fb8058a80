"""Node pools: what the inline system pool and the pools for Ray have in common, and the latter as resources."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import containerservice as aks

from stack.spec import PoolSpec, StackSpec

SYSTEM = "system"
NAMES_SECONDS, CLUSTER_NAMES_SECONDS = 3600, 30
"""How long a node answers for the outside's names and for the cluster's own, fresh or stale."""
FIXED = (
    "availabilityZones",
    "enableNodePublicIP",
    "kubeletDiskType",
    "maxPods",
    "osDiskSizeGB",
    "osDiskType",
    "scaleSetEvictionPolicy",
    "scaleSetPriority",
    "vnetSubnetID",
)
"""What AKS takes only at a pool's creation. azure-native would send a change, and AKS refuse it half way through."""


def every_pool(spec: StackSpec, subnet_id: pulumi.Input[str]) -> dict[str, Any]:
    """Arguments that the inline pool and the resources share."""
    return {
        "type": aks.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        "os_type": aks.OSType.LINUX,
        "os_sku": aks.OSSKU.UBUNTU,
        "kubelet_disk_type": aks.KubeletDiskType.OS,
        "vnet_subnet_id": subnet_id,
        "enable_node_public_ip": False,
        # GPU drivers that AKS installs are not signed for secure boot; one setting everywhere, fixed at creation.
        "security_profile": aks.AgentPoolSecurityProfileArgs(enable_secure_boot=False, enable_vtpm=False),
        "local_dns_profile": local_dns(),
        "scale_down_mode": aks.ScaleDownMode.DELETE,
        "tags": spec.tags,
    }


def node_pool(
    name: str,
    pool: PoolSpec,
    *,
    spec: StackSpec,
    resource_group_name: pulumi.Input[str],
    cluster: aks.ManagedCluster,
    subnet_id: pulumi.Input[str],
    parent: pulumi.Resource,
) -> aks.AgentPool:
    """A pool for Ray. The autoscaler owns how many nodes it has; we own between how few and how many.

    It names no Kubernetes version: where a channel upgrades the cluster, AKS refuses pools of which only some name one.
    """
    asked = pool.asked
    return aks.AgentPool(
        f"{name}-{asked.name}",
        resource_group_name=resource_group_name,
        resource_name_=cluster.name,
        agent_pool_name=asked.name,
        mode=aks.AgentPoolMode.USER,
        vm_size=asked.vm_size,
        enable_auto_scaling=True,
        count=asked.min_count,
        min_count=asked.min_count,
        max_count=asked.max_count,
        availability_zones=list(asked.zones) or None,
        os_disk_type=pool.os_disk_type,
        os_disk_size_gb=pool.os_disk_gib,
        max_pods=spec.sizing.max_pods,
        node_labels=pool.labels,
        node_taints=list(pool.taints),
        gpu_profile=aks.GPUProfileArgs(driver=aks.GPUDriver.INSTALL) if pool.gpu else None,
        **every_pool(spec, subnet_id),
        **_spot() if asked.spot else _regular(pool),
        opts=pulumi.ResourceOptions(
            parent=parent,
            # The autoscaler's. A refresh before each update makes the ignored value the live one (Pulumi.yaml).
            ignore_changes=["count"],
            replace_on_changes=list(FIXED),
            delete_before_replace=True,  # a cluster has each name once
            custom_timeouts=pulumi.CustomTimeouts(create="60m", update="120m", delete="60m"),
        ),
    )


def upgrade(*, surge: str, drain_minutes: int, unavailable: str | None = None) -> aks.AgentPoolUpgradeSettingsArgs:
    """How nodes are replaced. One that cannot be drained is set aside, and the others go on."""
    return aks.AgentPoolUpgradeSettingsArgs(
        max_surge=surge,
        max_unavailable=unavailable,
        drain_timeout_in_minutes=drain_minutes,
        node_soak_duration_in_minutes=0,
        undrainable_node_behavior=aks.UndrainableNodeBehavior.CORDON,
    )


def local_dns() -> aks.LocalDNSProfileArgs:
    """A resolver on each node: a thousand pods that start at once do not ask CoreDNS a thousand times.

    Set at creation, since a change reimages the pool. What it serves of the cluster's own names is young: a restarted
    Ray head has another address, and a stale answer would send its workers to the old one.
    """
    core_dns, vnet_dns = aks.LocalDNSForwardDestination.CLUSTER_CORE_DNS, aks.LocalDNSForwardDestination.VNET_DNS
    own = _zone(core_dns, aks.LocalDNSProtocol.FORCE_TCP, CLUSTER_NAMES_SECONDS)

    def outside(destination: aks.LocalDNSForwardDestination) -> aks.LocalDNSOverrideArgs:
        return _zone(destination, aks.LocalDNSProtocol.PREFER_UDP, NAMES_SECONDS)

    return aks.LocalDNSProfileArgs(
        mode=aks.LocalDNSMode.REQUIRED,
        vnet_dns_overrides={".": outside(vnet_dns), "cluster.local": own},
        kube_dns_overrides={".": outside(core_dns), "cluster.local": own},
    )


def _zone(
    destination: aks.LocalDNSForwardDestination, protocol: aks.LocalDNSProtocol, seconds: int
) -> aks.LocalDNSOverrideArgs:
    return aks.LocalDNSOverrideArgs(
        forward_destination=destination,
        forward_policy=aks.LocalDNSForwardPolicy.SEQUENTIAL,
        protocol=protocol,
        cache_duration_in_seconds=seconds,
        serve_stale=aks.LocalDNSServeStale.IMMEDIATE,
        serve_stale_duration_in_seconds=seconds,
        max_concurrent=1000,
        query_logging=aks.LocalDNSQueryLogging.ERROR,
    )


def _regular(pool: PoolSpec) -> dict[str, Any]:
    return {
        "scale_set_priority": aks.ScaleSetPriority.REGULAR,
        "upgrade_settings": upgrade(
            surge=pool.max_surge, unavailable=pool.max_unavailable, drain_minutes=pool.drain_timeout_minutes
        ),
    }


def _spot() -> dict[str, Any]:
    """No upgrade settings: AKS refuses a surge on spot pools, and neither drains nor surges them."""
    return {
        "scale_set_priority": aks.ScaleSetPriority.SPOT,
        "scale_set_eviction_policy": aks.ScaleSetEvictionPolicy.DELETE,
        "spot_max_price": -1.0,  # up to the regular price
    }
