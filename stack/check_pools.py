"""Checks of node pools: names, sizes, zones, counts, labels and taints."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.gpus import GPUS
from catalog.regions import REGIONS
from catalog.sizing import SIZINGS
from catalog.vm_sizes import VM_SIZES, VmSize
from stack.base import Problem, nearest, shown
from stack.pools import all_nodes, own_labels, own_taints
from stack.settings import NodePool, StackSettings

NAME_LENGTH = 12
SYSTEM_POOL = "system"
"""Name of the pool that this program makes itself."""
MOST_NODES = 5000
"""Nodes of an AKS cluster in the Standard tier, with those of the system pool (AKS quotas, read 2026-08)."""
MOST_POOLS = 100
"""Node pools of an AKS cluster, with the system pool (AKS quotas, read 2026-08)."""

_NAME = re.compile(r"[a-z][a-z0-9]*")
_LABEL_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_LABEL_PREFIX = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_TAINT = re.compile(r"(?P<key>[^=:]+)(=(?P<value>[^=:]*))?:(?P<effect>[^=:]+)")
_EFFECTS = ("NoExecute", "NoSchedule", "PreferNoSchedule")
_RESERVED_LABELS = ("kubernetes.io", "k8s.io", "kubernetes.azure.com")


def check_pools(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Each pool by itself, and that no two have one name."""
    names: dict[str, int] = {}
    for index, pool in enumerate(settings.node_pools):
        path = f"nodePools[{index}]"
        yield from _name(path, pool.name, names)
        names.setdefault(pool.name, index)
        if pool.min_count > pool.max_count:
            yield Problem(
                path=f"{path}.minCount",
                found=shown(pool.min_count),
                why=f"which is above maxCount {pool.max_count}",
                remedy=f"use {pool.max_count} or less",
            )
        yield from _size(path, pool)
        yield from _labels(path, pool)
        yield from _taints(path, pool)


