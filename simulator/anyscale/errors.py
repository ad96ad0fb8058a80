"""How the control plane says no: a status and one of the two envelopes that clients have to understand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

Json = dict[str, Any]
Envelope = Literal["error", "bare", "html"]
"""`error` is the API's own; `bare` comes from the web framework around it; `html` from the gateway in front."""


class ApiError(Exception):
    """A request that is refused. `body` is what goes over the wire."""

    def __init__(self, status: int, detail: str, *, body: Json | None = None) -> None:
        self.status = status
        self.body = body or {"error": {"detail": detail}}
        super().__init__(detail)


class NotValidError(ApiError):
    """422: the request's content breaks rules; all of them are listed, each with the place it is about."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        detail = [{"loc": ["body", *place.split(".")], "msg": why, "type": "value_error"} for place, why in problems]
        message = "; ".join(f"{place}: {why}" for place, why in problems)
        super().__init__(422, message, body={"error": {"message": message, "detail": detail}})
