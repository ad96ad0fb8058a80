"""Fifty stacks from their previews to the gate, by the workflow's own commands, on a made `pulumi`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from fleet_events import POOL, before, said

from fleet.__main__ import run
from fleet.show.report_markdown import MARKER
from tests.fleet.ci.conftest import Job
from tests.fleet.ci.github_fake import HEAD, LONGEST, GitHubFake
from tests.fleet.fake_engine import FakeEngine, log
from tests.workflows.workflow import read

MAP = "kubernetes:core/v1:ConfigMap"
EDITED = before("update", MAP, "map", old={"data": 1}, new={"data": 2}, detailed={"data": "update"})
NO_MAP, NO_POOL = before("delete", MAP, "other", old={"data": 1}), before("delete", POOL, "gpu", old={"maxCount": 1})
KINDS = {
    "no change": {"log": log()},
    "safe": {"log": log(EDITED)},
    "disruptive": {"log": log(NO_MAP, EDITED)},
    "destructive": {"log": log(NO_POOL, EDITED)},
    "failed": {"log": log(said("error", "no quota for 96 cores")), "code": 255},
}


def test_fifty_stacks_have_a_job_each_and_are_told_in_one_comment(
    pulumi: FakeEngine, github: GitHubFake, job: Job
) -> None:
    kinds = {"eastus": "no change", "westus3": "safe"}
    kinds |= {f"region{number:02}": [*KINDS][number % len(KINDS)] for number in range(48)}
    for stack, kind in kinds.items():
        path = pulumi.project / f"Pulumi.{stack}.yaml"
        if not path.exists():
            shutil.copy(pulumi.project / "Pulumi.westus3.yaml", path)
        pulumi.says(f"preview {stack}", **KINDS[kind])
    pulumi.knows(*kinds)
    workflow = read("pull-request")
    [matrix], [preview] = workflow.fleet_commands("stacks"), workflow.fleet_commands("preview")
    [merge, comment], [gate] = workflow.fleet_commands("report"), workflow.fleet_commands("gate")

    assert run(matrix) == 0
    rows = [row["stack"] for row in json.loads(job.outputs["stacks"])]
    assert rows == ["eastus", *sorted(kinds.keys() - {"eastus"})]
    for kind in KINDS:
        first, *others = [stack for stack in rows if kinds[stack] == kind]
        code = run([first if word == "$STACK" else word for word in preview])
        assert code == int(kind == "failed"), "a job fails where its stack does"
        told = Path(preview[-1], f"{first}.json").read_text()
        for stack in others:  # a job of a second each
            Path(preview[-1], f"{stack}.json").write_text(told.replace(f'"{first}"', f'"{stack}"'))
    assert [run(merge), run(comment), run(gate)] == [0, 0, 1]

    [written] = github.comments
    assert written["body"].startswith(f"{MARKER}\n## Fleet preview of {HEAD}: destructive\n")
    assert len(written["body"]) < LONGEST
    for stack, kind in kinds.items():
        [row] = [line for line in written["body"].splitlines() if line.startswith(f"| <code>{stack}</code> |")]
        assert row.split(" | ")[1].strip("*") == kind
    assert "no quota for 96 cores" in written["body"]
    failed = sorted(stack for stack, kind in kinds.items() if kind == "failed")
    assert f"Failed, or breaks a rule: {', '.join(failed)}." in job.summary.read_text()
