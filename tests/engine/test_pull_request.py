"""The workflows' own commands for a pull request and its deployment, under the real engine.

Tests that deploy nothing share one deployment.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from engine.deployment import Deployment
from engine.fleet_command import fleet

from tests.fleet.ci.github_fake import BOT, HEAD, LATER, REPOSITORY, TOKEN, GitHubFake, pull, serving
from tests.workflows.workflow import read

STACKS = ("eastus", "westus3")
LABEL = "allow-destructive"
Settings = dict[str, Any]
Ended = CompletedProcess[str]


class Pipeline:
    """Jobs, one after another, in a checkout of both stacks, which are deployed."""

    def __init__(self, deployment: Deployment, github: GitHubFake) -> None:
        self.deployment, self.github = deployment, github
        self._folder = deployment.simulator.folder
        self._output, self._event = self._folder / "output", self._folder / "event.json"

    def event(self, **content: Any) -> None:
        self._event.write_text(json.dumps(content))

    def previews(self) -> dict[str, Ended]:
        [words] = read("pull-request").fleet_commands("preview")
        return {stack: self.step(words, STACK=stack) for stack in STACKS}

    def reports(self) -> str:
        """The comment."""
        for words in read("pull-request").fleet_commands("report"):
            ended = self.step(words)
            assert ended.returncode == 0, ended.stderr
        [written] = self.github.comments
        assert written["user"]["login"] == BOT
        return written["body"]

    def gate(self, workflow: str = "pull-request") -> Ended:
        return self.step(read(workflow).fleet_commands("gate")[-1])

    def rows(self, name: str) -> list[dict[str, Any]]:
        """What the last gate handed on."""
        told = dict(line.split("=", 1) for line in self._output.read_text().splitlines())
        return json.loads(told[name] or "[]")

    def step(self, words: list[str], **env: str) -> Ended:
        job = {
            "AZURE_TENANT_ID": "6f0e9d4c-1111-4222-8333-444455556666",
            "GITHUB_API_URL": self.github.address,
            "GITHUB_EVENT_PATH": str(self._event),
            "GITHUB_OUTPUT": str(self._output),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": TOKEN,
        }
        words = [env["STACK"] if word == "$STACK" else word for word in words]
        return fleet(self.deployment, *words, **job, **env)


@pytest.fixture(scope="module")
def shared(both_regions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("pipeline") / "own"
    shutil.copytree(both_regions, folder, symlinks=True)
    with Deployment.at(folder) as deployment, serving(GitHubFake()) as github:
        yield Pipeline(deployment, github)


@pytest.fixture
def pipeline(shared: Pipeline) -> Iterator[Pipeline]:
    """With the stack files that are deployed, and a pull request on which nobody has put a label."""
    files = {path: path.read_text() for path in shared.deployment.desk.glob("Pulumi.*.yaml")}
    shared.github.reset()
    shared.event(action="synchronize", pull_request=pull(7))
    yield shared
    for path, text in files.items():
        path.write_text(text)


@pytest.fixture
def deploying(deployed: Deployment) -> Iterator[Pipeline]:
    """In a world of the test's own."""
    with serving(GitHubFake()) as github:
        made = Pipeline(deployed, github)
        made.event(action="synchronize", pull_request=pull(7))
        yield made


def raised(settings: Settings) -> None:
    settings["nodePools"][0].update(maxCount=60)


def opened(settings: Settings) -> None:
    settings["network"]["apiServerClients"].append("198.51.100.0/24")


CASES: dict[str, tuple[Callable[[Settings], None] | None, str]] = {
    "no change": (None, "no change"),
    "safe": (raised, "safe"),
    "disruptive": (opened, "disruptive"),
}


@pytest.mark.parametrize(("change", "verdict"), CASES.values(), ids=CASES)
def test_what_destroys_nothing_passes_and_the_comment_says_what_it_does(
    pipeline: Pipeline, change: Callable[[Settings], None] | None, verdict: str
) -> None:
    if change:
        pipeline.deployment.edit("eastus", change)
    before = pipeline.deployment.writes()

    assert [ended.returncode for ended in pipeline.previews().values()] == [0, 0]
    body, gate = pipeline.reports(), pipeline.gate()

    assert f"## Fleet preview of {HEAD}: {verdict}\n" in body
    assert (gate.returncode, gate.stdout) == (0, f"May go on: {verdict}.\n")
    assert ("eastus-" in body) == bool(change), "which resource"
    assert pipeline.deployment.writes() == before, "a pull request touches nothing"


def test_a_stack_that_cannot_be_previewed_is_in_the_comment_with_its_error_and_the_other_with_its_changes(
    pipeline: Pipeline,
) -> None:
    pipeline.deployment.edit("eastus", raised)
    pipeline.deployment.edit("westus3", lambda s: s.update(sizedFor="trial"))

    ended = pipeline.previews()
    body, gate = pipeline.reports(), pipeline.gate()

    assert (ended["eastus"].returncode, ended["westus3"].returncode) == (0, 1)
    assert "sizedFor: trial where many-jobs is deployed" in body and "eastus-cpu" in body
    assert (gate.returncode, gate.stdout.startswith("Failed, or breaks a rule: westus3.")) == (1, True), gate.stdout

    pipeline.event(ref="refs/heads/main")
    assert pipeline.gate("deploy").returncode == 1
    assert [row["stack"] for row in pipeline.rows("owners")] == ["eastus"], "the other goes on"
    assert pipeline.rows("joiners") == []


def test_a_pool_that_goes_needs_the_label_and_what_was_seen_is_what_is_deployed(deploying: Pipeline) -> None:
    pipeline, deployment = deploying, deploying.deployment
    deployment.edit("eastus", raised)
    deployment.edit("westus3", lambda s: s["nodePools"].pop(1))
    before = deployment.writes()

    assert [ended.returncode for ended in pipeline.previews().values()] == [0, 0]
    body, stopped = pipeline.reports(), pipeline.gate()
    pipeline.github.put_on(LABEL, at=LATER)
    passed = pipeline.gate()

    assert "westus3-h200" in body and "eastus-cpu" in body
    assert "00000000-0000-0000-0000-000000000000" not in body
    assert (stopped.returncode, passed.returncode) == (3, 0), stopped.stdout + passed.stdout
    assert "westus3" in stopped.stdout and "eastus" not in stopped.stdout.partition(";")[0]

    pipeline.event(inputs={LABEL: "true"})
    assert pipeline.gate("deploy").returncode == 0
    [owner], [joiner] = pipeline.rows("owners"), pipeline.rows("joiners")
    up = read("deploy").fleet_commands("joiners")[-1]
    refused = pipeline.step(up, STACK="westus3", FLEET_ALLOWED=owner["allowed"])
    assert refused.returncode == 3
    assert (
        "nobody has said yes to westus3: delete azure-native:containerservice:AgentPool westus3-h200" in refused.stderr
    )
    assert deployment.writes() == before, "nothing was touched so far"

    ended = pipeline.step(up, STACK=joiner["stack"], FLEET_ALLOWED=joiner["allowed"])
    assert ended.returncode == 0, ended.stderr
    left = {record.id.rpartition("/")[2] for record in deployment.world.records(type_suffix=":AgentPool")}
    assert "h200" not in left and "a100" in left
