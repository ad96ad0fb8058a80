"""Whether a resource is asked for anything new: a digest of its arguments, to be compared with the last one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

import pulumi


def digest(arguments: Mapping[str, Any]) -> str:
    """A short text that changes with every argument but those that are known only once something else exists."""
    return hashlib.sha256(json.dumps(_plain(arguments), sort_keys=True).encode()).hexdigest()[:16]


def noted(name: str, value: str, *, of: pulumi.Resource, parent: pulumi.Resource) -> pulumi.Output[str]:
    """The digest that the last run took to Azure: `value`, or the one before where an `up --target` leaves `of` out.

    In the state beside the resource, and not an output of the program alone: a targeted run takes every output over,
    but only the resources that it names.
    """
    stash = pulumi.Stash(name, input=value, opts=pulumi.ResourceOptions(parent=parent, depends_on=[of]))
    return stash.input  # and not `output`, which keeps the first value for ever


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, pulumi.Output):
        return "later"
    if isinstance(value, list | tuple):
        return [_plain(item) for item in cast("list[object]", value)]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in cast("Mapping[object, object]", value).items()}
    return _plain(vars(value))  # an argument class of the SDK keeps what it was given as attributes
