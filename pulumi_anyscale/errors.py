"""What can go wrong between this program and Anyscale, as types.

Owns the decision which answer is which error: by status, never by text, with one documented exception
(`PrimaryResource`). Refuses to know resources. A message says what was found, why it stops, and what to do.
"""

from __future__ import annotations

import json
from typing import Any, cast


class AnyscaleError(Exception):
    """Base of everything this package raises on purpose; its text is what the user of `pulumi` reads.

    Attributes:
        found: the text without the advice, for whoever has a better one.
        may_have_taken_effect: the write that ended like this may have been done all the same.
    """

    may_have_taken_effect = False

    def __init__(self, found: str, advice: str = "") -> None:
        super().__init__(f"{found}; {advice}" if advice else found)
        self.found = found


class NoToken(AnyscaleError):
    """There is no usable token, so no call can be made."""


class Interrupted(AnyscaleError):
    """The engine asked to stop. What was already sent may still take effect at Anyscale."""

    may_have_taken_effect = True


class NotBegun(Interrupted):
    """The engine asked to stop before the call was sent."""

    may_have_taken_effect = False


class GaveUp(AnyscaleError):
    """A wait that reached its bound."""


class Refusal(AnyscaleError):
    """This program's own no: going on would make a duplicate, an orphan, or take what others use."""


class PartlyMade(AnyscaleError):
    """The object exists at Anyscale, or may, but is not as asked; its id must be recorded, else it is an orphan."""

    def __init__(self, object_id: str, state: dict[str, Any], reason: str) -> None:
        super().__init__(reason)
        self.object_id, self.state = object_id, state


class Answered(AnyscaleError):
    """Anyscale answered a call with an error. `retry_after_seconds` is its wish, None where it has none."""

    retry_after_seconds: float | None = None


class Invalid(Answered):
    """400, 422 and every other 4xx without a type of its own: the request is wrong."""


class PrimaryResource(Invalid):
    """A cloud's first resource cannot be removed alone. The one error told by its text: a 400 has no code for it."""


class Misdirected(Answered):
    """A redirection, or a 404 that is a page: whoever answered is not Anyscale's interface, so nothing is gone."""


class Unauthorized(Answered):
    """401: the token is not accepted."""


class Forbidden(Answered):
    """403: the token is accepted, its owner may not do this."""


class NotFound(Answered):
    """404, in Anyscale's own words."""


class Conflict(Answered):
    """409: a duplicate, or something still in use."""


class Throttled(Answered):
    """429: not done, ask later."""


class ServerFault(Answered):
    """5xx: whether a write took effect is unknown."""

    may_have_taken_effect = True


class Unavailable(ServerFault):
    """502, 503, 504 or a broken connection: worth another try."""


class Unreachable(Unavailable):
    """No connection was made, so nothing was sent."""

    may_have_taken_effect = False


class Malformed(ServerFault):
    """A success whose body is not what it must be."""

    def __init__(self, found: str) -> None:
        super().__init__(found, CHECK_ADDRESS)


TRANSIENT = (ServerFault, Throttled)
"""What a wait outlives: the same question may have another answer later."""

CHECK_ADDRESS = (
    "check that ANYSCALE_HOST is Anyscale's address (unset it for https://console.anyscale.com), and that no proxy "
    "(HTTPS_PROXY, NO_PROXY) answers in its place"
)
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
_BY_CLASS: dict[int, type[Answered]] = {3: Misdirected, 4: Invalid}
_AGAIN = "run the command again: it looks first at what has taken effect"
_ADVICE: dict[type[Answered], str] = {
    Unauthorized: "the token is expired, revoked, or of another control plane: get a new one (`anyscale login`; in CI "
    "the key of a service account into ANYSCALE_CLI_TOKEN, which wins over the login where it is set), and compare "
    "ANYSCALE_HOST",
    Forbidden: "ask an owner of the Anyscale organization to let this account manage clouds",
    NotFound: "if it should be there, compare ANYSCALE_HOST and the organization of the token; if not, run "
    "`pulumi refresh`",
    Conflict: "something of that name, or something that still runs, is in the way: end it or wait for it, then run "
    "the command again",
    Throttled: "wait a few minutes, then run the command again",
    Invalid: "correct what it names, then run the command again",
    Misdirected: CHECK_ADDRESS,
    ServerFault: f"this is a fault at Anyscale: {_AGAIN}; if it stays, give the trace to Anyscale's support",
    Unavailable: f"Anyscale, or a proxy before it, is out of order: {_AGAIN}",
}


def answered(call: str, status: int, body: str, *, trace: str | None, retry_after: str | None, secret: str) -> Answered:
    """The error that an answer of `status` is.

    Args:
        call: method and path.
        status: of HTTP, and no success.
        body: as it came.
        trace: helps Anyscale's support.
        retry_after: seconds; a date is no wish, as a clock may be wrong.
        secret: the token, which a server may echo, and which the text must not have.
    """
    detail = _detail(body)
    kind = _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, ServerFault)
    if kind is NotFound and detail is None:
        kind = Misdirected
    if kind is Invalid and "primary resource" in (detail or "").lower():
        kind = PrimaryResource
    text = f"Anyscale answered {status} to {call}"
    text += f": {detail}" if detail else ""
    text += f" (trace {trace})" if trace else ""
    error = kind(text.replace(secret, "***"), _ADVICE.get(kind, ""))
    error.retry_after_seconds = float(retry_after) if retry_after and retry_after.isdecimal() else None
    return error


def _detail(body: str) -> str | None:
    """The prose of either envelope, `{"error": {"detail"}}` and `{"detail"}`; a 422 lists places and reasons.

    None where there is no envelope, as in a proxy's page, which is of no use to the reader.
    """
    try:
        read = json.loads(body)
    except ValueError:
        return None
    if not isinstance(read, dict):
        return None
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
