"""Taking a region away: nothing while protected, in the right order otherwise, and never the data by accident."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from engine.deployment import Deployment

from simulator import anyscale

SLOW_REMOVAL = anyscale.Fault(path=r".*/remove_resource", delay_seconds=3)
"""Whatever does not wait for it has gone by then."""


def retire(deployed: Deployment, stack: str, lifecycle: str = "retiring") -> None:
    deployed.edit(stack, lambda settings: settings.update(lifecycle=lifecycle))
    deployed.up(stack)


def deletions(deployed: Deployment, since: int) -> list[str]:
    return [call.type.rsplit(":", 1)[-1] for call in deployed.world.journal[since:] if call.operation == "delete"]


def removals(deployed: Deployment) -> list[str]:
    requests = deployed.world.anyscale["requests"]
    return [f"{r['method']} {r['path']}" for r in requests if r["method"] == "DELETE"]


def test_a_protected_stack_is_not_touched_not_even_in_part(deployed: Deployment) -> None:
    before = deployed.writes()

    done = deployed.destroy("westus3", check=False)

    assert done.returncode != 0
    assert "because it is protected" in done.stdout + done.stderr
    assert deployed.writes() == before
    assert removals(deployed) == []


def test_a_retired_region_leaves_its_data_and_finds_them_again(deployed: Deployment) -> None:
    retire(deployed, "westus3")
    account = deployed.only("StorageAccount", deployed.outputs("westus3")["dataUrl"].split("@")[1].split(".")[0])

    deployed.destroy("westus3")

    assert deployed.world.get(account.key), "the data outlive the region"
    assert {record.stack for record in deployed.world.records(type_suffix=":ManagedCluster")} == {"eastus"}
    deployed.edit("westus3", lambda settings: settings.update(lifecycle="protected", storage={"adopt": True}))
    deployed.up("westus3")
    assert deployed.outputs("westus3")["operatorStatus"] == "HEALTHY"
    deployed.edit("westus3", lambda settings: settings.pop("storage"))
    assert deployed.preview("westus3").changes == set(), "adopted is adopted, once and for all"


def test_a_primary_that_comes_back_finds_the_shared_data_and_is_told_what_differs(fresh: Deployment) -> None:
    fresh.edit("eastus", lambda settings: settings.update(lifecycle="retiring"))
    fresh.up("eastus")
    left = {record.key for record in fresh.world.records(type_suffix=":StorageAccount")}
    fresh.destroy("eastus")
    assert len(left) == 2, "the region's and the shared one"
    back: dict[str, Any] = {"retention": {"blobDays": 30}}
    fresh.edit("eastus", lambda settings: settings.update(lifecycle="protected", storage={**back, "adopt": True}))

    fresh.up("eastus")

    assert {record.key for record in fresh.world.records(type_suffix=":StorageAccount")} == left, "no third account"
    assert fresh.outputs("eastus")["operatorStatus"] == "HEALTHY"
    fresh.edit("eastus", lambda settings: settings.update(storage=back))
    assert fresh.preview("eastus").changes == {
        ("update", "BlobServiceProperties eastus-data-blobs"),
        ("update", "BlobServiceProperties shared-data-blobs"),
    }, "what Azure has was taken as it is, and only that differs"


def test_registration_goes_while_the_cluster_lives(both_regions: Path, tmp_path: Path) -> None:
    folder, slow = Path(shutil.copytree(both_regions, tmp_path / "own", symlinks=True)), anyscale.Faults([SLOW_REMOVAL])
    with Deployment.at(folder, anyscale_faults=slow) as deployment:
        retire(deployment, "westus3")
        since = deployment.writes()

        deployment.destroy("westus3")

        calls = [(r["path"].rstrip("/").rpartition("/")[2], r["writes"]) for r in deployment.world.anyscale["requests"]]
        drained = [number for number, (name, _) in enumerate(calls) if name == "terminate"]
        [removed] = [number for number, (name, _) in enumerate(calls) if name == "remove_resource"]
        assert drained[-1] < removed, "a system cluster that still runs would hold the registration"
        before = {writes - since for _, writes in calls[drained[0] : removed + 1]}
        assert before == {0}, "while jobs run Anyscale keeps it: nodes, rights and data must be there until it is gone"
        assert "ManagedCluster" in deletions(deployment, since)
        [cloud] = deployment.world.anyscale["clouds"].values()
        assert [resource["name"] for resource in cloud["resources"]] == ["k8s-azure-eastus"]


def test_a_disposable_stack_leaves_nothing(deployed: Deployment) -> None:
    retire(deployed, "westus3", "disposable")

    deployed.destroy("westus3")

    assert [r.id for r in deployed.world.records() if r.stack == "westus3"] == []


def test_the_primary_refuses_while_a_region_is_registered_and_keeps_all_it_has_while_a_job_runs(
    deployed: Deployment,
) -> None:
    retire(deployed, "eastus")
    since = deployed.writes()
    done = deployed.destroy("eastus", check=False)
    assert done.returncode != 0
    assert "k8s-azure-westus3" in done.stdout + done.stderr, "who is in the way is named"
    assert deletions(deployed, since) == []
    retire(deployed, "westus3")
    deployed.destroy("westus3")

    [cloud] = deployed.world.anyscale["clouds"].values()
    job = {"cloud_resource_id": cloud["resources"][0]["cloud_resource_id"], "name": "training", "state": "RUNNING"}
    deployed.world.anyscale["workloads"] = [job]
    since = deployed.writes()
    done = deployed.destroy("eastus", check=False)
    assert done.returncode != 0
    assert "training (Running)" in done.stdout + done.stderr
    assert deletions(deployed, since) == [], "the job keeps its nodes, its data and its right to them"

    job["state"] = "SUCCEEDED"
    deployed.destroy("eastus")
    assert deployed.world.anyscale["clouds"] == {}
