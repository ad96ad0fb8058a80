from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.ci.github_fake import HEAD, REPOSITORY, TOKEN, GitHubFake, serving

Json = dict[str, Any]
PROJECT = Path(__file__).parents[3]


class Job:
    """A job of a workflow: its variables, its event, what it writes for GitHub.

    Attributes:
        checkout: folder of the stack files.
    """

    checkout = PROJECT

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        self.summary, self._output, self._event = (folder / name for name in ("summary.md", "output", "event.json"))
        self.set(GITHUB_STEP_SUMMARY=str(self.summary), GITHUB_OUTPUT=str(self._output))
        self.event(pull_request={"number": 7, "head": {"sha": HEAD, "repo": {"full_name": REPOSITORY}}})

    def set(self, **environment: str) -> None:
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value)

    def event(self, **content: Any) -> None:
        self._event.write_text(json.dumps(content))
        self.set(GITHUB_EVENT_PATH=str(self._event))

    @property
    def outputs(self) -> dict[str, str]:
        """Of the step, the last of each name."""
        return dict(line.split("=", 1) for line in self._output.read_text().splitlines())


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job that a pull request of the repository itself has set off."""
    for name in ("GITHUB_ACTIONS", "GITHUB_ACTOR", "GITHUB_REF", "GITHUB_SHA", "FLEET_RUNNER", "FLEET_AUTHOR"):
        monkeypatch.delenv(name, raising=False)
    made = Job(tmp_path, monkeypatch)
    made.set(
        AZURE_TENANT_ID="6f0e9d4c-1111-4222-8333-444455556666",
        GITHUB_REPOSITORY=REPOSITORY,
        GITHUB_RUN_ID="42",
        GITHUB_SERVER_URL="https://github.example",
        GITHUB_TOKEN=TOKEN,
    )
    return made


@pytest.fixture(scope="session")
def server() -> Iterator[GitHubFake]:
    with serving(GitHubFake()) as fake:
        yield fake


@pytest.fixture
def github(server: GitHubFake, job: Job, monkeypatch: pytest.MonkeyPatch) -> GitHubFake:
    """GitHub, to which the job speaks; repetitions do not wait."""
    server.reset()
    monkeypatch.setattr("fleet.ci.github.sleep", server.waits.append)
    job.set(GITHUB_API_URL=server.address)
    return server
