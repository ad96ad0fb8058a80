"""GitHub on this machine: the calls that the fleet makes, with paging, sign-in, limits, and faults by call."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Json = dict[str, Any]
TOKEN = "ghs_a-token-that-must-show-nowhere"
BOT = "github-actions[bot]"
REPOSITORY = "owner/ray"
HEAD = "a" * 40
BRANCH = "refs/heads/change"
PUSHED, LATER, LATEST, AFTER = (f"2026-11-23T10:00:0{second}Z" for second in range(4))
LONGEST = 65_536
"""Characters of a body; GitHub answers 422 to more."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """An answer instead of the right one.

    Attributes:
        call: beginning of `METHOD path`, the path below the repository.
        times: how often.
        done: whether the call takes effect all the same.
        body: what is sent, whatever it is, instead of GitHub's form.
    """

    call: str
    status: int
    message: str = "a fault"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    times: int = 1
    done: bool = False
    body: str | None = None


class GitHubFake:
    """One repository; what a test reads or sets."""

    address = ""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Be new, at the same address."""
        self.pulls: dict[int, Json] = {7: pull(7)}
        self.files: list[Json] = []
        self.timeline: list[Json] = []
        self.activity: list[Json] = []
        self.push(HEAD, at=PUSHED)
        self.comments: list[Json] = []
        self.issues: list[Json] = []
        self.labels = {"bug"}
        self.brought: dict[str, list[int]] = {}
        self.heads: dict[str, str] = {}
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self.next_page: str = ""
        self.waits: list[float] = []

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if not call.startswith("GET")]

    def comment(self, body: str, author: str = BOT) -> Json:
        made = {"id": len(self.comments) + 1, "body": body, "user": {"login": author}}
        made["html_url"] = f"{self.address}/comment/{made['id']}"
        self.comments.append(made)
        return made

    def push(self, head: str, *, at: str) -> None:
        """New commits of pull request 7."""
        self.pulls[7]["head"]["sha"] = head
        kind = "push" if self.activity else "branch_creation"
        self.activity.insert(0, {"ref": BRANCH, "after": head, "timestamp": at, "activity_type": kind})

    def put_on(self, label: str, *, at: str, actor: str | None = "ann") -> None:
        """A label on pull request 7."""
        self.pulls[7]["labels"].append({"name": label})
        user = {"login": actor} if actor else None  # null where the account is gone
        self.timeline.append({"event": "labeled", "label": {"name": label}, "created_at": at, "actor": user})

    def changes(self, filename: str, status: str, previous: str = "") -> None:
        """A file of pull request 7; `previous` is its path before, where it has moved."""
        more = {"previous_filename": previous} if previous else {}
        self.files.append({"sha": "f" * 40, "filename": filename, "status": status, **more})

    def app(self) -> Starlette:
        root = f"/repos/{REPOSITORY}"
        routes = {
            ("GET", "/pulls/{number:int}"): self._pull,
            ("GET", "/pulls/{number:int}/files"): self._files,
            ("GET", "/commits/{sha}/pulls"): self._pulls_of,
            ("GET", "/activity"): self._activity,
            ("GET", "/git/ref/heads/{branch:path}"): self._head,
            ("GET", "/issues/{number:int}/timeline"): self._timeline,
            ("GET", "/issues/{number:int}/comments"): self._comments,
            ("POST", "/issues/{number:int}/comments"): self._add_comment,
            ("PATCH", "/issues/comments/{number:int}"): self._edit_comment,
            ("DELETE", "/issues/{number:int}/labels/{name}"): self._unlabel,
            ("GET", "/issues"): self._issues,
            ("POST", "/issues"): self._open_issue,
            ("PATCH", "/issues/{number:int}"): self._edit_issue,
            ("POST", "/labels"): self._add_label,
        }
        return Starlette(
            routes=[Route(root + path, self._answer(act), methods=[method]) for (method, path), act in routes.items()]
        )

    def _answer(self, act: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            call = f"{request.method} {request.url.path.removeprefix(f'/repos/{REPOSITORY}/')}"
            self.calls.append(call)
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return JSONResponse({"message": "Bad credentials"}, 401)
            body: Json = await request.json() if await request.body() else {}
            if len(body.get("body", "")) > LONGEST:
                return JSONResponse({"message": "Validation Failed", "errors": [{"message": "body is too long"}]}, 422)
            fault = self._fault(call)
            if fault is None:
                return act(request, body)
            if fault.done:
                act(request, body)
            if fault.body is not None:
                return Response(fault.body, fault.status, fault.headers)
            return JSONResponse({"message": fault.message}, fault.status, fault.headers)

        return endpoint

    def _fault(self, call: str) -> Fault | None:
        for index, fault in enumerate(self.faults):
            if call.startswith(fault.call):
                left = fault.times - 1
                self.faults[index : index + 1] = [Fault(**{**fault.__dict__, "times": left})] if left else []
                return fault
        return None

    def _page(self, request: Request, rows: list[Json]) -> Response:
        size, page = int(request.query_params["per_page"]), int(request.query_params.get("page", "1"))
        headers = {}
        if rows[size * page :]:
            following = self.next_page or str(request.url.include_query_params(page=page + 1))
            headers["link"] = f'<{following}>; rel="next", <{request.url}>; rel="last"'
        return JSONResponse(rows[size * (page - 1) : size * page], headers=headers)

    def _pull(self, request: Request, body: Json) -> Response:
        found = self.pulls.get(request.path_params["number"])
        return JSONResponse(found) if found else JSONResponse({"message": "Not Found"}, 404)

    def _files(self, request: Request, body: Json) -> Response:
        return self._page(request, self.files)

    def _pulls_of(self, request: Request, body: Json) -> Response:
        return self._page(request, [self.pulls[number] for number in self.brought.get(request.path_params["sha"], [])])

    def _head(self, request: Request, body: Json) -> Response:
        sha = self.heads.get(request.path_params["branch"])
        return JSONResponse({"object": {"sha": sha}}) if sha else JSONResponse({"message": "Not Found"}, 404)

    def _activity(self, request: Request, body: Json) -> Response:
        return self._page(request, [each for each in self.activity if each["ref"] == request.query_params["ref"]])

    def _timeline(self, request: Request, body: Json) -> Response:
        return self._page(request, self.timeline)

    def _comments(self, request: Request, body: Json) -> Response:
        return self._page(request, self.comments)

    def _add_comment(self, request: Request, body: Json) -> Response:
        return JSONResponse(self.comment(body["body"]), 201)

    def _edit_comment(self, request: Request, body: Json) -> Response:
        [found] = [each for each in self.comments if each["id"] == request.path_params["number"]]
        if found["user"]["login"] != BOT:
            return JSONResponse({"message": "Resource not accessible by integration"}, 403)
        found.update(body)
        return JSONResponse(found)

    def _unlabel(self, request: Request, body: Json) -> Response:
        labels = self.pulls[request.path_params["number"]]["labels"]
        name = {"name": request.path_params["name"]}
        if name not in labels:
            return JSONResponse({"message": "Label does not exist"}, 404)
        labels.remove(name)
        return JSONResponse(labels)

    def _issues(self, request: Request, body: Json) -> Response:
        asked = request.query_params
        rows = [
            issue
            for issue in self.issues
            if asked["labels"] in [label["name"] for label in issue["labels"]]
            and asked["creator"] == issue["user"]["login"]
            and asked["state"] in ("all", issue["state"])
        ]
        return self._page(request, rows)

    def _open_issue(self, request: Request, body: Json) -> Response:
        assert set(body["labels"]) <= self.labels, "an unknown label may be dropped without a word"
        number = len(self.issues) + 100
        labels = [{"name": name} for name in body["labels"]]
        made = {**body, "number": number, "state": "open", "labels": labels, "user": {"login": BOT}}
        self.issues.append({**made, "html_url": f"{self.address}/issues/{number}"})
        return JSONResponse(self.issues[-1], 201)

    def _edit_issue(self, request: Request, body: Json) -> Response:
        [found] = [issue for issue in self.issues if issue["number"] == request.path_params["number"]]
        found.update(body)
        return JSONResponse(found)

    def _add_label(self, request: Request, body: Json) -> Response:
        if body["name"] in self.labels:
            return JSONResponse({"message": "Validation Failed", "errors": [{"code": "already_exists"}]}, 422)
        self.labels.add(body["name"])
        return JSONResponse(body, 201)


def pull(number: int, *labels: str, merged: str = "", head: str = HEAD) -> Json:
    """A pull request, as GitHub tells it; `merged` is the commit on main, if it was."""
    return {
        "number": number,
        "labels": [{"name": name} for name in labels],
        "head": {"sha": head, "ref": "change", "repo": {"full_name": REPOSITORY}},
        "merge_commit_sha": merged,
        "merged_at": "2026-11-23T12:00:00Z" if merged else None,
    }


@contextmanager
def serving(fake: GitHubFake) -> Generator[GitHubFake]:
    """Answer on loopback until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(fake.app(), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]})
        fake.address = f"http://127.0.0.1:{free.getsockname()[1]}"
        free.listen()
        thread.start()
        try:
            yield fake
        finally:
            server.should_exit = True
            thread.join()
