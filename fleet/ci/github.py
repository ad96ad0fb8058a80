"""GitHub's REST interface, as far as files, comments, labels and issues need it.

Owns sign-in, paging, repetition and what a refusal means. The token comes from the environment and is in no message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import sleep
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import TypeAdapter, ValidationError
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from fleet.ci.answers import Answer
from fleet.ci.runner import Runner
from fleet.errors import FleetError

Json = dict[str, Any]
T = TypeVar("T")
A = TypeVar("A", bound=Answer)

_ATTEMPTS = 4
_SECONDS = 30
_PATIENCE = 120
"""Seconds. An hour's quota that is used up comes back after minutes: a job does not wait for that."""
_TOLD = 300
"""Characters of GitHub's own words in a message."""
_MEANS = {
    401: "GITHUB_TOKEN is refused: it has ended, or is none of this server's.",
    403: "the token may not do this: give the job the permission (docs/how-to/pull-requests.md); a pull request from a "
    "fork never has it.",
    404: "nothing is there, or the token may not see it: check GITHUB_REPOSITORY and the job's permissions.",
    410: "issues are turned off in this repository: turn them on in its settings.",
    422: "GitHub does not take what it was sent.",
}


class GitHubError(FleetError):
    """GitHub did not do what it was asked.

    Attributes:
        status: of its answer; 0 where there was none.
        passing: whether the same call may succeed a little later.
        after: seconds for which GitHub asks to be left alone.
    """

    def __init__(self, message: str, *, status: int = 0, passing: bool = False, after: int = 0) -> None:
        super().__init__(message)
        self.status, self.passing, self.after = status, passing, after


class GitHub:
    """One repository. Each call is made once; `anew` repeats what may be done twice."""

    def __init__(self, *, api: str, token: str, repository: str) -> None:
        self._api, self._repository = api.rstrip("/"), repository
        self._client = httpx.Client(
            timeout=_SECONDS,
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )

    @classmethod
    def of(cls, runner: Runner) -> GitHub:
        """The repository in which the workflow runs.

        Raises:
            FleetError: naming the variables that are missing, or an address to which no token is sent.
        """
        names = ("GITHUB_TOKEN", "GITHUB_REPOSITORY")
        if missing := [name for name in names if not runner.environment.get(name)]:
            raise FleetError(f"{' and '.join(missing)} must be set: without them GitHub cannot be asked.")
        api = runner.environment.get("GITHUB_API_URL") or "https://api.github.com"
        address = urlsplit(api)
        if address.scheme != "https" and address.hostname != "127.0.0.1":
            raise FleetError(f"GITHUB_API_URL is {api}: the token is sent over https only.")
        return cls(api=api, token=runner.environment["GITHUB_TOKEN"], repository=runner.repository)

    def get(self, path: str, shape: type[A]) -> A:
        """Read what is at a path below the repository."""
        return _read(self._call("GET", self._address(path)), shape)

    def pages(self, path: str, shape: type[A], **parameters: str) -> Iterator[A]:
        """Every element of a list, over all its pages."""
        following = str(httpx.URL(self._address(path), params={**parameters, "per_page": "100"}))
        while following:
            answer = self._call("GET", following)
            yield from _read(answer, tuple[shape, ...])
            following = answer.links.get("next", {}).get("url", "")
            if following and not following.startswith(f"{self._api}/"):
                raise GitHubError(f"GitHub named {following} as the next page: the token is sent to {self._api} only.")

    def edit(self, path: str, body: Json, shape: type[A]) -> A:
        """Change fields of what is at a path."""
        return _read(self._call("PATCH", self._address(path), body), shape)

    def remove(self, path: str) -> None:
        """Delete what is at a path."""
        self._call("DELETE", self._address(path))

    def create(self, path: str, body: Json, shape: type[A]) -> A:
        """Make something. A lost answer may hide that it was made: look for it before this is done again."""
        return _read(self._call("POST", self._address(path), body), shape)

    def anew(self, act: Callable[[], T]) -> T:
        """Do something that may be done twice until no passing fault stops it, at most four times."""
        again = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, GitHubError) and error.passing),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=_wait,
            sleep=sleep,
            reraise=True,
        )
        return again(act)

    def _address(self, path: str) -> str:
        return f"{self._api}/repos/{self._repository}/{path}"

    def _call(self, method: str, address: str, body: Json | None = None) -> httpx.Response:
        what = f"{method} {urlsplit(address).path}"
        try:
            answer = self._client.request(method, address, json=body)
        except httpx.TransportError as error:
            raise GitHubError(
                f"GitHub does not answer {what}: {error or type(error).__name__}.", passing=True
            ) from None
        if answer.is_success:
            return answer
        after = answer.headers.get("retry-after", "")
        limited = bool(after) or answer.headers.get("x-ratelimit-remaining") == "0"
        means = "too many calls: wait." if limited else _MEANS.get(answer.status_code, "try again later.")
        seconds = int(after) if after.isdecimal() else 0
        raise GitHubError(
            f"{what} was answered {answer.status_code}: {means} GitHub says: {_words(answer)}",
            status=answer.status_code,
            passing=answer.is_server_error or 0 < seconds <= _PATIENCE,
            after=seconds,
        )


def _read(answer: httpx.Response, shape: type[T]) -> T:
    try:
        return TypeAdapter(shape).validate_json(answer.content)
    except ValidationError:
        what = f"{answer.request.method} {answer.request.url.path}"
        raise GitHubError(
            f"{what} was answered with {answer.status_code} and something that is not GitHub's: does a proxy want a "
            f"sign-in? It says: {_words(answer)}",
            status=answer.status_code,
        ) from None


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, GitHubError) else 0
    return max(asked, wait_exponential(multiplier=2, max=_SECONDS)(state))


def _words(answer: httpx.Response) -> str:
    try:
        told: Json = answer.json()
        words = [str(told["message"]), *(str(row.get("message") or row) for row in told.get("errors", ()))]
    except (ValueError, KeyError, TypeError, AttributeError):
        words = [answer.text]
    return " ".join(" ".join(words).split())[:_TOLD] or "nothing"
