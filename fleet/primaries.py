"""What primaries tell the stacks that join them, as far as it could be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stack import contract
from stack.contract import ContractError, SharedValues


@dataclass(frozen=True, kw_only=True)
class Primaries:
    """Primaries of a run, each in one of these; one that is in none is not deployed.

    Attributes:
        shared: by name, what a stack needs to join it.
        lacking: by name, what those that join it miss in what it tells.
        unread: by name, why what it tells could not be read.
    """

    shared: Mapping[str, SharedValues] = field(default_factory=dict[str, SharedValues])
    lacking: Mapping[str, str] = field(default_factory=dict[str, str])
    unread: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, outputs: Mapping[str, Mapping[str, Any]], unread: Mapping[str, str]) -> Primaries:
        """Read outputs by stack; empty ones are of a stack of which no `up` has finished."""
        shared: dict[str, SharedValues] = {}
        lacking: dict[str, str] = {}
        for name, told in outputs.items():
            try:
                shared[name] = read_shared(told)
            except ContractError as problem:
                lacking |= {name: str(problem)} if told else {}
        return cls(shared=shared, lacking=lacking, unread=unread)


def read_shared(outputs: Mapping[str, Any]) -> SharedValues:
    """What one stack tells those that join it.

    Raises:
        ContractError: what they need is not there, or of another version.
    """
    return contract.read(SharedValues, outputs, contract.SHARED_PREFIX)
