"""What a resource of this provider is made of: rows, and functions of plain values.

Owns the generic half of every resource (check, diff). Refuses to know the wire protocol (`provider.py`) and any one
resource (its own file).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_anyscale.api import Api
from pulumi_anyscale.properties import Change, Checked, Failure, Property, Values, changes, check
from pulumi_anyscale.waiting import Waiter

State = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What one create, read, update or delete has at hand.

    Attributes:
        tell, warn: a line for the user, beside the resource.
        timeout_seconds: the program's `custom_timeouts`; 0 where it has none.
    """

    api: Api
    waiter: Waiter
    tell: Callable[[str], None]
    warn: Callable[[str], None]
    timeout_seconds: float = 0

    def bound(self, usual_seconds: float) -> float:
        """How long this operation may wait."""
        return self.timeout_seconds or usual_seconds

    def warn_of_absence(self, what: str) -> None:
        """Leave a trace of what is taken as gone: to another organization's token, everything looks gone."""
        self.warn(
            f"{what} is not known to Anyscale and is taken as deleted; if it should be there, compare ANYSCALE_HOST "
            "and the organization of the token"
        )


@dataclass(frozen=True, kw_only=True)
class Made:
    """An object that exists: its id in Pulumi, and its state."""

    object_id: str
    state: State


@dataclass(frozen=True, kw_only=True)
class Found:
    """An object as Anyscale shows it: the state, and the inputs that would make it so."""

    state: State
    inputs: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Handler:
    """One resource.

    Attributes:
        rules: what one row alone cannot say; judges known values only.
        refuse: raises for changes that can never be carried out, so that a preview fails and not the update.
        delete_before_replace: the new object cannot be there beside the old one.
        kept_on_update: an update leaves the outputs as they are, so a preview of it knows them.
    """

    type_name: str
    meaning: str
    inputs: tuple[Property, ...]
    outputs: tuple[Property, ...]
    create: Callable[[Values, Operation], Made]
    read: Callable[[str, Values, Values, Operation], Found | None]
    """id, inputs (empty when imported), state; None where the object is gone."""
    update: Callable[[str, Values, Values, Operation], State]
    """id, old state, new inputs."""
    delete: Callable[[str, Values, Operation], None]
    """id, state."""
    rules: Callable[[Values], Sequence[Failure]] = lambda _: ()
    settle: Callable[[dict[str, Any]], dict[str, Any]] = lambda inputs: inputs
    """Inputs in the one spelling that is compared and kept."""
    refuse: Callable[[Values, Sequence[Change]], None] = lambda _state, _changes: None
    delete_before_replace: bool = False
    kept_on_update: bool = True

    def check(self, given: Values) -> Checked:
        """Inputs with defaults, in one spelling, and every reason to refuse them."""
        checked = check(self.inputs, given)
        failures = checked.failures or list(self.rules(checked.inputs))
        return Checked(inputs=self.settle(checked.inputs), failures=failures)

    def diff(self, state: Values, old: Values, new: Values) -> list[Change]:
        """What changes.

        Raises:
            Refusal: for a change that cannot be carried out at all.
        """
        found = changes(self.inputs, old, new)
        self.refuse(state, found)
        return found
