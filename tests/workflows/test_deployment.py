"""A deployment from its previews to its ends, by the workflow's own commands, on a made `pulumi`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fleet_events import ACCOUNT, POOL, after, before, said

from fleet.__main__ import run
from tests.fleet.ci.conftest import Job
from tests.fleet.ci.github_fake import LATER, GitHubFake, pull
from tests.fleet.fake_engine import FakeEngine, log
from tests.workflows.workflow import read

COMMIT, NEWER = "c" * 40, "d" * 40
MAP = "kubernetes:core/v1:ConfigMap"
CHANGED = before("update", MAP, "map", old={"data": 1}, new={"data": 2}, detailed={"data": "update"})
GONE = before("delete", POOL, "westus3-h200", old={"maxCount": 1})
EMPTIED = before("delete", ACCOUNT, "westus3-data", old={"location": "westus3"})


class Deployment:
    """The jobs of a run of `deploy`, one after another."""

    def __init__(self, pulumi: FakeEngine, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
        self._commands, self._pulumi, self._job = read("deploy").fleet_commands, pulumi, job
        self._monkeypatch = monkeypatch

    def gated(self) -> int:
        """Exit code of the gate, after the jobs before it."""
        [validate, matrix] = self._commands("stacks")
        assert [run(words) for words in (validate, matrix)] == [0, 0]
        for row in json.loads(self._job.outputs["stacks"]):
            self._each("preview", row)
        [merge, gate] = self._commands("gate")
        assert run(merge) == 0
        return run(gate)

    def deploys(self, name: str) -> dict[str, int]:
        """By stack, the exit code of its job: of the first step that failed."""
        found = {row["stack"]: self._each(name, row) for row in json.loads(self._job.outputs[name] or "[]")}
        return {stack: next(filter(None, codes), 0) for stack, codes in found.items()}

    def _each(self, name: str, row: dict[str, Any]) -> list[int]:
        codes: list[int] = []
        if "allowed" in row:
            self._monkeypatch.setenv("FLEET_ALLOWED", row["allowed"])
        for words in self._commands(name):
            codes.append(run([row["stack"] if word == "$STACK" else word for word in words]))
            if codes[-1]:
                break
        return codes


@pytest.fixture
def deployment(pulumi: FakeEngine, github: GitHubFake, job: Job, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """Of a labelled pull request that takes a pool from westus3 and changes eastus."""
    github.pulls[7] = pull(7, merged=COMMIT)
    github.put_on("allow-destructive", at=LATER)
    github.brought[COMMIT], github.heads["main"] = [7], COMMIT
    job.event(ref="refs/heads/main")
    job.set(GITHUB_SHA=COMMIT, GITHUB_REF="refs/heads/main")
    pulumi.says("preview eastus", log=log(CHANGED))
    pulumi.says("preview westus3", log=log(GONE))
    pulumi.says("up westus3", log=log(GONE, after("delete", POOL, "westus3-h200")))
    return Deployment(pulumi, job, monkeypatch)


def test_what_was_seen_and_allowed_is_deployed_owners_first(deployment: Deployment, pulumi: FakeEngine) -> None:
    assert deployment.gated() == 0
    assert not pulumi.calls("up")
    assert deployment.deploys("owners") == {"eastus": 0}
    assert deployment.deploys("joiners") == {"westus3": 0}
    assert pulumi.calls("up") == ["up eastus", "up westus3"]


def test_what_is_destructive_and_came_while_reviewers_were_waited_for_stops_its_stack(
    deployment: Deployment, pulumi: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deployment.gated() == 0
    pulumi.says("preview westus3", log=log(GONE, EMPTIED))
    pulumi.says("preview eastus", log=log(before("delete", POOL, "eastus-cpu", old={"maxCount": 1})))

    assert deployment.deploys("owners") == {"eastus": 3}, "leave for westus3 is none for eastus"
    assert deployment.deploys("joiners") == {"westus3": 3}
    assert f"nobody has said yes to westus3: delete {ACCOUNT} westus3-data." in capsys.readouterr().err
    assert not pulumi.calls("up")


def test_a_job_of_an_old_run_that_is_run_again_deploys_nothing(
    deployment: Deployment, pulumi: FakeEngine, github: GitHubFake, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deployment.gated() == 0
    github.heads["main"] = NEWER

    assert deployment.deploys("owners") == {"eastus": 1}
    assert "main is at ddddddd now" in capsys.readouterr().err
    assert not pulumi.calls("up")


def test_a_region_that_cannot_be_previewed_stops_no_other(deployment: Deployment, pulumi: FakeEngine) -> None:
    pulumi.says("preview westus3", log=log(said("error", "no quota")), code=255)

    assert deployment.gated() == 1, "the run stays red"
    assert deployment.deploys("owners") == {"eastus": 0}
    assert deployment.deploys("joiners") == {}
    assert pulumi.calls("up") == ["up eastus"]


def test_one_region_can_be_deployed_by_hand(deployment: Deployment, pulumi: FakeEngine, job: Job) -> None:
    job.event(inputs={"stacks": "westus3", "allow-destructive": "true"})

    assert deployment.gated() == 0
    assert (deployment.deploys("owners"), deployment.deploys("joiners")) == ({}, {"westus3": 0})
    assert pulumi.calls("preview") == ["preview westus3", "preview westus3"]


def test_a_folder_of_stacks_that_join_a_cloud_from_elsewhere_is_deployed(
    deployment: Deployment, pulumi: FakeEngine
) -> None:
    (pulumi.project / "Pulumi.eastus.yaml").unlink()

    assert deployment.gated() == 0
    assert (deployment.deploys("owners"), deployment.deploys("joiners")) == ({}, {"westus3": 0})
