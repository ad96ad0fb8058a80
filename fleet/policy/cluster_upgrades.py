"""Clusters and nodes get their patches, at known times."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import CLUSTER, UNKNOWN, at, might_be
from fleet.policy.rule import Planned, Rule

_CHANNELS = {
    "upgradeChannel": ("cluster.upgrades.kubernetes", "aksManagedAutoUpgradeSchedule"),
    "nodeOSUpgradeChannel": ("cluster.upgrades.nodeImage", "aksManagedNodeOSUpgradeSchedule"),
}
"""By input, the setting that chooses it and the maintenance configuration that AKS heeds."""


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    windows = planned.of("azure-native:containerservice:MaintenanceConfiguration")
    names = [at(window.new_inputs, "configName") for window in windows]
    for channel, (setting, configuration) in _CHANNELS.items():
        found = at(step.new_inputs, f"autoUpgradeProfile.{channel}")
        if found == UNKNOWN:
            continue
        if str(found or "none").lower() in ("none", "unmanaged"):
            yield (
                f"autoUpgradeProfile.{channel} is {found or 'absent'}, so that known holes stay open until somebody "
                f"upgrades by hand: choose a channel in {setting}, or upgrade on a schedule of your own"
            )
        elif not any(might_be(name, configuration) for name in names):
            yield (
                f"autoUpgradeProfile.{channel} is {found} without {configuration}, so that AKS upgrades under running "
                "jobs: make its window in components/maintenance.py"
            )


RULE = Rule(
    id="cluster-upgrades",
    severity="warning",
    source="CKV_AZURE_171; PSRule Azure.AKS.AutoUpgrade, Azure.AKS.NodeAutoUpgrade, Azure.AKS.MaintenanceWindow",
    types=(CLUSTER,),
    broken=_broken,
)
