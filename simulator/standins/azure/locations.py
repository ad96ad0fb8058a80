"""Regions of the simulated Azure, and which have no availability zones. Source: Azure's region list, 2026-08."""

from __future__ import annotations

from simulator.standins.refusal import azure

REGIONS = frozenset(
    {
        "australiaeast", "brazilsouth", "canadacentral", "centralindia", "centralus", "eastus", "eastus2",
        "francecentral", "germanywestcentral", "italynorth", "japaneast", "koreacentral", "northcentralus",
        "northeurope", "norwayeast", "polandcentral", "southafricanorth", "southcentralus", "southeastasia",
        "spaincentral", "swedencentral", "switzerlandnorth", "uaenorth", "uksouth", "westcentralus", "westeurope",
        "westus", "westus2", "westus3",
    }
)  # fmt: skip

_GLOBAL = frozenset({"Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks"})
"""Types whose location is `global`, and no region."""

WITHOUT_ZONES = frozenset({"northcentralus", "westcentralus", "westus"})
"""Regions in which asking for a zone is refused."""


def normal(location: str) -> str:
    """`eastus` for `East US`: Azure takes both."""
    return location.lower().replace(" ", "")


def refuse_location(type: str, location: str) -> None:
    """Refuse a place where Azure does not offer an ARM type."""
    if normal(location) in ({"global"} if type in _GLOBAL else REGIONS):
        return
    if type == "Microsoft.Resources/resourceGroups":
        message = f"The provided location '{location}' is not available for resource group."
        raise azure(400, "LocationNotAvailableForResourceGroup", message)
    message = f"The provided location '{location}' is not available for resource type '{type}'."
    raise azure(400, "LocationNotAvailableForResourceType", message)
