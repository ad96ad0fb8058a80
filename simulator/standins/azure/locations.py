"""Regions of the simulated Azure, and which have no availability zones. Source: Azure's region list, 2026-08."""

from __future__ import annotations

REGIONS = frozenset(
    {
        "australiaeast", "brazilsouth", "canadacentral", "centralindia", "centralus", "eastus", "eastus2",
        "francecentral", "germanywestcentral", "global", "italynorth", "japaneast", "koreacentral", "northcentralus",
        "northeurope", "norwayeast", "polandcentral", "southafricanorth", "southcentralus", "southeastasia",
        "spaincentral", "swedencentral", "switzerlandnorth", "uaenorth", "uksouth", "westcentralus", "westeurope",
        "westus", "westus2", "westus3",
    }
)  # fmt: skip
"""Where resources can be; `global` is where private DNS zones are."""

WITHOUT_ZONES = frozenset({"northcentralus", "westcentralus", "westus"})
"""Regions in which asking for a zone is refused."""


def normal(location: str) -> str:
    """`eastus` for `East US`: Azure takes both."""
    return location.lower().replace(" ", "")
