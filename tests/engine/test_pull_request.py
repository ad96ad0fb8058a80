"""The workflow's own commands for a pull request, under the real engine."""

from __future__ import annotations

import json

from engine.deployment import Deployment
from engine.fleet_command import fleet

from tests.fleet.ci.github_fake import BOT, LATER, REPOSITORY, TOKEN, GitHubFake, pull, serving
from tests.workflows.workflow import read

JOBS = ("preview", "report", "gate")


def test_a_change_of_two_stacks_is_one_comment_and_needs_the_label(deployed: Deployment) -> None:
    deployed.edit("eastus", lambda s: s["nodePools"][0].update(maxCount=60))
    deployed.edit("westus3", lambda s: s["nodePools"].pop(1))
    preview, merge, comment, gate = read("pull-request").fleet_commands(*JOBS)
    event = deployed.simulator.folder / "event.json"
    event.write_text(json.dumps({"action": "labeled", "pull_request": pull(7)}))
    before = deployed.writes()
    with serving(GitHubFake()) as github:
        job = {
            "AZURE_TENANT_ID": "6f0e9d4c-1111-4222-8333-444455556666",
            "GITHUB_API_URL": github.address,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": TOKEN,
        }
        for stack in ("eastus", "westus3"):
            words = [stack if word == "$STACK" else word for word in preview]
            done = fleet(deployed, *words)
            assert done.returncode == 0, done.stderr

        for words in (merge, comment):
            done = fleet(deployed, *words, **job)
            assert done.returncode == 0, done.stderr
        stopped = fleet(deployed, *gate, **job)
        github.put_on("allow-destructive", at=LATER)
        passed = fleet(deployed, *gate, **job)

    [written] = github.comments
    assert written["user"]["login"] == BOT
    assert "westus3-h200" in written["body"] and "eastus-cpu" in written["body"]
    assert "00000000-0000-0000-0000-000000000000" not in written["body"]
    assert (stopped.returncode, passed.returncode) == (3, 0), stopped.stdout + passed.stdout
    assert "westus3" in stopped.stdout and "eastus" not in stopped.stdout.partition(";")[0]
    assert deployed.writes() == before, "a pull request touches nothing"
