"""Stack files that are right one by one and wrong together: names, contracts, all of them at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from specs import ROOT, STACKS

from fleet import check_clouds, validate
from fleet.fleet_problem import FleetProblem
from fleet.stacks import discover
from fleet.validate import problems
from stack import contract
from stack.spec import Names, StackSpec
from tests.fleet.stack_files import (
    OWNER,
    VAULT,
    ZERO,
    Case,
    Changes,
    Fine,
    a_fleet,
    a_network,
    a_stack,
    left_in_peace,
    refused,
    written,
)

CASES = {
    "an earlier contract": Case(
        {},
        ("westus3",),
        ("what is deployed speaks contract 0, this program speaks 1", "`pulumi up --stack westus3`"),
        {"deployed": {"westus3": {contract.VERSION_OUTPUT: 0}}},
    ),
    "a later contract": Case(
        {},
        ("eastus",),
        ("what is deployed speaks contract 7", "bring this checkout up to date"),
        {"deployed": {"eastus": {contract.VERSION_OUTPUT: 7.0}}},
    ),
    "an output that an earlier program did not leave": Case(
        {},
        ("eastus",),
        ("what is deployed has no output", "gpus", "`pulumi up --stack eastus`"),
        {"deployed": {"eastus": {contract.VERSION_OUTPUT: 1}}},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_deployed_by_another_program_is_refused_with_what_to_do(case: Case) -> None:
    refused(case)


FINE: dict[str, Fine] = {
    "the stacks of this project": ({}, {}),
    "a third region": ({"third": {}}, {}),
    "a stack that was never deployed": ({}, {"deployed": {"eastus": {}, "westus3": {}}}),
}


@pytest.mark.parametrize(("changes", "known"), FINE.values(), ids=FINE)
def test_what_goes_together_is_left_in_peace(changes: Mapping[str, Changes], known: Mapping[str, Any]) -> None:
    left_in_peace(changes, known)


def test_a_line_names_all_its_files() -> None:
    def line(*stacks: str) -> str:
        return str(FleetProblem(stacks=stacks, found="found", why="why", remedy="do"))

    assert line("a") == "Pulumi.a.yaml: found, why; do"
    assert line("a", "b") == "Pulumi.a.yaml and Pulumi.b.yaml: found, why; do"
    assert line("a", "b", "c") == "Pulumi.a.yaml, Pulumi.b.yaml and Pulumi.c.yaml: found, why; do"


NAMES = {
    "resource_group": ("resource group", ""),
    "data_resource_group": ("resource group", ""),
    "node_resource_group": ("resource group", ""),
    "cluster": ("cluster", ""),
    "storage_account": ("storage account", "everywhere"),
    "dns_label": ("DNS label", "everywhere"),
    "cloud_resource": ("Anyscale cloud resource", "everywhere"),
}
"""Where a name is unique: in a subscription, or also across subscriptions."""


@pytest.mark.parametrize("field", NAMES)
def test_a_name_that_its_place_has_once_is_in_one_stack_alone(field: str) -> None:
    what, where = NAMES[field]
    first, same, elsewhere = (
        a_stack("third", {}),
        a_stack("westus3", {}),
        a_stack("westus3", {"subscriptionId": ZERO.replace("0", "1")}),
    )
    taken = getattr(first.names, field)

    def clash(other: StackSpec) -> list[str]:
        theirs = dataclasses.replace(other.names, **{field: taken.upper()})
        found = problems([a_stack("eastus", {}), first, dataclasses.replace(other, names=theirs)])
        assert all("give westus3 another name" in problem.remedy for problem in found)
        return [problem.found for problem in found]

    assert clash(same) == [f"{what} {taken.upper()} in both"], "Azure compares names in any letter case"
    assert clash(elsewhere) == ([f"{what} {taken.upper()} in both"] if where else [])


def test_a_dns_label_is_unique_in_its_region_only() -> None:
    first, other = a_stack("eastus", {}), a_stack("westus3", {})
    theirs = dataclasses.replace(other.names, dns_label=first.names.dns_label)

    assert problems([first, dataclasses.replace(other, names=theirs)]) == ()


def test_every_name_that_must_be_unique_is_compared() -> None:
    compared = {name for row in validate.UNIQUE for name in row.of(a_stack("eastus", {})) if name}
    names = a_stack("eastus", {}).names
    in_its_group = {"network", "identity", "cluster_identity", "nat_gateway", "nat_prefix", "operator_namespace"}

    assert compared == {
        getattr(names, field.name) for field in dataclasses.fields(Names) if field.name not in in_its_group
    }, "a new name is compared, or lives in a group or a cluster that is"


def test_the_order_of_the_files_does_not_matter() -> None:
    specs = a_fleet({"westus3": {**OWNER, **a_network("10.10.0.0/16")}, "third": {"cloud": {"primary": "no"}}})

    deployed = {name: {contract.VERSION_OUTPUT: 0} for name in STACKS}
    backwards = dict(reversed(deployed.items()))

    assert problems(specs, deployed=deployed) == problems(specs[::-1], deployed=backwards)
    assert len(problems(specs, deployed=deployed)) == 5


def test_all_files_are_told_at_once(tmp_path: Path) -> None:
    east = (ROOT / "Pulumi.eastus.yaml").read_text()
    folder = written(
        tmp_path,
        eastus=east.replace("eastus", "eastsu").replace("10.10.0.0/16", "10.10.0.0/30"),
        broken="config: [",
        copy=east.replace("10.10.0.0/16", "10.20.0.0/16"),
    )
    found = validate.validate(folder, discover(folder))

    assert sorted(found.files) == ["broken", "eastus"]
    assert len(found.files["eastus"]) == 2, "each problem of a file, not its first"
    assert [problem.stacks for problem in found.fleet] == [("copy", "westus3")], "and what the others show together"
    assert [line.partition(": ")[0] for line in found.lines] == [
        *["Pulumi.broken.yaml", "Pulumi.eastus.yaml", "Pulumi.eastus.yaml"],
        "Pulumi.copy.yaml and Pulumi.westus3.yaml",
    ]
    assert all("\n" not in line for line in found.lines)


def test_the_files_of_this_project_are_right(tmp_path: Path) -> None:
    found = validate.validate(written(tmp_path), discover(tmp_path))

    assert found.lines == ()


def test_what_is_to_be_filled_in_and_what_should_be_known_is_a_warning_that_fails_nothing(tmp_path: Path) -> None:
    east = (ROOT / "Pulumi.eastus.yaml").read_text()
    own = east.replace(ZERO, ZERO.replace("0", "1")).replace("203.0.113.0/24", "20.30.40.0/24")
    own += "  anyscale-on-aks:storage: { replication: Standard_GZRS }\n"
    folder = written(tmp_path, eastus=own, third="a: [")

    found = validate.validate(folder, discover(folder))

    assert [line.partition(": ")[0] for line in found.lines] == ["Pulumi.third.yaml"]
    assert {stack: [line.partition(": ")[0] for line in lines] for stack, lines in found.warnings.items()} == {
        "eastus": ["storage.replication"],
        "westus3": [
            "azure-native:subscriptionId",
            "cluster.admins[0].id",
            "network.apiServerClients[0]",
            "anyscale.ingress.clients[0]",
        ],
    }


SECRETS = {
    "a key": (f"+secretsprovider: {VAULT}\nencryptedkey: c2FsdA==\n", VAULT),
    "a salt": ("+encryptionsalt: v1:abc:def\n", "passphrase"),
    "a passphrase by name": ("+secretsprovider: passphrase\n", "passphrase"),
    "the default with a salt": ("+secretsprovider: default\nencryptionsalt: v1:abc\n", "passphrase"),
    "the default": ("+secretsprovider: default\n", ""),
    "nothing": ("+\n", ""),
    "no text": ("+secretsprovider: 3\n", ""),
}


@pytest.mark.parametrize(("text", "provider"), SECRETS.values(), ids=SECRETS)
def test_who_keeps_secrets_is_read_as_the_engine_reads_it(text: str, provider: str, tmp_path: Path) -> None:
    folder = written(tmp_path, eastus=text)

    assert validate.secrets_providers(folder, ["eastus"]) == {"eastus": provider}


def test_secrets_providers_of_files_are_compared(tmp_path: Path) -> None:
    folder = written(tmp_path, eastus=f"+secretsprovider: {VAULT}\n", westus3="+encryptionsalt: v1:salt:text\n")
    (line,) = validate.validate(folder, discover(folder)).lines

    assert f"kept by {VAULT}" in line and check_clouds.PASSPHRASE in line
    assert "salt:text" not in line, "what opens secrets is not printed"
