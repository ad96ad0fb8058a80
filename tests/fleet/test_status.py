"""How the fleet stands, from outputs and the backend's rows, and how that reads."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from fleet import show_status
from fleet.status import FleetStatus, fleet_status
from stack import contract
from stack.contract import DeployedValues, RegionValues

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ABSENT = object()


def outputs(stack: str = "eastus", **changes: object) -> dict[str, Any]:
    """What a finished `up` leaves, with changes by field."""
    region = RegionValues(
        region=stack,
        resource_group=f"rg-ray-{stack}",
        cluster_name=f"aks-ray-{stack}",
        kubernetes_version="1.36.2",
        node_pools=["cpu", "a100"],
        gpus={"A100-80G": 8},
        cloud_id="cld_1",
        cloud_name="ray",
        cloud_resource_id=f"cldrsrc_{stack}",
        cloud_resource_name=f"k8s-azure-{stack}",
        identity_client_id="c",
        identity_principal_id="p",
        operator_status="HEALTHY",
        ingress_hostname="h",
        data_url=f"abfss://anyscale@ray{stack}.dfs.core.windows.net",
        cloud_resource_yaml="",
        get_credentials="",
        compute_configs={},
        next_commands=[],
    )
    deployed = DeployedValues(fixed={}, lifecycle="protected", containers=[], cluster_digest="d")
    values = {"contract": contract.VERSION, **asdict(region), **asdict(deployed), **changes}
    names = {**contract.output_names(RegionValues), **contract.output_names(DeployedValues)}
    return {names.get(field, field): value for field, value in values.items() if value is not ABSENT}


def row(**more: object) -> dict[str, Any]:
    """As `pulumi stack ls --json` gives it."""
    return {"name": "eastus", "current": False, "lastUpdate": "2026-11-25T11:00:00.000Z", "resourceCount": 84, **more}


def status(
    told: Mapping[str, Mapping[str, Any]],
    *,
    known: Mapping[str, Mapping[str, Any]] | None = None,
    unread: Mapping[str, str] | None = None,
) -> FleetStatus:
    rows = {name: row(name=name) for name in told} if known is None else known
    return fleet_status(list(told), outputs=told, known=rows, now=NOW, unread=unread or {})


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
    "no stack of the backend": (outputs(), None, "", ("no such stack", "`pulumi stack init eastus`")),
    "never deployed": ({}, row(resourceCount=0), "", ("is not deployed", "`pulumi up --stack eastus`")),
    "no row of resources": ({}, {"name": "eastus"}, "", ("is not deployed", "`pulumi up --stack eastus`")),
    "no finished run": ({}, row(), "", ("84 resources but no finished `up`", "`pulumi up --stack eastus`")),
    "another contract": (outputs(contract=0), row(), "", ("contract 0, this program speaks 1", "`pulumi up")),
    "a later contract": (outputs(contract=2), row(), "", ("contract 2", "bring this checkout up to date")),
    "no contract": (outputs(contract=ABSENT), row(), "", ("no output contract", "`pulumi up --stack eastus`")),
    "an absent output": (outputs(gpus=ABSENT), row(), "", ("no output gpus", "`pulumi up --stack eastus`")),
    "an ill operator": (outputs(operator_status="UNHEALTHY"), row(), "", ("UNHEALTHY", "`pulumi up --stack eastus`")),
    "unread outputs": ({}, row(), "The passphrase does not open eastus.", ("The passphrase does not open eastus.",)),
}


@pytest.mark.parametrize(("told", "known", "unread", "words"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_is_wrong_is_told_with_what_to_do(
    told: dict[str, Any], known: dict[str, Any] | None, unread: str, words: tuple[str, ...]
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
    whole = status({"eastus": outputs()}, known={"eastus": row(updateInProgress=True)})

    assert whole.regions[0].updating
    assert "running now" in show_status.markdown(whole)


@pytest.mark.parametrize(
    ("past", "told"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=47), "1 day ago"),
        (timedelta(days=400), "400 days ago"),
        (timedelta(minutes=-5), "just now"),
    ],
)
def test_an_age_is_in_the_largest_unit(past: timedelta, told: str) -> None:
    assert show_status.age(NOW - past, NOW) == told


def test_an_age_that_nobody_knows_is_not_made_up() -> None:
    assert show_status.age(None, NOW) == ""


def test_markdown_is_two_tables_then_sums_then_problems() -> None:
    text = show_status.markdown(status({"eastus": outputs(), "far": {}}))

    overview, details, sums, problems = text.split("\n\n")
    assert overview == (
        "| stack | region | cluster | Kubernetes | node pools | GPUs at most | operator | last update |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| eastus | eastus | aks-ray-eastus | 1.36.2 | cpu a100 | 8 A100-80G | HEALTHY | 1 hour ago |\n"
        "| far | - | - | - | - | - | - | 1 hour ago |"
    )
    assert details == (
        "| stack | Anyscale cloud | Anyscale resource | data | lifecycle | contract |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| eastus | ray | cldrsrc_eastus | abfss://anyscale@rayeastus.dfs.core.windows.net | protected | 1 |\n"
        "| far | - | - | - | - | - |"
    )
    assert sums == "1 of 2 registered, 2 node pools, GPUs at most: 8 A100-80G. As of each stack's last `up`."
    assert problems == "- far: has 84 resources but no finished `up`; run `pulumi up --stack far`\n"


def test_markdown_of_a_whole_fleet_lists_no_problem_and_says_where_there_are_no_gpus() -> None:
    text = show_status.markdown(status({"eastus": outputs(gpus={})}))

    assert text.endswith("GPUs at most: none. As of each stack's last `up`.\n")


def test_what_an_error_says_neither_ends_a_cell_nor_begins_a_tag() -> None:
    text = show_status.markdown(
        status({"eastus": outputs(cluster_name="a|b\nc")}, unread={"eastus": "<script> one\ntwo"})
    )

    assert "| a\\|b c |" in text
    assert "- eastus: &lt;script> one two" in text


def test_a_terminal_shows_ids_whole_and_text_in_brackets_as_text() -> None:
    told = io.StringIO()
    show_status.terminal(
        status({"eastus": outputs(cluster_name="[red]aks[/red]")}, unread={"eastus": "found [bold]"}),
        Console(file=told, width=40, highlight=False),
    )

    assert "abfss://anyscale@rayeastus.dfs.core.windows.net" in told.getvalue(), "ids are for copying"
    assert "[red]aks[/red]" in told.getvalue()
    assert "eastus: found [bold]\n" in told.getvalue()
    assert "GPUs at most: 8 A100-80G" in told.getvalue()
