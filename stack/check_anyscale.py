"""Checks of the operator's chart, its instance types and its ingress."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.charts import ANYSCALE_OPERATOR
from catalog.gpus import GPUS
from catalog.risks import INGRESS_FROM_INTERNET
from catalog.sizing import SIZINGS
from catalog.vm_sizes import VM_SIZES
from stack.base import Problem, nearest, shown
from stack.check_network import check_clients
from stack.instance_types import largest, mount_process_mib
from stack.mounts import mounts
from stack.settings import InstanceType, StackSettings

_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})(-[0-9A-Za-z.-]+)?")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")


def check_anyscale(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Chart version and ingress; instance types by themselves."""
    yield from _chart(settings.anyscale.chart_version)
    yield from _ingress(settings.anyscale.ingress.clients)
    names: dict[str, int] = {}
    for index, instance_type in enumerate(settings.anyscale.instance_types):
        path = f"anyscale.instanceTypes[{index}]"
        yield from _instance_type(path, instance_type, names)
        names.setdefault(instance_type.name, index)


def check_fit(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Whether some pool has nodes that hold each instance type that makes sense by itself."""
    sizing, mount_mib = SIZINGS[settings.sized_for], mount_process_mib(mounts(settings))
    sizes = {name: VM_SIZES[name] for pool in settings.node_pools if (name := pool.vm_size) in VM_SIZES}
    room = {name: largest(size, mount_mib, sizing) for name, size in sizes.items()}
    for index, asked in enumerate(settings.anyscale.instance_types):
        if bool(asked.accelerator) != bool(asked.gpus) or (asked.accelerator and asked.accelerator not in GPUS):
            continue  # told by `check_anyscale`
        fits = [
            name
            for name, size in sizes.items()
            if size.gpu == asked.accelerator
            and size.gpus >= asked.gpus
            and room[name][0] >= asked.cpus
            and room[name][1] >= asked.memory_gib
        ]
        if not fits:
            most = ", ".join(
                f"{name} {room[name][0]} CPUs, {room[name][1]} GiB, {size.gpus} GPUs"
                for name, size in sorted(sizes.items())
                if size.gpu == asked.accelerator
            )
            yield Problem(
                path=f"anyscale.instanceTypes[{index}]",
                found=f"{asked.cpus} CPUs, {asked.memory_gib} GiB, {asked.gpus} GPUs",
                why="which no node can give to one pod",
                remedy=f"ask for less, or add a pool; now at most: {most}"
                if most
                else f"add a pool: there is none with {asked.accelerator or 'CPUs only'}",
            )


def _chart(version: str) -> Iterator[Problem]:
    parts, floor = _VERSION.fullmatch(version), ANYSCALE_OPERATOR.floor or "0.0.0"
    problem: tuple[str, str] | None = None
    if parts is None:
        problem = "which is no version of a chart", f'write three numbers, quoted: "{ANYSCALE_OPERATOR.version}"'
    elif tuple(map(int, parts.groups()[:3])) < tuple(map(int, floor.split("."))):
        problem = (
            f"which is older than {floor}, where a successful install means a valid registration",
            f"use {floor} up",
        )
    if problem:
        yield Problem(path="anyscale.chartVersion", found=shown(version), why=problem[0], remedy=problem[1])


def _ingress(clients: tuple[str, ...]) -> Iterator[Problem]:
    path, risk = "anyscale.ingress.clients", INGRESS_FROM_INTERNET
    if not clients:
        yield Problem(
            path=path,
            found="no range",
            why=f"by which {risk.what}",
            remedy="name your users' ranges",
            risk=risk.name,
        )
    yield from check_clients(path, clients, risk)


def _instance_type(path: str, asked: InstanceType, taken: dict[str, int]) -> Iterator[Problem]:
    if not _NAME.fullmatch(asked.name):
        yield Problem(
            path=f"{path}.name",
            found=shown(asked.name),
            why="which is no name of an instance type",
            remedy="use up to 63 letters, digits, - _ . such as 8CPU-32GB",
        )
    elif asked.name in taken:
        yield Problem(
            path=f"{path}.name",
            found=shown(asked.name),
            why=f"which anyscale.instanceTypes[{taken[asked.name]}] has too",
            remedy="rename one of them",
        )
    if asked.accelerator and asked.accelerator not in GPUS:
        yield Problem(
            path=f"{path}.accelerator",
            found=shown(asked.accelerator),
            why="which is no row of catalog/gpus.py",
            remedy=nearest(asked.accelerator, GPUS),
        )
    if asked.accelerator and not asked.gpus:
        yield Problem(
            path=f"{path}.gpus",
            found="0",
            why=f"while accelerator is {shown(asked.accelerator)}",
            remedy="say how many, or remove accelerator",
        )
    if asked.gpus and not asked.accelerator:
        yield Problem(
            path=f"{path}.accelerator",
            found="absent",
            why=f"while gpus is {asked.gpus}",
            remedy=nearest("", GPUS),
        )
