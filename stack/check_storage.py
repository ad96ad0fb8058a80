"""Checks of storage and mounts: names, paths, homes, options, retention."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.mounts import ANYSCALE_PATHS, BUCKET_CONTAINER, MOUNTS, PROFILES, REGISTERED_MOUNT
from catalog.regions import REGIONS
from catalog.risks import MOUNT_OPTIONS_UNSAFE
from stack.base import Problem, nearest, shown
from stack.mount_options import option_problems
from stack.mounts import mount_spec, own_row
from stack.settings import JoinsCloud, Mount, StackSettings

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_CONTAINER = re.compile(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*")
_PATH = re.compile(r"/mnt(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+")


def check_replication(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Whether the region can replicate as asked."""
    asked, region = settings.storage.replication, REGIONS.get(settings.azure.location)
    if asked and "ZRS" in asked and region and not region.zones:
        yield Problem(
            path="storage.replication",
            found=shown(asked),
            why=f"while {region.name} has no availability zones",
            remedy="use Standard_LRS or Standard_GRS",
        )


def check_mounts(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Each mount by itself, and that no two share a name, a path or a container."""
    names: dict[str, int] = {}
    for index, mount in enumerate(settings.storage.mounts):
        path = f"storage.mounts[{index}]"
        yield from _name(path, mount, names)
        names.setdefault(mount.name, index)
        yield from _place(path, mount)
        if mount.name == REGISTERED_MOUNT:
            yield from _registered(path, mount, settings)
        yield from _options(path, mount, settings)
        yield from _lifecycle(path, mount, settings)
    yield from _shared(settings)


def _name(path: str, mount: Mount, taken: dict[str, int]) -> Iterator[Problem]:
    problem: tuple[str, str] | None = None
    if not _NAME.fullmatch(mount.name):
        problem = (
            "which Kubernetes refuses as a name of a claim",
            "use up to 63 lower-case letters, digits and inner hyphens",
        )
    elif mount.name in taken:
        problem = f"which storage.mounts[{taken[mount.name]}] has too", "join them, or rename one"
    if problem:
        yield Problem(path=f"{path}.name", found=shown(mount.name), why=problem[0], remedy=problem[1])


def _place(path: str, mount: Mount) -> Iterator[Problem]:
    row = MOUNTS.get(mount.name, own_row(mount))
    container, place = mount.container or row.container, mount.path or row.path
    key = "container" if mount.container else "name"
    if container == BUCKET_CONTAINER:
        yield Problem(
            path=f"{path}.{key}",
            found=shown(container),
            why="which is the container that Anyscale keeps its own objects in",
            remedy="choose another container",
        )
    elif not _CONTAINER.fullmatch(container) and (mount.container or _NAME.fullmatch(mount.name)):
        yield Problem(
            path=f"{path}.{key}",
            found=shown(container),
            why="which Azure refuses as a name of a container",
            remedy="use 3 to 63 lower-case letters, digits and single inner hyphens",
        )
    if mount.path is not None and not _PATH.fullmatch(mount.path):
        yield Problem(
            path=f"{path}.path",
            found=shown(mount.path),
            why="which is no place for data in a pod",
            remedy="use a path below /mnt without a slash at its end, e.g. /mnt/scratch",
        )
    elif any(_nested(place, taken) for taken in ANYSCALE_PATHS):
        yield Problem(
            path=f"{path}.path",
            found=shown(place),
            why="where Anyscale puts storage of its own",
            remedy=f"choose a path apart from {', '.join(ANYSCALE_PATHS)}",
        )


def _registered(path: str, mount: Mount, settings: StackSettings) -> Iterator[Problem]:
    """What Anyscale does with its mount is not ours to change: where pods see it, and that they write."""
    if mount.path not in (None, MOUNTS[REGISTERED_MOUNT].path):
        yield Problem(
            path=f"{path}.path",
            found=shown(mount.path),
            why=f"which would be ignored: Anyscale puts this mount at {MOUNTS[REGISTERED_MOUNT].path}",
            remedy="remove it, or make a mount of your own",
        )
    if mount.read_only:
        yield Problem(
            path=f"{path}.readOnly",
            found="true",
            why="while Anyscale writes to this mount",
            remedy="remove it, or set readOnly on a mount of your own",
        )
    elif mount_spec(mount, settings).read_only:
        yield Problem(
            path=f"{path}.home",
            found=shown(mount.home),
            why="by which it is read-only here, while Anyscale writes to this mount",
            remedy="remove it, or add readOnly: false",
        )


def _options(path: str, mount: Mount, settings: StackSettings) -> Iterator[Problem]:
    if mount.profile is not None and mount.profile not in PROFILES:
        yield Problem(
            path=f"{path}.profile",
            found=shown(mount.profile),
            why="which is no row of catalog/mounts.py",
            remedy=nearest(mount.profile, PROFILES),
        )
    if mount.options is None:
        return
    if mount.profile is not None:
        yield Problem(
            path=f"{path}.profile",
            found=shown(mount.profile),
            why="which would be ignored beside options",
            remedy="remove one of them",
        )
    read_only = mount_spec(mount, settings).read_only
    for problem in option_problems(mount.options, read_only=read_only):
        where = f"{path}.options" + ("" if problem.index is None else f"[{problem.index}]")
        found = "the options" if problem.index is None else shown(mount.options[problem.index])
        yield Problem(
            path=where,
            found=found,
            why=problem.why,
            remedy=problem.remedy,
            risk=MOUNT_OPTIONS_UNSAFE.name if problem.unsafe else None,
        )


def _lifecycle(path: str, mount: Mount, settings: StackSettings) -> Iterator[Problem]:
    cool, delete = mount.lifecycle.cool_after_days, mount.lifecycle.delete_after_days
    spec = mount_spec(mount, settings)
    if (cool or delete) and not spec.owned and isinstance(settings.cloud, JoinsCloud):
        yield Problem(
            path=f"{path}.lifecycle",
            found="a rule for a container of the primary",
            why="which would be ignored here",
            remedy=f"move it to Pulumi.{settings.cloud.primary}.yaml",
        )
    if cool and delete and delete <= cool:
        yield Problem(
            path=f"{path}.lifecycle.deleteAfterDays",
            found=shown(delete),
            why=f"which is not after coolAfterDays {cool}",
            remedy=f"use {cool + 1} or more, or remove coolAfterDays",
        )
    if cool and settings.storage.replication == "Premium_ZRS":
        yield Problem(
            path=f"{path}.lifecycle.coolAfterDays",
            found=shown(cool),
            why="while premium storage has no cool tier",
            remedy="remove it, or use Standard_ZRS",
        )


def _shared(settings: StackSettings) -> Iterator[Problem]:
    """Paths and containers are compared over the defaults too; told at the mount of the file that clashes."""
    asked = {mount.name: index for index, mount in reversed(list(enumerate(settings.storage.mounts)))}
    rows = [Mount(name=name) for name in MOUNTS if name not in asked]
    specs = [mount_spec(mount, settings) for mount in (*rows, *(settings.storage.mounts[i] for i in asked.values()))]
    for position, spec in enumerate(specs[len(rows) :], start=len(rows)):
        for other in specs[:position]:
            path = f"storage.mounts[{asked[spec.name]}]"
            if _nested(spec.path, other.path):
                yield Problem(
                    path=f"{path}.path",
                    found=shown(spec.path),
                    why=f"which clashes with {other.path} of mount '{other.name}'",
                    remedy="choose a path apart from it",
                )
            if spec.container == other.container and spec.home == other.home:
                yield Problem(
                    path=f"{path}.container",
                    found=shown(spec.container),
                    why=f"which mount '{other.name}' has too, so that two would own it",
                    remedy="choose another container",
                )


def _nested(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
