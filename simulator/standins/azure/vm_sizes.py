"""Virtual machine sizes as Azure knows them: vCPUs, and room for an ephemeral OS disk.

Owns what node pools are refused for. A size whose family has no row is taken with the vCPUs its name says and no local
disk. Source: Azure's size documentation, 2026-08; it is a model, not a price list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"Standard_(?P<family>[A-Z]+)(?P<vcpus>\d+)(?:-\d+)?(?P<features>[a-z]*)(?P<rest>(?:_\w+)?)")

_LOCAL_DISK_PER_VCPU: tuple[tuple[str, float], ...] = (
    (r"Standard_[DE]\d+a?p?l?ds_v5", 37.5),
    (r"Standard_[DE]\d+a?p?l?ds_v6", 55.0),
    (r"Standard_[DE]\d+d?s_v4", 37.5),
    (r"Standard_NC\d+as_T4_v3", 22.0),
    (r"Standard_NC\d+ads_A100_v4", 64 / 24),
    (r"Standard_NC\d+ads_H100_v5", 3.2),
    (r"Standard_NV\d+ads_A10_v5", 20.0),
    (r"Standard_ND\d+asr_v4", 60.0),
    (r"Standard_ND\d+amsr_A100_v4", 60.0),
    (r"Standard_ND\d+isr_H[12]00_v5", 10.4),
)
"""Family to GiB of temporary disk for each vCPU; only there an ephemeral OS disk has room."""


@dataclass(frozen=True, kw_only=True)
class VmSize:
    """One size: its vCPUs, the GiB that an ephemeral OS disk may have, and whether it carries NVIDIA GPUs."""

    vcpus: int
    ephemeral_gib: int
    gpu: bool


def vm_size(name: str) -> VmSize | None:
    """What a size offers, or None where no size can have that name."""
    match = _NAME.fullmatch(name)
    if not match:
        return None
    vcpus = int(match["vcpus"])
    per_vcpu = next((gib for pattern, gib in _LOCAL_DISK_PER_VCPU if re.fullmatch(pattern, name)), 0.0)
    return VmSize(vcpus=vcpus, ephemeral_gib=int(per_vcpu * vcpus), gpu=match["family"] in ("NC", "ND", "NV"))
