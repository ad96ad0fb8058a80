"""What the engine answers in JSON, as far as it is read here, and a refusal of anything else.

Owns the shapes of those answers. Refuses to know how they are asked for (`process`).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from fleet.errors import FleetError
from fleet.report import Shape

Json = dict[str, Any]
T = TypeVar("T")

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_TOLD = 200
"""Characters of an answer in a message."""


class StackRow(Shape):
    """A stack that the backend knows.

    Attributes:
        last_update: end of the last run of any kind; None before the first, and while one is under way.
        update_in_progress: whether the backend says that a run is under way.
        resource_count: of its state; none is told before the first run.
    """

    name: str
    last_update: datetime | None = None
    update_in_progress: bool = False
    resource_count: int = 0


class Whoami(Shape):
    """Who is signed in where; `url` is the address of the backend."""

    url: str


class Export(Shape):
    """A state, secrets encrypted."""

    deployment: Json


STACKS, WHOAMI, EXPORT = TypeAdapter(list[StackRow]), TypeAdapter(Whoami), TypeAdapter(Export)
OUTPUTS = TypeAdapter(Json)


def read_answer(said: str, shape: TypeAdapter[T], *, command: str) -> T:
    """Return an answer in its shape.

    Raises:
        FleetError: it is no JSON, or has another shape.
    """
    try:
        return shape.validate_json(said)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"]))
        why = f"{where}: {first['msg']}" if where else first["msg"]
        raise FleetError(
            f"`{command}` answered with something that cannot be read ({why}): {_shown(said)}. Type that command: it "
            "must print its JSON and nothing else, so that a wrapper or a plugin which writes there has to go."
        ) from None


def read_version(said: str) -> tuple[int, ...]:
    """Return the three numbers of `pulumi version`.

    Raises:
        FleetError: it tells no version.
    """
    if found := _VERSION.search(said):
        return tuple(map(int, found.groups()))
    raise FleetError(
        f"`pulumi version` answered with something that is no version: {_shown(said)}. Type `which pulumi`: the first "
        "`pulumi` on PATH must be the engine."
    )


def _shown(said: str) -> str:
    return " ".join(said.split())[:_TOLD] or "nothing"
