"""What GitHub Actions tells a job, and where a job answers.

Owns the names of its variables and the fields of its event file. Works without them too: a person may run the same
commands on a laptop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import typer
from pydantic import TypeAdapter, ValidationError

from fleet.errors import FleetError

Json = dict[str, Any]
_EVENT = TypeAdapter(Json)
SUMMARY_BYTES = 1024 * 1024
"""GitHub drops a longer job summary whole (documentation of workflow commands, read 2026-11)."""

BOT = "dependabot[bot]"
"""Its runs get neither secrets nor a token that writes; those that a person sets off on its pull requests do."""


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A job, as its environment describes it.

    Attributes:
        environment: variables of the process.
        event: what set the workflow off; empty outside of GitHub.
    """

    environment: Mapping[str, str]
    event: Json = field(default_factory=dict[str, Any])

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Runner:
        """Read the event file, where there is one.

        Raises:
            FleetError: it is named and cannot be read.
        """
        path = environment.get("GITHUB_EVENT_PATH")
        try:
            event = _EVENT.validate_json(Path(path).read_bytes()) if path else {}
        except (OSError, ValidationError) as error:
            why = str(error).splitlines()[0]
            raise FleetError(
                f"The event file that GITHUB_EVENT_PATH names cannot be read ({why}): outside of GitHub Actions, unset "
                "the variable."
            ) from None
        return cls(environment=environment, event=event)

    @property
    def pull_request(self) -> Json:
        """Of the event; empty where it is about none."""
        return within(self.event, "pull_request")

    @property
    def inputs(self) -> Json:
        """With which it was started by hand; empty where it was not."""
        return within(self.event, "inputs")

    @property
    def commit(self) -> str:
        """Which it is about: of a pull request the newest that somebody pushed, not the merge that is tried."""
        return within(self.pull_request, "head").get("sha") or self.environment.get("GITHUB_SHA", "")

    @property
    def branch(self) -> str:
        """Which it is a run of; empty where it is one of a pull request or a tag, and outside of GitHub."""
        return self.environment.get("GITHUB_REF", "").partition("refs/heads/")[2]

    @property
    def repository(self) -> str:
        """`owner/name`, in which the workflow runs; empty outside of GitHub."""
        return self.environment.get("GITHUB_REPOSITORY", "")

    @property
    def run_address(self) -> str:
        """Page of the run, with its logs and artifacts; empty outside of GitHub."""
        server, run = self.environment.get("GITHUB_SERVER_URL"), self.environment.get("GITHUB_RUN_ID")
        return f"{server}/{self.repository}/actions/runs/{run}" if server and run else ""

    @property
    def from_outside(self) -> bool:
        """Whether GitHub gives this run nothing: commits of another repository, or of a bot that it treats like one."""
        home = within(within(self.pull_request, "head"), "repo").get("full_name")  # none where it has been deleted
        return bool(self.pull_request) and (home != self.repository or self.environment.get("GITHUB_ACTOR") == BOT)

    @property
    def connected(self) -> bool:
        """Whether the repository names a tenant: without one nothing is previewed and nothing is deployed."""
        return bool(self.environment.get("AZURE_TENANT_ID"))

    def answer(self, **outputs: str) -> None:
        """Set outputs of the step, of one line each; print them outside of GitHub."""
        text = "".join(f"{name}={value}\n" for name, value in outputs.items())
        if path := self.environment.get("GITHUB_OUTPUT"):
            _append(path, text)
        else:
            typer.echo(text, nl=False)

    def summarize(self, markdown: str) -> None:
        """Add to the page of the run; nothing outside of GitHub."""
        if path := self.environment.get("GITHUB_STEP_SUMMARY"):
            _append(path, f"{markdown}\n")

    def tell(self, kind: str, text: str) -> None:
        """Print; inside of GitHub as an annotation, `notice` or `error`, which also stands on the page of the run."""
        if self.environment.get("GITHUB_ACTIONS"):
            escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
            text = f"::{kind}::{escaped}"
        typer.echo(text)


def within(outer: Json, key: str) -> Json:
    """What GitHub may leave out, or send as null; what is no object is nothing."""
    inner = outer.get(key)
    return cast("Json", inner) if isinstance(inner, dict) else {}


def _append(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)
