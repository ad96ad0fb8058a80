"""Azure regions in which Anyscale runs Ray on AKS.

Source: Anyscale's foundation modules for AKS list these twelve (read 2026-08); zones from the Azure region list (read
2026-08).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Region:
    """An Azure region.

    Attributes:
        name: as in `azure-native:location`.
        title: as people say it.
        zones: its availability zones; empty where it has none, which also rules out zone-redundant storage.
    """

    name: str
    title: str
    zones: tuple[str, ...]


_ZONES = ("1", "2", "3")

REGIONS: dict[str, Region] = {
    region.name: region
    for region in (
        Region(name="australiaeast", title="Australia East", zones=_ZONES),
        Region(name="eastus", title="East US", zones=_ZONES),
        Region(name="eastus2", title="East US 2", zones=_ZONES),
        Region(name="northeurope", title="North Europe", zones=_ZONES),
        Region(name="southcentralus", title="South Central US", zones=_ZONES),
        Region(name="southeastasia", title="Southeast Asia", zones=_ZONES),
        Region(name="swedencentral", title="Sweden Central", zones=_ZONES),
        Region(name="uksouth", title="UK South", zones=_ZONES),
        Region(name="westcentralus", title="West Central US", zones=()),
        Region(name="westeurope", title="West Europe", zones=_ZONES),
        Region(name="westus2", title="West US 2", zones=_ZONES),
        Region(name="westus3", title="West US 3", zones=_ZONES),
    )
}
