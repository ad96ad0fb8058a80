"""Which stacks there are, and in which order they deploy: read from the stack files alone."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from fleet.errors import FleetError
from stack.base import SettingsError
from stack.derive import derive
from stack.load import load_file
from stack.settings import JoinsCloud
from stack.spec import StackSpec

_CLOSE = 0.8
"""So much alike is a slip of the fingers: `estus`, but not one region for another."""


@dataclass(frozen=True, kw_only=True)
class FleetStack:
    """A stack file.

    Attributes:
        spec: what follows from it; None where it cannot be used.
        problems: why not, one line each.
    """

    name: str
    spec: StackSpec | None
    problems: tuple[str, ...] = ()

    @property
    def primary(self) -> str:
        """The stack whose cloud it joins; empty where it owns one, or cannot be read."""
        cloud = self.spec.settings.cloud if self.spec else None
        return cloud.primary if isinstance(cloud, JoinsCloud) else ""


def discover(folder: Path) -> tuple[FleetStack, ...]:
    """Every stack of a project, in the order in which they deploy: owners of a cloud, then those that join it.

    Raises:
        FleetError: there is no project, or no stack file.
    """
    if not (folder / "Pulumi.yaml").is_file():
        raise FleetError(
            f"{folder.resolve()} holds no Pulumi.yaml, so it is no project: start `fleet` in the project's folder, or "
            "name that with --folder."
        )
    names = sorted(name for path in folder.iterdir() if (name := stack_of(path)))
    if not names:
        raise FleetError(
            f"{folder.resolve()} holds no stack file: copy Pulumi.eastus.yaml of the project's repository to "
            "Pulumi.<stack>.yaml and edit it (docs/configuration.md)."
        )
    stacks = [read_stack(name, folder) for name in names]
    return tuple(sorted(stacks, key=lambda stack: (bool(stack.primary), stack.name)))


def stack_of(file: PurePath) -> str:
    """The stack whose file is called so; empty where it is no stack file."""
    return file.name[len("Pulumi.") : -len(".yaml")] if file.match("Pulumi.*.yaml") else ""


def select(stacks: Sequence[FleetStack], names: Collection[str]) -> tuple[FleetStack, ...]:
    """Those of `stacks` that are named, all where none is; in their order.

    Raises:
        FleetError: naming every stack without a file.
    """
    there = [stack.name for stack in stacks]
    if unknown := sorted({*names}.difference(there)):
        meant = [near for name in unknown for near in difflib.get_close_matches(name, there, n=1, cutoff=_CLOSE)]
        raise FleetError(
            f"There is no {', '.join(f'Pulumi.{name}.yaml' for name in unknown)}. Stacks with a file: "
            f"{', '.join(there)}; `pulumi stack ls` lists what the backend has, and what lives on without one."
            + (f" Did you mean {', '.join(dict.fromkeys(meant))}?" if meant else "")
        )
    return tuple(stack for stack in stacks if not names or stack.name in names)


def read_stack(name: str, folder: Path) -> FleetStack:
    """What the file of a stack says now."""
    try:
        return FleetStack(name=name, spec=derive(name, load_file(name, folder)))
    except SettingsError as refusal:
        return FleetStack(name=name, spec=None, problems=tuple(refusal.problems))
