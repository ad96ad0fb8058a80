"""What a node pool can be: size, zones, OS disk, LocalDNS, bounds of the autoscaler."""

from __future__ import annotations

from typing import Any

from simulator.standins.azure.kind import at
from simulator.standins.azure.locations import WITHOUT_ZONES, normal
from simulator.standins.azure.vm_sizes import vm_size
from simulator.standins.refusal import azure

Json = dict[str, Any]

DEFAULT_OS_DISK_GIB = 128
SPOT_TAINT = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
"""AKS's own, on every spot pool."""
_LOCAL_DNS_VCPUS = 4
_MAX_NODES = 1000


def refuse_pool(name: str, pool: Json, location: str) -> None:
    """Refuse what no node pool can be, inline or on its own."""
    size = vm_size(pool.get("vmSize", ""))
    if size is None:
        raise azure(
            400, "VMSizeNotSupported", f"Virtual machine size '{pool.get('vmSize')}' of pool {name} does not exist."
        )
    if pool.get("availabilityZones") and normal(location) in WITHOUT_ZONES:
        raise azure(400, "AvailabilityZoneNotSupported", f"Pool {name}: region {location} has no availability zones.")
    disk = pool.get("osDiskSizeGB") or DEFAULT_OS_DISK_GIB
    if pool.get("osDiskType") == "Ephemeral" and disk > size.ephemeral_gib:
        room = f"the {size.ephemeral_gib} GiB of {pool['vmSize']}"
        raise azure(400, "InvalidParameter", f"Pool {name}: an ephemeral OS disk of {disk} GiB does not fit {room}.")
    if at(pool, "localDNSProfile.mode") == "Required" and size.vcpus < _LOCAL_DNS_VCPUS:
        raise azure(
            400,
            "BadRequest",
            f"Pool {name}: LocalDNS needs at least {_LOCAL_DNS_VCPUS} vCPUs, {pool['vmSize']} has {size.vcpus}.",
        )
    if pool.get("mode") == "System" and pool.get("scaleSetPriority") == "Spot":
        raise azure(400, "OperationNotAllowed", f"Pool {name}: a system pool cannot be Spot.")
    _refuse_bounds(name, pool)


def _refuse_bounds(name: str, pool: Json) -> None:
    low, count, high = pool.get("minCount"), pool.get("count"), pool.get("maxCount")
    if not pool.get("enableAutoScaling"):
        if low is not None or high is not None:
            raise azure(400, "InvalidParameter", f"Pool {name}: minCount and maxCount need enableAutoScaling.")
        return
    if low is None or high is None or not low <= (low if count is None else count) <= high <= _MAX_NODES:
        message = f"Pool {name}: minCount {low} <= count {count} <= maxCount {high} <= {_MAX_NODES} does not hold."
        raise azure(400, "InvalidParameter", message)
