"""HTTP to Anyscale's control plane.

Owns retries, deadlines, paging, and that the token shows nowhere. Refuses to know endpoints (`api.py`), how Anyscale is
reached (`connection.py`) and what a failed write means (each resource's own file).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import cast

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from pulumi_anyscale import credentials
from pulumi_anyscale.connection import CONNECT_SECONDS, connect, unanswered
from pulumi_anyscale.documents import Json
from pulumi_anyscale.errors import Answered, Malformed, Throttled, Unavailable, Unreachable, answered
from pulumi_anyscale.waiting import Waiter

CALL_SECONDS = 60.0
"""Deadline of an ordinary call. Source: Anyscale's Terraform provider."""
_TRIES = 3
_FIRST_RETRY_SECONDS = 1.0
_LONGEST_RETRY_AFTER_SECONDS = 120.0
_PAGE_SIZE = 50

Query = Mapping[str, str | list[str]]
"""Parameters of a call; one with several values is repeated."""


class Client:
    """Calls of the REST interface, one at a time or many; safe in threads. Needs a token only once it calls."""

    def __init__(
        self,
        *,
        environment: Mapping[str, str],
        home: Path,
        waiter: Waiter,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._environment, self._home, self._waiter, self._transport = environment, home, waiter, transport

    @cached_property
    def _token(self) -> str:
        return credentials.token(self._environment, self._home)

    @cached_property
    def _http(self) -> httpx.Client:
        return connect(self._environment, token=self._token, transport=self._transport)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        idempotent: bool = True,
        seconds: float = CALL_SECONDS,
    ) -> Json:
        """Answer of one call; `{}` where it has no body.

        Args:
            method: of HTTP.
            path: from the origin on.
            query: parameters behind the path.
            body: sent as JSON; None for none.
            idempotent: a second call does no more than the first, so a lost answer may be asked for again. After a 429
                or without a connection nothing was done, so that is tried again in any case.
            seconds: deadline of one try, from the connection to the last byte.

        Raises:
            AnyscaleError: of the type that the status stands for; `Unavailable` where no answer came; `NotBegun` where
                the engine asked to stop before a call that is no GET.
        """
        tries = Retrying(
            stop=stop_after_attempt(_TRIES),
            retry=retry_if_exception_type((Throttled, Unavailable if idempotent else Unreachable)),
            wait=self._pause_before_retry,
            sleep=self._waiter.pause,
            reraise=True,
        )
        http = self._http  # a missing token is no reason to retry
        request = http.build_request(
            method, path, params=dict(query or {}), json=body, timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        )
        return tries(self._once, http, request, seconds)

    def pages(self, path: str, *, query: Query | None = None) -> Iterator[object]:
        """Every item of a list, over all its pages: what is not in here is not there.

        Raises:
            Malformed: a page is no list, or names one that was read before, which would never end.
        """
        asked, seen = {**(query or {}), "count": str(_PAGE_SIZE)}, set[str]()
        while True:
            page = self.call("GET", path, query=asked)
            items: object = page.get("results")
            if not isinstance(items, list):  # never read as empty: objects would look deleted
                raise Malformed(f"Anyscale's answer to GET {path} holds no list")
            yield from cast("list[object]", items)
            metadata: object = page.get("metadata")
            token = cast("Json", metadata).get("next_paging_token") if isinstance(metadata, dict) else None
            following = str(token or "")
            if not following:
                return
            if following in seen:
                raise Malformed(f"Anyscale's list {path} names the same page twice and would never end")
            seen.add(following)
            asked = {**asked, "paging_token": following}

    def _once(self, http: httpx.Client, request: httpx.Request, seconds: float) -> Json:
        call = f"{request.method} {request.url.path}"
        if request.method != "GET":
            self._waiter.begin(call)
        try:
            answer = self._waiter.answer(lambda: http.send(request), seconds=seconds)
        except (httpx.HTTPError, TimeoutError) as error:
            raise unanswered(call, str(http.base_url).rstrip("/"), error) from None
        if not answer.is_success:
            raise self._error(call, answer)
        if not answer.content:
            return {}
        try:
            read: object = answer.json()
        except ValueError:
            raise Malformed(
                f"Anyscale answered {answer.status_code} to {call} with something that is no JSON"
            ) from None
        return cast("Json", read) if isinstance(read, dict) else {}  # `null` is the answer to some writes

    def _error(self, call: str, answer: httpx.Response) -> Answered:
        return answered(
            call,
            answer.status_code,
            answer.text,
            trace=answer.headers.get("x-trace-id"),
            retry_after=answer.headers.get("retry-after"),
            secret=self._token,
        )

    def _pause_before_retry(self, state: RetryCallState) -> float:
        """Anyscale's own wish, within bounds; else twice as long as before."""
        timing = self._waiter.timing
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Answered) and error.retry_after_seconds is not None:
            return min(error.retry_after_seconds, timing.scaled(_LONGEST_RETRY_AFTER_SECONDS))
        return timing.scaled(_FIRST_RETRY_SECONDS * 2 ** (state.attempt_number - 1))
