"""Anyscale instance types that fit what a node can allocate, so that a pod never waits for a node that cannot hold it.

Source of the reservations: AKS node reservations (azure-aks-docs, core concepts, read 2026-08).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from catalog.gpus import GPUS
from catalog.sizing import Sizing
from catalog.vm_sizes import VmSize
from stack.mount_options import pool_mib
from stack.settings import InstanceType
from stack.spec import InstanceTypeSpec, MountSpec, PoolSpec

_CPU_RESERVED = ((1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740))
"""vCPUs and the millicores that AKS keeps of them; between and beyond, in a straight line."""

_DAEMON_SETS_MILLICORES, _DAEMON_SETS_MIB = 500, 1024
"""Room for what runs on each node beside Ray: network, storage, metrics and GPU agents. Ours; none is published."""

_EVICTION_MIB = 100
_KERNEL_SHARE = 0.02
"""Memory of a VM that Linux does not count. Ours, seen on Azure nodes as one to two per cent."""

_SLICES = (1, 2, 4, 8)
_SMALLEST_CPUS = 2


def instance_types(
    pools: Iterable[PoolSpec],
    asked: Iterable[InstanceType],
    mounts: Iterable[MountSpec],
    sizing: Sizing,
) -> tuple[InstanceTypeSpec, ...]:
    """Return a type for a whole node of each pool, types for its halves, quarters and eighths, and those asked for."""
    mount_mib = mount_process_mib(mounts)
    types = {spec.name: spec for pool in pools for spec in _of_pool(pool, mount_mib, sizing)}
    types |= {
        extra.name: InstanceTypeSpec(
            name=extra.name,
            cpus=extra.cpus,
            memory_gib=extra.memory_gib,
            gpus=extra.gpus,
            gpu=GPUS[extra.accelerator] if extra.accelerator else None,
        )
        for extra in asked
    }
    return tuple(
        sorted(
            types.values(),
            key=lambda t: (t.gpu.name if t.gpu else "", t.gpus, t.cpus, t.memory_gib),
        )
    )


def largest(size: VmSize, mount_mib: int, sizing: Sizing) -> tuple[int, int]:
    """CPUs and GiB of one pod that has a whole node to itself."""
    return _slice(size, 1, mount_mib, sizing)


def mount_process_mib(mounts: Iterable[MountSpec]) -> int:
    """Memory of the mount process that each Ray pod brings along: it runs on the node, outside the pod's limit."""
    return pool_mib(next(mount for mount in mounts if mount.registered).options)


def _of_pool(pool: PoolSpec, mount_mib: int, sizing: Sizing) -> Iterable[InstanceTypeSpec]:
    for parts in _SLICES:
        if pool.gpu and pool.size.gpus % parts:
            continue
        cpus, memory_gib = _slice(pool.size, parts, mount_mib, sizing)
        if memory_gib < 1 or (cpus < _SMALLEST_CPUS and not pool.gpu):
            continue
        gpus = pool.size.gpus // parts
        suffix = f"-{gpus}x{pool.gpu.name}" if pool.gpu else ""
        yield InstanceTypeSpec(
            name=f"{cpus}CPU-{memory_gib}GB{suffix}",
            cpus=cpus,
            memory_gib=memory_gib,
            gpus=gpus,
            gpu=pool.gpu,
        )


def _slice(size: VmSize, parts: int, mount_mib: int, sizing: Sizing) -> tuple[int, int]:
    millicores, mib = _allocatable(size, sizing)
    cpus = (millicores - _DAEMON_SETS_MILLICORES) // parts // 1000
    return cpus, int(((mib - _DAEMON_SETS_MIB) / parts - mount_mib) // 1024)


def _allocatable(size: VmSize, sizing: Sizing) -> tuple[int, float]:
    """Millicores and MiB that Kubernetes may give to pods."""
    total_mib = size.memory_gib * 1024
    reserved_mib = min(20 * sizing.max_pods + 50, total_mib * 0.25)
    return (
        size.vcpus * 1000 - _reserved_millicores(size.vcpus),
        total_mib * (1 - _KERNEL_SHARE) - reserved_mib - _EVICTION_MIB,
    )


def _reserved_millicores(vcpus: int) -> int:
    for (low, at_low), (high, at_high) in pairwise(_CPU_RESERVED):
        if vcpus <= high:
            return at_low + (at_high - at_low) * (vcpus - low) // (high - low)
    (low, at_low), (high, at_high) = _CPU_RESERVED[-2:]
    return at_high + (at_high - at_low) * (vcpus - high) // (high - low)
