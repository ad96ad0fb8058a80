"""Checks of the cluster: who gets in, which Kubernetes, and when it is upgraded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.kubernetes import KUBERNETES_VERSIONS
from catalog.sizing import SIZINGS
from stack.base import Problem, nearest, shown
from stack.check_azure import is_guid
from stack.settings import MaintenanceWindow, StackSettings

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MINUTES_OF_WEEK = 7 * 24 * 60
_VERSION = re.compile(r"(1\.(\d{1,9}))(\.\d+)?")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_FIND_ID = {
    "group": "az ad group show --group <name> --query id",
    "user": "az ad user show --id <mail address> --query id",
    "servicePrincipal": "az ad sp show --id <application id> --query id",
}
_OFFSET = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)")


def check_cluster(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Who gets in, which Kubernetes, and each maintenance window by itself."""
    yield from _admins(settings)
    yield from _version(settings.cluster.kubernetes_version)
    for path, window in _windows(settings).items():
        yield from _window(path, window)


def check_windows(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Whether the two windows overlap, where something is upgraded in each."""
    upgrades, sizing, windows = settings.cluster.upgrades, SIZINGS[settings.sized_for], _windows(settings)
    channels = upgrades.kubernetes or sizing.upgrade_channel, upgrades.node_image or sizing.node_image_channel
    if "none" in map(str.lower, channels) or any(list(_window(path, window)) for path, window in windows.items()):
        return
    if _overlap(*windows.values()):
        yield Problem(
            path="cluster.upgrades.nodeImageWindow",
            found="a window that overlaps kubernetesWindow",
            why="while AKS cannot upgrade the control plane and spot pools at once",
            remedy="move one of them to another day",
        )


def _windows(settings: StackSettings) -> dict[str, MaintenanceWindow]:
    path, upgrades = "cluster.upgrades", settings.cluster.upgrades
    return {
        f"{path}.kubernetesWindow": upgrades.kubernetes_window,
        f"{path}.nodeImageWindow": upgrades.node_image_window,
    }


def _admins(settings: StackSettings) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, admin in enumerate(settings.cluster.admins):
        path = f"cluster.admins[{index}].id"
        if not is_guid(admin.id):
            yield Problem(
                path=path,
                found=shown(admin.id),
                why="which is no Entra object id",
                remedy=f"use the GUID of the object: `{_FIND_ID[admin.type]}`",
            )
        elif admin.id.lower() in seen:
            yield Problem(
                path=path,
                found=shown(admin.id),
                why=f"which cluster.admins[{seen[admin.id.lower()]}] has too",
                remedy="remove one of them",
            )
        seen.setdefault(admin.id.lower(), index)


def _version(version: str) -> Iterator[Problem]:
    if version in KUBERNETES_VERSIONS:
        return
    parts = _VERSION.fullmatch(version)
    known = sorted((int(row.partition(".")[2]), row) for row in KUBERNETES_VERSIONS)
    if parts is None:
        why, remedy = "which is no version of Kubernetes", nearest(version, KUBERNETES_VERSIONS)
    elif parts[1] in KUBERNETES_VERSIONS:
        why = "which names a patch, while AKS upgrades patches by itself"
        remedy = f'write the minor version alone: "{parts[1]}"'
    elif int(parts[2]) < known[0][0]:
        why = f"which is older than {known[0][1]}, the first that mounts with workload identity for more than a day"
        remedy = nearest("", KUBERNETES_VERSIONS)
    else:
        why = "which catalog/kubernetes.py does not know"
        remedy = f"use {known[-1][1]}, or add the row when AKS offers it"
    yield Problem(path="cluster.kubernetesVersion", found=shown(version), why=why, remedy=remedy)


def _window(path: str, window: MaintenanceWindow) -> Iterator[Problem]:
    if not _TIME.fullmatch(window.start):
        yield Problem(
            path=f"{path}.start",
            found=shown(window.start),
            why="which is no time of day",
            remedy='write hours and minutes, quoted: "02:00"',
        )
    if not _OFFSET.fullmatch(window.utc_offset):
        yield Problem(
            path=f"{path}.utcOffset",
            found=shown(window.utc_offset),
            why="which is no offset from UTC",
            remedy='write sign, hours and minutes, quoted: "+02:00"',
        )


def _overlap(one: MaintenanceWindow, other: MaintenanceWindow) -> bool:
    apart = (_start(other) - _start(one)) % _MINUTES_OF_WEEK
    return apart < one.hours * 60 or _MINUTES_OF_WEEK - apart < other.hours * 60


def _start(window: MaintenanceWindow) -> int:
    """Minutes of the week, in UTC."""
    hours, minutes = map(int, window.start.split(":"))
    sign = -1 if window.utc_offset.startswith("-") else 1
    offset_hours, offset_minutes = map(int, window.utc_offset[1:].split(":"))
    local = _DAYS.index(window.day) * 24 * 60 + hours * 60 + minutes
    return (local - sign * (offset_hours * 60 + offset_minutes)) % _MINUTES_OF_WEEK