def check_totals(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Whether one cluster holds all pools and all nodes, with the system pool."""
    if len(settings.node_pools) >= MOST_POOLS:
        yield Problem(
            path="nodePools",
            found=f"{len(settings.node_pools)} pools beside the system pool",
            why=f"while an AKS cluster has {MOST_POOLS}",
            remedy="put some into another stack",
        )
    if (nodes := all_nodes(settings, SIZINGS[settings.sized_for])) > MOST_NODES:
        yield Problem(
            path="nodePools",
            found=f"{nodes:,} nodes at most, with the system pool",
            why=f"while an AKS cluster has {MOST_NODES:,}",
            remedy="lower maxCount, or put some pools into another stack",
        )


def check_places(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Whether the region has the sizes and zones that the pools ask for."""
    region = REGIONS.get(settings.azure.location)
    if region is None:
        return
    for index, pool in enumerate(settings.node_pools):
        size = VM_SIZES.get(pool.vm_size)
        if size and size.absent_from(region.name):
            yield Problem(
                path=f"nodePools[{index}].vmSize",
                found=shown(pool.vm_size),
                why=f"which {region.name} does not have",
                remedy=f"use another size, or a region that has it: {', '.join(sorted(size.regions or ()))}",
            )
        elif pool.zones:
            yield from _zones(f"nodePools[{index}].zones", pool, size, region.name)


def _name(path: str, name: str, taken: dict[str, int]) -> Iterator[Problem]:
    problem: tuple[str, str] | None = None
    if len(name) > NAME_LENGTH:
        problem = (
            f"whose {len(name)} characters AKS refuses",
            f"shorten it to {NAME_LENGTH}, e.g. '{name[:NAME_LENGTH]}'",
        )
    elif not _NAME.fullmatch(name):
        problem = "which AKS refuses", "use lower-case letters and digits, a letter first"
    elif name == SYSTEM_POOL:
        problem = "which is the pool that every cluster has for itself", "choose another name"
    elif name in taken:
        problem = f"which nodePools[{taken[name]}] has too", "choose another name"
    if problem:
        yield Problem(path=f"{path}.name", found=shown(name), why=problem[0], remedy=problem[1])


def _size(path: str, pool: NodePool) -> Iterator[Problem]:
    size = VM_SIZES.get(pool.vm_size)
    if size is None:
        yield Problem(
            path=f"{path}.vmSize",
            found=shown(pool.vm_size),
            why="which is no row of catalog/vm_sizes.py",
            remedy=nearest(pool.vm_size, VM_SIZES),
        )
    elif size.gpu and not size.gpus:
        whole = [row.name for row in VM_SIZES.values() if row.gpu == size.gpu and row.gpus]
        yield Problem(
            path=f"{path}.vmSize",
            found=shown(pool.vm_size),
            why=f"which has only a part of one {size.gpu}, while Anyscale asks for whole GPUs",
            remedy=f"use {' or '.join(whole)}",
        )


def _zones(path: str, pool: NodePool, size: VmSize | None, region: str) -> Iterator[Problem]:
    if len(set(pool.zones)) < len(pool.zones):
        yield Problem(path=path, found="a zone twice", why="which says nothing more", remedy="name each zone once")
    in_region = REGIONS[region].zones
    if not in_region:
        yield Problem(
            path=path,
            found=f"zones {', '.join(pool.zones)}",
            why=f"while {region} has no availability zones",
            remedy="remove it",
        )
        return
    of_size = size.zones.get(region) if size else None
    absent = [zone for zone in pool.zones if of_size and zone not in of_size]
    if absent:
        yield Problem(
            path=path,
            found=f"zones {', '.join(absent)}",
            why=f"while {pool.vm_size} is known in {region} in zones {', '.join(of_size or ())} only",
            remedy=f"use those; zone numbers are each subscription's own: if `az vm list-skus -l {region}` says "
            "otherwise, correct catalog/vm_sizes.py",
        )


def _labels(path: str, pool: NodePool) -> Iterator[Problem]:
    size = VM_SIZES.get(pool.vm_size)
    own = own_labels(pool, size, GPUS[size.gpu] if size.gpu else None) if size else {}
    for key, value in pool.labels.items():
        prefix = key.rpartition("/")[0]
        problem: tuple[str, str] | None = None
        if key in own:
            problem = f"which follows from the pool: {own[key]}", "remove it"
        elif any(prefix == reserved or prefix.endswith(f".{reserved}") for reserved in _RESERVED_LABELS):
            problem = "whose prefix belongs to Kubernetes or AKS", "use a prefix of your own"
        elif not _is_key(key):
            problem = "which is no key of a label", "use `prefix/name` or `name`, of letters, digits, - _ ."
        elif value and not _LABEL_NAME.fullmatch(value):
            problem = f"whose value {shown(value)} Kubernetes refuses", "use up to 63 letters, digits, - _ ."
        if problem:
            yield Problem(path=f"{path}.labels", found=shown(key), why=problem[0], remedy=problem[1])


def _taints(path: str, pool: NodePool) -> Iterator[Problem]:
    size = VM_SIZES.get(pool.vm_size)
    own = own_taints(pool, GPUS[size.gpu] if size and size.gpu else None)
    seen: dict[tuple[str, str], int] = {}
    for index, taint in enumerate(pool.taints):
        parts = _TAINT.fullmatch(taint)
        problem: tuple[str, str] | None = None
        if parts is None:
            problem = "which is no taint", "write `key=value:NoSchedule`"
        elif parts["effect"] not in _EFFECTS:
            problem = (
                f"whose effect {shown(parts['effect'])} Kubernetes does not know",
                nearest(parts["effect"], _EFFECTS),
            )
        elif not _is_key(parts["key"]):
            problem = "whose key Kubernetes refuses", "use `prefix/name` or `name`, of letters, digits, - _ ."
        elif parts["value"] and not _LABEL_NAME.fullmatch(parts["value"]):
            problem = "whose value Kubernetes refuses", "use up to 63 letters, digits, - _ ."
        elif parts["key"] in {mine.partition("=")[0] for mine in own}:
            problem = "whose key follows from the pool", "remove it"
        elif (same := (parts["key"], parts["effect"])) in seen:
            problem = f"whose key and effect taints[{seen[same]}] has too", "remove one of them"
        if parts is not None:
            seen.setdefault((parts["key"], parts["effect"]), index)
        if problem:
            yield Problem(path=f"{path}.taints[{index}]", found=shown(taint), why=problem[0], remedy=problem[1])


def _is_key(key: str) -> bool:
    """Whether Kubernetes takes it as the key of a label or a taint: a name, or a DNS name, a slash and a name."""
    prefix, slash, name = key.rpartition("/")
    return _LABEL_NAME.fullmatch(name) is not None and (not slash or _LABEL_PREFIX.fullmatch(prefix) is not None)
