"""How the fleet stands, from outputs and the backend's rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fleet.engine.answers import StackRow
from tests.fleet.statuses import ABSENT, outputs, row, status


def test_a_region_is_told_from_its_outputs_alone() -> None:
    (region,) = status({"eastus": outputs()}).regions

    assert json.loads(region.model_dump_json(by_alias=True)) == {
        "stack": "eastus",
        "region": "eastus",
        "cloudName": "ray",
        "cloudResourceId": "cldrsrc_eastus",
        "clusterName": "aks-ray-eastus",
        "kubernetesVersion": "1.36.2",
        "nodePools": ["cpu", "a100"],
        "gpus": {"A100-80G": 8},
        "operatorStatus": "HEALTHY",
        "dataUrl": "abfss://anyscale@rayeastus.dfs.core.windows.net",
        "lifecycle": "protected",
        "contract": 1,
        "lastUpdate": "2026-11-25T11:00:00Z",
        "updating": False,
        "resources": 84,
        "problem": "",
        "registered": True,
    }


def test_sums_are_those_of_the_fleet() -> None:
    whole = status(
        {
            "eastus": outputs(gpus={"T4": 20, "A100-80G": 8}),
            "westus3": outputs("westus3", gpus={"A100-80G": 4, "H200": 16}, node_pools=["h200"]),
            "far": {},
        }
    )

    assert whole.totals.model_dump() == {
        "stacks": 3,
        "registered": 2,
        "nodePools": 3,
        "gpus": {"A100-80G": 12, "H200": 16, "T4": 20},
        "problems": 1,
    }
    assert list(whole.totals.gpus) == ["A100-80G", "H200", "T4"], "whatever the order of regions"
    assert [each.stack for each in whole.regions] == ["eastus", "westus3", "far"], "in the order that was asked for"


PROBLEMS = {
    "no stack of the backend": (outputs(), None, "", ("no such stack", "`fleet up --init --stack eastus`")),
    "never deployed": ({}, row(resourceCount=0), "", ("is not deployed", "`pulumi up --stack eastus`")),
    "no row of resources": ({}, StackRow(name="eastus"), "", ("is not deployed", "`pulumi up --stack eastus`")),
    "no finished run": ({}, row(), "", ("84 resources but no finished `up`", "`pulumi up --stack eastus`")),
    "another contract": (outputs(contract=0), row(), "", ("contract 0, this program speaks 1", "`pulumi up")),
    "a later contract": (outputs(contract=2), row(), "", ("contract 2", "bring this checkout up to date")),
    "no contract": (outputs(contract=ABSENT), row(), "", ("no output contract", "`pulumi up --stack eastus`")),
    "an absent output": (outputs(gpus=ABSENT), row(), "", ("no output gpus", "`pulumi up --stack eastus`")),
    "a contract that is no number": (
        outputs(contract="new"),
        row(),
        "",
        ("contract new", "`pulumi up"),
    ),
    "outputs of another kind": (
        outputs(gpus="eight", node_pools=[{}]),
        row(),
        "",
        ("outputs nodePools, gpus are of another kind", "`pulumi up --stack eastus`"),
    ),
    "an ill operator": (outputs(operator_status="UNHEALTHY"), row(), "", ("UNHEALTHY", "`pulumi up --stack eastus`")),
    "unread outputs": ({}, row(), "The passphrase does not open eastus.", ("The passphrase does not open eastus.",)),
}


@pytest.mark.parametrize(("told", "known", "unread", "words"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_is_wrong_is_told_with_what_to_do(
    told: dict[str, Any], known: StackRow | None, unread: str, words: tuple[str, ...]
) -> None:
    whole = status(
        {"eastus": told}, known={"eastus": known} if known else {}, unread={"eastus": unread} if unread else {}
    )

    assert [word for word in words if word not in whole.regions[0].problem] == []
    assert whole.totals.problems == 1


def test_outputs_of_another_contract_are_not_taken_for_what_this_one_means() -> None:
    (region,) = status({"eastus": outputs(contract=2)}).regions

    assert (region.contract, region.resources) == (2, 84), "what the backend tells is true in any version"
    assert (region.cluster_name, region.gpus, region.registered) == ("", {}, False)


def test_what_an_earlier_program_of_the_same_contract_left_is_shown() -> None:
    (region,) = status({"eastus": outputs(kubernetes_version=ABSENT, gpus=None)}).regions

    assert region.cluster_name == "aks-ray-eastus" and region.registered
    assert "no output kubernetesVersion, gpus" in region.problem


def test_numbers_that_the_engine_hands_over_as_floats_stay_whole() -> None:
    whole = status({"eastus": outputs(contract=1.0, gpus={"T4": 20.0})})

    assert (whole.regions[0].contract, whole.totals.gpus) == (1, {"T4": 20})
    assert whole.totals.problems == 0


def test_a_place_that_anyscale_does_not_hear_from_is_not_registered() -> None:
    whole = status({"eastus": outputs(operator_status="UNHEALTHY"), "west": outputs(cloud_resource_id="")})

    assert [region.registered for region in whole.regions] == [False, False]


def test_a_run_under_way_is_told() -> None:
    assert status({"eastus": outputs()}, known={"eastus": row(updateInProgress=True)}).regions[0].updating
