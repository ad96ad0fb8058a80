"""Node pools: labels, taints, disks and upgrade settings that follow from what was asked and from the VM size."""

from __future__ import annotations

from typing import Literal

from catalog.gpus import COUNT_LABEL, GPUS, Gpu
from catalog.regions import Region
from catalog.sizing import Sizing
from catalog.vm_sizes import VM_SIZES, VmSize
from stack.settings import NodePool, StackSettings
from stack.spec import PoolSpec, SystemPoolSpec

CAPACITY_TYPE = "node.anyscale.com/capacity-type"
ACCELERATOR_TYPE = "node.anyscale.com/accelerator-type"
SPOT = "kubernetes.azure.com/scalesetpriority"
NO_SCHEDULE = "NoSchedule"

DISK_GIB = 128
"""OS disk where there is room: Ray images are large."""
SMALL_DISK_GIB = 60
"""OS disk of sizes with little temporary disk, such as the 64 GiB of NC24ads_A100_v4."""

DiskType = Literal["Ephemeral", "Managed"]


def pool_spec(asked: NodePool, sizing: Sizing) -> PoolSpec:
    """Return what follows from one pool whose settings were checked."""
    size = VM_SIZES[asked.vm_size]
    gpu = GPUS[size.gpu] if size.gpu else None
    disk_type, disk_gib = os_disk(size, asked.os_disk_gib)
    return PoolSpec(
        asked=asked,
        size=size,
        gpu=gpu,
        labels=dict(sorted({**asked.labels, **own_labels(asked, size, gpu)}.items())),
        # AKS appends its own taint where it is absent: it stands last, so that either way the order is the same.
        taints=tuple(
            sorted({*asked.taints, *own_taints(asked, gpu)}, key=lambda taint: (taint.startswith(SPOT), taint))
        ),
        os_disk_type=disk_type,
        os_disk_gib=disk_gib,
        # GPUs are rarely to be had beside those in use, so that an upgrade takes a node away before it adds one.
        max_surge="0" if gpu else sizing.surge,
        max_unavailable="1" if gpu else "0",
        drain_timeout_minutes=sizing.drain_minutes,
    )


def system_pool_spec(sizing: Sizing, region: Region) -> SystemPoolSpec:
    """Return the one inline pool of the cluster."""
    size = VM_SIZES[sizing.system_vm_size]
    disk_type, disk_gib = os_disk(size, None)
    return SystemPoolSpec(
        size=size,
        count=sizing.system_count,
        max_count=sizing.system_max_count,
        zones=region.zones if sizing.system_zonal else (),
        os_disk_type=disk_type,
        os_disk_gib=disk_gib,
    )


def most_nodes(settings: StackSettings, sizing: Sizing) -> int:
    """All nodes, with what an upgrade of one pool after another adds at a time."""
    largest = max(pool.max_count for pool in settings.node_pools)
    surge = -(-largest * int(sizing.surge.rstrip("%")) // 100)
    return all_nodes(settings, sizing) + surge


def all_nodes(settings: StackSettings, sizing: Sizing) -> int:
    """Nodes of the whole cluster at its largest."""
    return (sizing.system_max_count or sizing.system_count) + sum(pool.max_count for pool in settings.node_pools)


def own_labels(asked: NodePool, size: VmSize, gpu: Gpu | None) -> dict[str, str]:
    """Labels that follow from the size and from spot; AKS sets its spot label too, and would else differ from us."""
    labels = {CAPACITY_TYPE: _capacity_type(asked)}
    if gpu:
        labels |= {**gpu.selectors, COUNT_LABEL: str(size.gpus)}
    if asked.spot:
        labels[SPOT] = "spot"
    return labels


def own_taints(asked: NodePool, gpu: Gpu | None) -> tuple[str, ...]:
    """Taints that Anyscale's pods tolerate, so that nothing else lands on dear nodes."""
    taints = [f"{CAPACITY_TYPE}={_capacity_type(asked)}:{NO_SCHEDULE}"]
    if gpu:
        taints += [
            f"{ACCELERATOR_TYPE}=GPU:{NO_SCHEDULE}",
            f"nvidia.com/gpu=present:{NO_SCHEDULE}",
        ]
    if asked.spot:
        taints.append(f"{SPOT}=spot:{NO_SCHEDULE}")
    return tuple(taints)


def os_disk(size: VmSize, asked_gib: int | None) -> tuple[DiskType, int]:
    """An ephemeral disk where it fits the temporary disk, which is faster and costs nothing; else a managed one."""
    for gib in (asked_gib,) if asked_gib else (DISK_GIB, SMALL_DISK_GIB):
        if gib <= size.temp_disk_gib:
            return "Ephemeral", gib
    return "Managed", asked_gib or DISK_GIB


def _capacity_type(asked: NodePool) -> str:
    return "SPOT" if asked.spot else "ON_DEMAND"
