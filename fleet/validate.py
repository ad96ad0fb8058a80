"""What is wrong with stack files, each by itself and all beside each other.

Owns what only the fleet can see: files that are right one by one and wrong together. Refuses what one file shows
(`stack/check_*.py`) and what only a cloud knows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fleet.check_clouds import (
    PASSPHRASE,
    check_mounts,
    check_owners,
    check_primaries,
    check_private_mounts,
    check_secrets,
)
from fleet.check_networks import check_addresses, check_existing_networks, check_private_zones
from fleet.fleet_problem import FleetProblem, StackFiles
from fleet.report import Shape
from fleet.stacks import FleetStack
from fleet.status import unusable
from fleet.typed import Typed
from stack.base import SettingsError
from stack.placeholders import placeholders
from stack.spec import StackSpec
from stack.stack_file import read_yaml

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_PLAIN = Typed()


class Validation(Shape):
    """All that is wrong, and what should be known beside it.

    Attributes:
        files: by stack, what is wrong with its file alone, one line each; only stacks with a problem.
        fleet: what is wrong between files.
        warnings: by stack, placeholders in its file and what works but should be known; only stacks with a warning.
    """

    files: dict[str, tuple[str, ...]]
    fleet: tuple[FleetProblem, ...]
    warnings: dict[str, tuple[str, ...]]

    @property
    def lines(self) -> tuple[str, ...]:
        """Every problem, one line each; none where all is well."""
        return (*_by_file(self.files), *map(str, self.fleet))

    @property
    def warned(self) -> tuple[str, ...]:
        """Every warning, one line each."""
        return tuple(_by_file(self.warnings))


@dataclass(frozen=True, kw_only=True)
class Unique:
    """Names that Azure or Anyscale have once.

    Attributes:
        what: they name.
        of: all of a stack; empty texts are none.
        within: the place that has each once.
        why: what a second one meets.
    """

    what: str
    of: Callable[[StackSpec], Iterable[str]]
    within: Callable[[StackSpec], str]
    why: str


def _by_file(told: Mapping[str, Sequence[str]]) -> Iterator[str]:
    return (f"Pulumi.{stack}.yaml: {line}" for stack, lines in told.items() for line in lines)


def _subscription(spec: StackSpec) -> str:
    return spec.settings.azure.subscription_id.lower()


def _groups(spec: StackSpec) -> tuple[str, ...]:
    names = spec.names
    return names.resource_group, names.data_resource_group, names.shared_resource_group, names.node_resource_group


UNIQUE = (
    Unique(
        what="resource group",
        of=_groups,
        within=_subscription,
        why="which a subscription has once, and which goes when either stack is destroyed",
    ),
    Unique(
        what="cluster",
        of=lambda spec: (spec.names.cluster,),
        within=_subscription,
        why="by which people and `kubectl` tell clusters apart",
    ),
    Unique(
        what="storage account",
        of=lambda spec: (spec.names.storage_account, spec.names.shared_storage_account),
        within=lambda _: "the world",
        why="which the world has once",
    ),
    Unique(
        what="DNS label",
        of=lambda spec: (spec.names.dns_label,),
        within=lambda spec: spec.region.name,
        why="which a region has once",
    ),
    Unique(
        what="Anyscale cloud resource",
        of=lambda spec: (spec.names.cloud_resource,),
        within=lambda _: "the cloud",
        why="which a cloud has once, so that the later `up` would take the registration over",
    ),
)


def validate(
    folder: Path,
    stacks: Sequence[FleetStack],
    *,
    deployed: Mapping[str, Mapping[str, Any]] | None = None,
    typed: Typed = _PLAIN,
) -> Validation:
    """Return what is wrong with the files of `stacks`, and what they warn of.

    Args:
        folder: which holds them.
        stacks: all of them: of one that is left out, those that join it would not know.
        deployed: as for `problems`.
        typed: spells what to type.
    """
    return Validation(
        files={stack.name: stack.problems for stack in stacks if stack.problems},
        fleet=problems(
            [stack.spec for stack in stacks if stack.spec],
            unreadable=[stack.name for stack in stacks if not stack.spec],
            secrets=secrets_providers(folder, [stack.name for stack in stacks]),
            deployed=deployed,
            typed=typed,
        ),
        warnings={
            stack.name: told
            for stack in stacks
            if stack.spec and (told := (*map(str, placeholders(stack.spec.settings)), *stack.spec.warnings))
        },
    )


def problems(
    specs: Sequence[StackSpec],
    *,
    unreadable: Collection[str] = (),
    secrets: Mapping[str, str] = _NOTHING,
    deployed: Mapping[str, Mapping[str, Any]] | None = _NOTHING,
    typed: Typed = _PLAIN,
) -> tuple[FleetProblem, ...]:
    """Return what is wrong between stacks, in an order that depends on their names alone.

    Args:
        specs: of the stacks whose files can be used.
        unreadable: names of the others; what depends on them is not told.
        secrets: as `secrets_providers` gives them; of a stack that is not there nothing is told.
        deployed: by stack of the backend, its outputs; empty ones where no `up` has finished. None where no backend
            was asked.
        typed: spells what to type.
    """
    files = StackFiles(
        specs={spec.stack: spec for spec in sorted(specs, key=lambda spec: spec.stack)},
        unreadable=frozenset(unreadable),
        secrets=secrets,
        deployed=deployed or _NOTHING,
        asked=deployed is not None,
        typed=typed,
    )
    return tuple(problem for check in CHECKS for problem in check(files))


def secrets_providers(folder: Path, stacks: Iterable[str]) -> dict[str, str]:
    """By stack, who keeps its secrets, read as the engine reads it: a key's address, `passphrase`, or nobody named.

    A file that is no YAML is left out: `FleetStack.problems` says so.
    """
    found: dict[str, str] = {}
    for stack in stacks:
        try:
            content = read_yaml(stack, folder)
        except SettingsError:
            continue
        named = content.get("secretsprovider")
        key = named if isinstance(named, str) and named != "default" else ""
        found[stack] = key or (PASSPHRASE if content.get("encryptionsalt") else "")
    return found


def check_names(files: StackFiles) -> Iterator[FleetProblem]:
    """That no two stacks share a name which its place has once."""
    for row in UNIQUE:
        taken: dict[tuple[str, str], str] = {}
        for stack, spec in files.specs.items():
            for name in filter(None, row.of(spec)):
                first = taken.setdefault((row.within(spec), name.lower()), stack)
                if first != stack:
                    yield FleetProblem(
                        stacks=(first, stack),
                        found=f"{row.what} {name} in both",
                        why=row.why,
                        remedy=f"give {stack} another name while it is not deployed: all others follow from it",
                    )


def check_deployed(files: StackFiles) -> Iterator[FleetProblem]:
    """That what is deployed speaks this program's contract."""
    for stack, outputs in sorted(files.deployed.items()):
        if outputs and (problem := unusable(stack, outputs, files.typed)):
            found, remedy = problem
            yield FleetProblem(
                stacks=(stack,),
                found=f"what is deployed {found}",
                why="so that stacks and commands that read it cannot go by it",
                remedy=remedy,
            )


CHECKS: tuple[Callable[[StackFiles], Iterator[FleetProblem]], ...] = (
    check_owners,
    check_primaries,
    check_mounts,
    check_private_mounts,
    check_addresses,
    check_existing_networks,
    check_private_zones,
    check_names,
    check_secrets,
    check_deployed,
)
