"""The control plane's memory inside the world: its sections, its ids, its clock.

Owns the layout of `World.anyscale` and the record of requests. Refuses to know rules: see `clouds` and `resources`.
Nothing here depends on chance or on the time of day, so that two worlds with the same history are equal.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.datastructures import QueryParams

from simulator.anyscale.errors import ApiError
from simulator.world import World

Json = dict[str, Any]

REMEMBERED_REQUESTS = 200
LONGEST_PAGE = 50
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_ID_CHARACTERS = 26


@dataclass(frozen=True, kw_only=True)
class Polls:
    """How slow things are, in requests that find them unfinished, not in seconds.

    Attributes:
        activation: of a new cloud, before it is ACTIVE; until then adding resources times out.
        termination: of a system cluster, before it is Terminated.
    """

    activation: int = 1
    termination: int = 1


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request: what the path named, what the query said, what the body held (`None` where it was empty)."""

    method: str
    path: str
    named: dict[str, str]
    query: QueryParams
    body: Any

    def flag(self, name: str, *, default: bool = False) -> bool:
        return {"true": True, "false": False}.get(self.query.get(name, "").lower(), default)

    def mapping(self) -> Json:
        """The body, where an object is expected."""
        return self._body_as(dict, "object")

    def listing(self) -> list[Json]:
        """The body, where a list of objects is expected."""
        items: list[Any] = self._body_as(list, "list")
        if not all(isinstance(item, dict) for item in items):
            raise ApiError(422, "The request's body must be a JSON list of objects.")
        return items

    def _body_as(self, kind: type, called: str) -> Any:
        if not isinstance(self.body, kind):
            raise ApiError(422, f"The request's body must be a JSON {called}.")
        return self.body

    def required(self, name: str) -> str:
        """A parameter of the query that cannot be left out."""
        if not self.query.get(name):
            raise ApiError(422, f"The query parameter {name} is required.")
        return self.query[name]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back; no body means an empty one."""

    status: int = 200
    body: Json | None = None


@dataclass(kw_only=True)
class ControlPlane:
    """The world as Anyscale sees it. Use it under `world.lock`."""

    world: World
    polls: Polls = field(default_factory=Polls)

    @property
    def clouds(self) -> dict[str, Json]:
        """By id, in the order in which they were made. `resources` of each is a list of registrations."""
        return self.world.anyscale.setdefault("clouds", {})

    @property
    def system_clusters(self) -> dict[str, Json]:
        """Anyscale's own cluster in each cloud resource, by cloud resource id."""
        return self.world.anyscale.setdefault("system_clusters", {})

    @property
    def workloads(self) -> list[Json]:
        """What users run: `{"cloud_resource_id", "name", "state"}`. Only tests write here."""
        return self.world.anyscale.setdefault("workloads", [])

    @property
    def operator_overrides(self) -> dict[str, str | Json]:
        """Status that a test dictates, by cloud resource id: a status, or `{"status", "check_results"}`."""
        return self.world.anyscale.setdefault("operator_status", {})

    @property
    def requests(self) -> list[Json]:
        """The last requests, `{"method", "path", "body", "writes"}`: never headers, so never a token.

        `writes` is the length of the journal at that moment: by it a request stands before or after a write elsewhere.
        """
        return self.world.anyscale.setdefault("requests", [])

    def remember(self, call: Call) -> None:
        writes = len(self.world.journal)
        self.requests.append({"method": call.method, "path": call.path, "body": call.body, "writes": writes})
        del self.requests[:-REMEMBERED_REQUESTS]

    def cloud(self, cloud_id: str) -> Json:
        if cloud_id not in self.clouds:
            raise ApiError(404, f"Cloud with id {cloud_id} does not exist.")
        return self.clouds[cloud_id]

    def new_id(self, prefix: str) -> str:
        """The next id: looks random as the real ones do, yet depends only on how many were given."""
        digest = hashlib.sha256(f"{prefix}:{self._tick()}".encode()).digest()
        return f"{prefix}_{base64.b32encode(digest).decode().lower()[:_ID_CHARACTERS]}"

    def now(self) -> str:
        """A time that never repeats; one second for each thing that happened."""
        return (_FIRST_DAY + timedelta(seconds=self._tick())).isoformat()

    def _tick(self) -> int:
        count = int(self.world.anyscale.get("ticks", 0)) + 1
        self.world.anyscale["ticks"] = count
        return count


def page(call: Call, items: list[Json]) -> Answer:
    """One page of `items`. The token of the next page is the id of its first item, which clients must not know."""
    key = "cloud_resource_id" if items and "cloud_resource_id" in items[0] else "id"
    ids = [item[key] for item in items]
    count, token = call.query.get("count", str(LONGEST_PAGE)), call.query.get("paging_token", "")
    if not count.isdigit() or not 1 <= int(count) <= LONGEST_PAGE:
        raise ApiError(422, f"count must be between 1 and {LONGEST_PAGE}.")
    if token and token not in ids:
        raise ApiError(400, "The paging token is not valid.")
    start = ids.index(token) if token else 0
    end = start + int(count)
    following = ids[end] if end < len(ids) else None
    return Answer(body={"results": items[start:end], "metadata": {"total": len(items), "next_paging_token": following}})
