"""What a resource has, as rows, and what follows from the rows: check, changes, schema.

Owns types, defaults, required and replacing properties. Refuses to know rules that need more than one row (each
resource's own file) and Pulumi's types.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, cast

Values = Mapping[str, Any]
"""Properties by name: text, whole numbers, booleans, lists of text, or `UNKNOWN`."""


class Unknown(Enum):
    """A value that nobody knows before `up`."""

    UNKNOWN = "known after apply"


UNKNOWN: Final = Unknown.UNKNOWN


class Kind(Enum):
    """Type of a property: how a message names it."""

    TEXT = "text"
    NUMBER = "a whole number"
    BOOLEAN = "true or false"
    TEXTS = "a list of text"


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property.

    Attributes:
        replaces: why a change needs a new object; empty where it can be changed in place.
        one_of: the only values there are; empty where any is possible.
    """

    name: str
    meaning: str
    kind: Kind = Kind.TEXT
    required: bool = False
    default: Any = None
    replaces: str = ""
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a property is refused."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Inputs with their defaults, and every reason to refuse them."""

    inputs: dict[str, Any]
    failures: list[Failure] = field(default_factory=list[Failure])


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference between what was asked and what is asked now; None stands for absent."""

    row: Property
    old: Any
    new: Any

    def __str__(self) -> str:
        after = UNKNOWN.value if self.new is UNKNOWN else repr(self.new)
        return f"{self.row.name} changes from {self.old!r} to {after}"


def check(rows: Sequence[Property], given: Values) -> Checked:
    """Look at each property on its own; unknown values are taken on trust."""
    by_name = {row.name: row for row in rows}
    failures = [
        Failure(name=name, reason=_unheard_of(name, list(by_name))) for name in sorted(given) if name not in by_name
    ]
    inputs: dict[str, Any] = {}
    for row in rows:
        value = given.get(row.name)
        if value is None:
            value = row.default
        if value is None:
            if row.required:
                failures.append(Failure(name=row.name, reason=f"required and absent; it is {row.meaning}"))
            continue
        if reason := _problem(row, value):
            failures.append(Failure(name=row.name, reason=reason))
        inputs[row.name] = value
    return Checked(inputs=inputs, failures=failures)


def changes(rows: Sequence[Property], old: Values, new: Values) -> list[Change]:
    """What differs, in the order of the rows; an unknown differs from everything."""
    return [
        Change(row=row, old=old.get(row.name), new=new.get(row.name))
        for row in rows
        if old.get(row.name) != new.get(row.name) or has_unknown(new.get(row.name))
    ]


def has_unknown(value: object) -> bool:
    """True for an unknown and for a list with one in it."""
    return value is UNKNOWN or (isinstance(value, list) and UNKNOWN in cast("list[object]", value))


def known(inputs: Values, name: str) -> Any:
    """The value, None where it is absent or not known yet: for rules that can only judge what they see."""
    value = inputs.get(name)
    return None if has_unknown(value) else value


def _problem(row: Property, value: object) -> str:
    if has_unknown(value):
        return ""
    fits = {
        Kind.TEXT: isinstance(value, str) and bool(value.strip()),
        Kind.NUMBER: isinstance(value, int) and not isinstance(value, bool) and value > 0,
        Kind.BOOLEAN: isinstance(value, bool),
        Kind.TEXTS: isinstance(value, list) and all(isinstance(item, str) for item in cast("list[object]", value)),
    }
    if not fits[row.kind]:
        return f"{value!r} is not {row.kind.value}; it is {row.meaning}"
    if row.one_of and isinstance(value, str) and value not in row.one_of:
        return f"{value!r} is not one of {', '.join(row.one_of)}{_nearest(value, row.one_of)}"
    return ""


def _unheard_of(name: str, names: Sequence[str]) -> str:
    return f"unknown property{_nearest(name, names)}; there are {', '.join(names)}"


def _nearest(found: str, there_are: Sequence[str]) -> str:
    spelled = {item.lower(): item for item in there_are}
    match = difflib.get_close_matches(found.lower(), spelled, n=1)
    return f": did you mean {spelled[match[0]]!r}?" if match else ""
