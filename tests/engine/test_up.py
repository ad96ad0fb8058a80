"""Both regions from nothing, and then nothing more to do, whatever Azure did meanwhile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine.deployment import Deployment

from simulator.standins import drift
from simulator.toolchain.language_host import INTERPRETER

BOTH = ("eastus", "westus3")


def test_a_second_up_changes_nothing_and_writes_nothing(deployed: Deployment) -> None:
    before = deployed.writes()

    for stack in BOTH:
        deployed.up(stack, "--expect-no-changes")

    assert deployed.writes() == before, "a write that changes nothing still takes minutes at Azure"


@pytest.mark.parametrize("stack", BOTH)
def test_both_regions_are_registered_in_one_cloud(deployed: Deployment, stack: str) -> None:
    told = deployed.outputs(stack)

    [cloud] = deployed.world.anyscale["clouds"].values()
    assert told["cloudId"] == cloud["id"]
    assert told["operatorStatus"] == "HEALTHY"
    assert told["cloudResourceId"] in {resource["cloud_resource_id"] for resource in cloud["resources"]}


def test_what_azure_does_by_itself_is_no_change(deployed: Deployment) -> None:
    cluster = deployed.only("ManagedCluster", "aks-ray-eastus")
    pools = {name: deployed.only("AgentPool", name, stack="eastus") for name in ("cpu", "a100", "t4spot")}
    drift.autoscale(deployed.world, pools["cpu"].key, 7)
    drift.autoscale(deployed.world, pools["a100"].key, 3)
    drift.patch_upgrade(deployed.world, cluster.key)
    drift.azure_adds_taint(deployed.world, pools["t4spot"].key)

    preview = deployed.preview("eastus", "--refresh")

    assert preview.changes == set(), "the autoscaler, patches and AKS's own taints are not ours to undo"


def test_a_third_region_is_a_copy_of_a_stack_file(deployed: Deployment) -> None:
    third = (deployed.desk / "Pulumi.westus3.yaml").read_text()
    third = third.replace("location: westus3", "location: eastus2").replace("10.20.", "10.30.")
    (deployed.desk / "Pulumi.eastus2.yaml").write_text(third)
    deployed.init("eastus2")

    deployed.up("eastus2")

    assert deployed.outputs("eastus2")["operatorStatus"] == "HEALTHY"
    assert deployed.preview("eastus2").changes == set()
    assert deployed.preview("eastus").changes == set(), "a third region is no business of the first"


def test_the_same_stack_file_gives_the_same_graph_in_whatever_order_python_keeps_sets(fresh: Deployment) -> None:
    del fresh.simulator.env[INTERPRETER]  # whose forks all keep them in one
    graphs: list[dict[str, str]] = []
    for seed in ("1", "2"):
        fresh.simulator.env["PYTHONHASHSEED"] = seed
        graphs.append({step["urn"]: _written(step["newState"]) for step in fresh.preview("eastus").steps})

    first, second = graphs
    assert len(first) > 70 and first.keys() == second.keys()
    assert {urn: (text, second[urn]) for urn, text in first.items() if text != second[urn]} == {}


def _written(state: dict[str, Any]) -> str:
    """Byte for byte, but for the order of dependencies: the SDK keeps them in sets."""
    dependencies = sorted(state.pop("dependencies", ()))
    of_properties = {name: sorted(urns) for name, urns in state.pop("propertyDependencies", {}).items()}
    return json.dumps([state, dependencies, of_properties])


def test_a_region_before_its_primary_is_refused_in_one_line_and_nothing_is_made(fresh: Deployment) -> None:
    done = fresh.up("westus3", check=False)

    assert done.returncode != 0
    assert "run `pulumi up --stack eastus` first" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert fresh.writes() == 0


def test_a_preview_that_fails_is_not_taken_for_one_without_changes(fresh: Deployment) -> None:
    with pytest.raises(AssertionError, match="run `pulumi up --stack eastus` first"):
        fresh.preview("westus3")
