"""Node pools: what the inline system pool and the pools for Ray have in common, and the latter as resources."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerservice as aks

from stack.spec import PoolSpec, StackSpec

SYSTEM = "system"
GPU_DRIVER_INSTALL = aks.GPUDriver.INSTALL
DRAIN_SOAK_MINUTES = 0


def local_dns() -> aks.LocalDNSProfileArgs:
    """A resolver on each node: a thousand pods that start at once do not ask CoreDNS a thousand times.

    Set at creation, since a change reimages the pool. What it serves of the cluster's own names is young: a restarted Ray
    head has another address, and a stale answer would send its workers to the old one.
    """
    return aks.LocalDNSProfileArgs(
        mode=aks.LocalDNSMode.REQUIRED,
        vnet_dns_overrides={
            ".": _zone(aks.LocalDNSForwardDestination.VNET_DNS, aks.LocalDNSProtocol.PREFER_UDP, 3600),
            "cluster.local": _zone(aks.LocalDNSForwardDestination.CLUSTER_CORE_DNS, aks.LocalDNSProtocol.FORCE_TCP, 30),
        },
        kube_dns_overrides={
            ".": _zone(aks.LocalDNSForwardDestination.CLUSTER_CORE_DNS, aks.LocalDNSProtocol.PREFER_UDP, 3600),
            "cluster.local": _zone(aks.LocalDNSForwardDestination.CLUSTER_CORE_DNS, aks.LocalDNSProtocol.FORCE_TCP, 30),
        },
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
    """A pool for Ray. The autoscaler owns how many nodes it has; we own between how few and how many."""
    asked = pool.asked
    return aks.AgentPool(
        f"{name}-{asked.name}",
        resource_group_name=resource_group_name,
        resource_name_=cluster.name,
        agent_pool_name=asked.name,
        mode=aks.AgentPoolMode.USER,
        type=aks.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        vm_size=asked.vm_size,
        enable_auto_scaling=True,
        count=asked.min_count,
        min_count=asked.min_count,
        max_count=asked.max_count,
        availability_zones=list(asked.zones) or None,
        os_type=aks.OSType.LINUX,
        os_sku=aks.OSSKU.UBUNTU,
        os_disk_type=pool.os_disk_type,
        os_disk_size_gb=pool.os_disk_gib,
        kubelet_disk_type=aks.KubeletDiskType.OS,
        max_pods=spec.sizing.max_pods,
        vnet_subnet_id=subnet_id,
        node_labels=pool.labels,
        node_taints=list(pool.taints),
        scale_down_mode=aks.ScaleDownMode.DELETE,
        enable_node_public_ip=False,
        gpu_profile=aks.GPUProfileArgs(driver=GPU_DRIVER_INSTALL) if pool.gpu else None,
        # The drivers that AKS installs are not signed for secure boot.
        security_profile=aks.AgentPoolSecurityProfileArgs(enable_secure_boot=False, enable_vtpm=False),
        local_dns_profile=local_dns(),
        upgrade_settings=None if asked.spot else _upgrade(pool),
        tags=spec.tags,
        **_priority(pool),
        opts=pulumi.ResourceOptions(
            parent=parent,
            # The autoscaler's. A refresh before each update makes the ignored value the live one (Pulumi.yaml).
            ignore_changes=["count"],
            custom_timeouts=pulumi.CustomTimeouts(create="60m", update="120m", delete="60m"),
        ),
    )


def _priority(pool: PoolSpec) -> dict[str, object]:
    if not pool.asked.spot:
        return {"scale_set_priority": aks.ScaleSetPriority.REGULAR}
    return {
        "scale_set_priority": aks.ScaleSetPriority.SPOT,
        "scale_set_eviction_policy": aks.ScaleSetEvictionPolicy.DELETE,
        "spot_max_price": -1.0,  # up to the regular price
    }


def _upgrade(pool: PoolSpec) -> aks.AgentPoolUpgradeSettingsArgs:
    return aks.AgentPoolUpgradeSettingsArgs(
        max_surge=pool.max_surge,
        max_unavailable=pool.max_unavailable,
        drain_timeout_in_minutes=pool.drain_timeout_minutes,
        node_soak_duration_in_minutes=DRAIN_SOAK_MINUTES,
        undrainable_node_behavior=aks.UndrainableNodeBehavior.CORDON,
    )
