"""Resource groups."""

from simulator.standins.azure.kind import GROUP, Kind

KINDS = {
    "resources:ResourceGroup": Kind(
        path=GROUP,
        api="2024-11-01",
        name=r"[\w.()-]{0,89}[\w()-]",
        computed={"properties": lambda made: {"provisioningState": "Succeeded"}},
    ),
}
