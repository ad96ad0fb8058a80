"""What can go wrong between this program and Anyscale, as types.

Owns the decision which answer is which error: by status, never by text, with one documented exception
(`PrimaryResource`). Refuses to know resources. A message says what was found, why it stops, and what to do.
"""

from __future__ import annotations

import json
from typing import Any, cast


class AnyscaleError(Exception):
    """Base of everything this package raises on purpose; its text is what the user of `pulumi` reads."""


class NoToken(AnyscaleError):
    """There is no usable token, so no call can be made."""


class Interrupted(AnyscaleError):
    """The engine asked to stop. What was already sent may still take effect at Anyscale."""


class GaveUp(AnyscaleError):
    """A wait that reached its bound."""


class Refusal(AnyscaleError):
    """This program's own no: going on would make a duplicate, an orphan, or take what others use."""


class PartlyMade(AnyscaleError):
    """The object exists at Anyscale but is not as asked; its id must be recorded, else it is an orphan."""

    def __init__(self, object_id: str, state: dict[str, Any], reason: str) -> None:
        super().__init__(reason)
        self.object_id, self.state = object_id, state


class Answered(AnyscaleError):
    """Anyscale answered a call with an error."""


class Invalid(Answered):
    """400, 422 and every other 4xx without a type of its own: the request is wrong."""


class PrimaryResource(Invalid):
    """A cloud's first resource cannot be removed alone. The one error told by its text: a 400 has no code for it."""


class Unauthorized(Answered):
    """401: the token is not accepted."""


class Forbidden(Answered):
    """403: the token is accepted, its owner may not do this."""


class NotFound(Answered):
    """404."""


class Conflict(Answered):
    """409: a duplicate, or something still in use."""


class Throttled(Answered):
    """429: not done, ask later. `retry_after_seconds` is Anyscale's wish, None where it has none."""

    retry_after_seconds: float | None = None


class ServerFault(Answered):
    """5xx: whether a write took effect is unknown."""


class Unavailable(ServerFault):
    """502, 503, 504 or a broken connection: worth another try."""


class Malformed(ServerFault):
    """A success whose body cannot be read."""


_FIRST_SERVER_FAULT = 500
_BY_STATUS: dict[int, type[Answered]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: Throttled,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}
_WHAT_TO_DO: dict[type[Answered], str] = {
    Unauthorized: "the token is expired, or belongs to another control plane: get a new one (`anyscale login`; in CI "
    "the key of a service account) into ANYSCALE_CLI_TOKEN, and compare ANYSCALE_HOST",
    Forbidden: "ask an owner of the Anyscale organization to let this account manage clouds",
}


def answered(call: str, status: int, body: str, *, trace: str | None, retry_after: str | None) -> Answered:
    """The error that an answer of `status` is. `call` is method and path; `trace` helps Anyscale's support."""
    detail = _detail(body)
    kind = _BY_STATUS.get(status, Invalid if status < _FIRST_SERVER_FAULT else ServerFault)
    if kind is Invalid and "primary resource" in detail.lower():
        kind = PrimaryResource
    text = f"Anyscale answered {status} to {call}"
    text += f": {detail}" if detail else ""
    text += f" (trace {trace})" if trace else ""
    text += f"; {_WHAT_TO_DO[kind]}" if kind in _WHAT_TO_DO else ""
    error = kind(text)
    if isinstance(error, Throttled):
        error.retry_after_seconds = float(retry_after) if retry_after and retry_after.isdecimal() else None
    return error


def _detail(body: str) -> str:
    """The prose of either envelope, `{"error": {"detail"}}` and `{"detail"}`; a 422 lists places and reasons."""
    try:
        read = json.loads(body)
    except ValueError:
        return ""  # a proxy's page, of no use to the reader
    if not isinstance(read, dict):
        return ""
    envelope = cast("dict[str, Any]", read)
    if isinstance(inner := envelope.get("error"), dict):
        envelope = cast("dict[str, Any]", inner)
    detail = envelope.get("detail")
    if isinstance(detail, list):
        detail = "; ".join(_problem(item) for item in cast("list[Any]", detail))
    return ": ".join(str(part) for part in (envelope.get("message"), detail) if part)


def _problem(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    problem = cast("dict[str, Any]", item)
    where = ".".join(str(part) for part in problem.get("loc", ()))
    return f"{where}: {problem.get('msg', '')}" if where else str(problem.get("msg", problem))
