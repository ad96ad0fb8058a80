"""A pull request that takes a region's file away, by the workflow's own commands, on a made `pulumi`."""

from __future__ import annotations

import json

from fleet.__main__ import run
from tests.fleet.ci.conftest import Job
from tests.fleet.ci.github_fake import GitHubFake
from tests.fleet.fake_engine import FakeEngine
from tests.workflows.workflow import read


def codes(job: Job) -> dict[str, int]:
    """Exit codes: of each stack's preview by its name, and of the other commands by theirs."""
    commands = read("pull-request").fleet_commands
    [matrix], [preview] = commands("stacks"), commands("preview")
    found = {"matrix": run(matrix)}
    for row in json.loads(job.outputs["stacks"]):
        found[row["stack"]] = run([row["stack"] if word == "$STACK" else word for word in preview])
    return found | {words[1]: run(words) for words in commands("report", "gate")}


def test_it_passes_once_nothing_of_the_region_is_left(pulumi: FakeEngine, github: GitHubFake, job: Job) -> None:
    (pulumi.project / "Pulumi.westus3.yaml").unlink()
    github.changes("Pulumi.westus3.yaml", "removed")
    passed = {"matrix": 0, "eastus": 0, "westus3": 0, "merge": 0, "comment": 0, "gate": 0}

    assert codes(job) == passed | {"westus3": 1, "gate": 1}
    [comment] = github.comments
    assert "the backend has 80 resources of westus3: they live on, billed" in comment["body"]
    assert "Failed, or breaks a rule: westus3." in job.summary.read_text()

    pulumi.knows("eastus")  # after `pulumi stack rm`
    assert codes(job) == passed
    assert "the backend has no resources of westus3" in comment["body"], "the same comment, edited"
