"""VM sizes for node pools.

Sources: vCPUs, memory, GPUs and temporary disks from the size pages of azure-compute-docs and the AKS storage concepts
(read 2026-08); regions from the price table in karpenter-provider-azure (2026-06-18), which was read for the six
regions below; zones from the SKU listing in the same repository (2024-01-12, one subscription: zone numbers are each
subscription's own). A listed price is not capacity, and a subscription may lack what a region has. No size has less
than 4 vCPUs: LocalDNS, which every pool runs, refuses those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

REGIONS_READ = frozenset({"eastus", "eastus2", "southcentralus", "westcentralus", "westus2", "westus3"})
"""Regions of which the rows know what they list; of the others they know nothing."""


@dataclass(frozen=True, kw_only=True)
class VmSize:
    """A VM size.

    Attributes:
        name: as Azure spells it.
        vcpus: virtual CPUs.
        memory_gib: memory.
        temp_disk_gib: local disk on which an ephemeral OS disk can live.
        gpu: row of catalog/gpus.py; None without GPU.
        gpus: whole GPUs; 0 where the size has only a part of one.
        regions: of `REGIONS_READ` those that list the size; None where it was not looked up.
        zones: by region, the zones that have it, where that is known.
    """

    name: str
    vcpus: int
    memory_gib: int
    temp_disk_gib: int
    gpu: str | None = None
    gpus: int = 0
    regions: frozenset[str] | None = None
    zones: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def absent_from(self, region: str) -> bool:
        """Whether the size is known not to exist in `region`."""
        return self.regions is not None and region in REGIONS_READ and region not in self.regions


def _cpu(name: str, vcpus: int, memory_gib: int, temp_disk_gib: int) -> VmSize:
    return VmSize(name=name, vcpus=vcpus, memory_gib=memory_gib, temp_disk_gib=temp_disk_gib)


_ALL_SIX = REGIONS_READ
_ALL_BUT_WESTCENTRALUS = REGIONS_READ - {"westcentralus"}

_ROWS = (
    _cpu("Standard_D4ds_v5", 4, 16, 150),
    _cpu("Standard_D8ds_v5", 8, 32, 300),
    _cpu("Standard_D16ds_v5", 16, 64, 600),
    _cpu("Standard_D32ds_v5", 32, 128, 1200),
    _cpu("Standard_D48ds_v5", 48, 192, 1800),
    _cpu("Standard_D64ds_v5", 64, 256, 2400),
    _cpu("Standard_D96ds_v5", 96, 384, 3600),
    VmSize(
        name="Standard_NC4as_T4_v3",
        vcpus=4,
        memory_gib=28,
        temp_disk_gib=176,
        gpu="T4",
        gpus=1,
        regions=_ALL_BUT_WESTCENTRALUS,
    ),
    VmSize(
        name="Standard_NC8as_T4_v3",
        vcpus=8,
        memory_gib=56,
        temp_disk_gib=352,
        gpu="T4",
        gpus=1,
        regions=_ALL_BUT_WESTCENTRALUS,
    ),
    VmSize(
        name="Standard_NC16as_T4_v3",
        vcpus=16,
        memory_gib=110,
        temp_disk_gib=352,
        gpu="T4",
        gpus=1,
        regions=_ALL_BUT_WESTCENTRALUS,
        zones=MappingProxyType({"eastus": ("1", "2", "3")}),
    ),
    VmSize(
        name="Standard_NC64as_T4_v3",
        vcpus=64,
        memory_gib=440,
        temp_disk_gib=2816,
        gpu="T4",
        gpus=4,
        regions=_ALL_BUT_WESTCENTRALUS,
    ),
    VmSize(
        name="Standard_NV6ads_A10_v5",
        vcpus=6,
        memory_gib=55,
        temp_disk_gib=180,
        gpu="A10",
    ),  # a sixth of a GPU
    VmSize(
        name="Standard_NV12ads_A10_v5",
        vcpus=12,
        memory_gib=110,
        temp_disk_gib=360,
        gpu="A10",
    ),  # a third
    VmSize(
        name="Standard_NV18ads_A10_v5",
        vcpus=18,
        memory_gib=220,
        temp_disk_gib=720,
        gpu="A10",
    ),  # a half
    VmSize(
        name="Standard_NV36ads_A10_v5",
        vcpus=36,
        memory_gib=440,
        temp_disk_gib=1440,
        gpu="A10",
        gpus=1,
        regions=_ALL_BUT_WESTCENTRALUS,
    ),
    VmSize(
        name="Standard_NV72ads_A10_v5",
        vcpus=72,
        memory_gib=880,
        temp_disk_gib=2880,
        gpu="A10",
        gpus=2,
        regions=_ALL_BUT_WESTCENTRALUS,
    ),
    VmSize(
        name="Standard_NC24ads_A100_v4",
        vcpus=24,
        memory_gib=220,
        temp_disk_gib=64,
        gpu="A100-80G",
        gpus=1,
        zones=MappingProxyType({"eastus": ("1",)}),
    ),
    VmSize(
        name="Standard_NC48ads_A100_v4",
        vcpus=48,
        memory_gib=440,
        temp_disk_gib=128,
        gpu="A100-80G",
        gpus=2,
    ),
    VmSize(
        name="Standard_NC96ads_A100_v4",
        vcpus=96,
        memory_gib=880,
        temp_disk_gib=256,
        gpu="A100-80G",
        gpus=4,
    ),
    VmSize(
        name="Standard_ND96asr_v4",
        vcpus=96,
        memory_gib=900,
        temp_disk_gib=2900,
        gpu="A100-40G",
        gpus=8,
        regions=frozenset({"eastus", "westus2", "southcentralus"}),
    ),
    VmSize(
        name="Standard_ND96amsr_A100_v4",
        vcpus=96,
        memory_gib=1900,
        temp_disk_gib=2900,
        gpu="A100-80G",
        gpus=8,
        regions=frozenset({"eastus", "eastus2", "westus2", "westus3", "southcentralus"}),
    ),
    VmSize(
        name="Standard_NC40ads_H100_v5",
        vcpus=40,
        memory_gib=320,
        temp_disk_gib=3576,
        gpu="H100",
        gpus=1,
        regions=_ALL_BUT_WESTCENTRALUS,
    ),
    VmSize(
        name="Standard_NC80adis_H100_v5",
        vcpus=80,
        memory_gib=640,
        temp_disk_gib=7152,
        gpu="H100",
        gpus=2,
        regions=_ALL_BUT_WESTCENTRALUS,
    ),
    VmSize(
        name="Standard_ND96isr_H100_v5",
        vcpus=96,
        memory_gib=1900,
        temp_disk_gib=1024,
        gpu="H100",
        gpus=8,
        regions=_ALL_SIX,
    ),
    VmSize(
        name="Standard_ND96isr_H200_v5",
        vcpus=96,
        memory_gib=1850,
        temp_disk_gib=1024,
        gpu="H200",
        gpus=8,
        regions=frozenset({"eastus2", "westus2", "westus3"}),
    ),
)

VM_SIZES: dict[str, VmSize] = {size.name: size for size in _ROWS}
