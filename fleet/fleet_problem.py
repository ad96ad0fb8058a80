"""Stack files beside each other, and a problem between them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fleet.report import Shape
from fleet.typed import Typed
from stack.base import Problem
from stack.settings import JoinsCloud, OwnsCloud
from stack.spec import StackSpec


class FleetProblem(Shape):
    """Stack files that do not go together.

    Attributes:
        stacks: whose files; the last is the one to edit.
        found: what stands there.
        why: why it is refused.
        remedy: what to do.
    """

    stacks: tuple[str, ...]
    found: str
    why: str
    remedy: str

    def __str__(self) -> str:
        """The line that the user reads."""
        *first, last = (f"Pulumi.{stack}.yaml" for stack in self.stacks)
        files = f"{', '.join(first)} and {last}" if first else last
        return str(Problem(path=files, found=self.found, why=self.why, remedy=self.remedy))


@dataclass(frozen=True, kw_only=True)
class StackFiles:
    """All stack files of a project, and what stands.

    Attributes:
        specs: by stack, in order of name.
        unreadable: stacks whose files cannot be used: what depends on them is not told.
        secrets: by stack, who keeps its secrets: the address of a key, `passphrase`, or, empty, nobody named.
        deployed: by stack of the backend, its outputs; empty ones where no `up` has finished.
        asked: whether the backend was asked: else nobody knows what is deployed.
        typed: how what to type is spelled.
    """

    specs: Mapping[str, StackSpec]
    unreadable: Collection[str]
    secrets: Mapping[str, str]
    deployed: Mapping[str, Mapping[str, Any]]
    asked: bool
    typed: Typed = field(default_factory=Typed)

    @property
    def owners(self) -> dict[str, str]:
        """Names of clouds by the stacks that own them."""
        clouds = {stack: spec.settings.cloud for stack, spec in self.specs.items()}
        return {stack: cloud.name for stack, cloud in clouds.items() if isinstance(cloud, OwnsCloud)}

    @property
    def joining(self) -> Iterator[tuple[StackSpec, str]]:
        """Stacks that join a cloud, each with the primary that it names."""
        for spec in self.specs.values():
            if isinstance(spec.settings.cloud, JoinsCloud):
                yield spec, spec.settings.cloud.primary
