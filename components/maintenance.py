"""When AKS may upgrade by itself."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerservice as aks

from stack.settings import MaintenanceWindow
from stack.spec import StackSpec


def maintenance(
    name: str,
    *,
    spec: StackSpec,
    resource_group_name: pulumi.Input[str],
    cluster: aks.ManagedCluster,
    parent: pulumi.Resource,
) -> None:
    """A window for the control plane and another for node images, apart from each other: AKS cannot do both at once.

    The names of the two configurations are AKS's own.
    """
    upgrades = spec.settings.cluster.upgrades
    windows = {
        "kubernetes-window": ("aksManagedAutoUpgradeSchedule", upgrades.kubernetes_window, spec.upgrade_channel),
        "node-image-window": ("aksManagedNodeOSUpgradeSchedule", upgrades.node_image_window, spec.node_image_channel),
    }
    for role, (configuration, window, channel) in windows.items():
        if channel.lower() != "none":
            aks.MaintenanceConfiguration(
                f"{name}-{role}",
                resource_group_name=resource_group_name,
                resource_name_=cluster.name,
                config_name=configuration,
                maintenance_window=_weekly(window),
                opts=pulumi.ResourceOptions(parent=parent),
            )


def _weekly(window: MaintenanceWindow) -> aks.MaintenanceWindowArgs:
    return aks.MaintenanceWindowArgs(
        schedule=aks.ScheduleArgs(weekly=aks.WeeklyScheduleArgs(day_of_week=window.day, interval_weeks=1)),
        start_time=window.start,
        duration_hours=window.hours,
        utc_offset=window.utc_offset,
    )
