"""Stack files that are right one by one and wrong beside each other."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from refusals import EXISTING
from specs import ROOT, STACKS, stack_values

from fleet import check_clouds, validate
from fleet.fleet_problem import FleetProblem
from fleet.stacks import discover
from fleet.validate import problems
from stack import contract
from stack.derive import derive
from stack.load import PROJECT, load
from stack.spec import Names, StackSpec

ZERO = "00000000-0000-0000-0000-000000000000"
VAULT = "azurekeyvault://one.vault.azure.net/keys/pulumi"
OTHER_VAULT = "azurekeyvault://two.vault.azure.net/keys/pulumi"
SPACES = {"eastus": "10.10.0.0/16", "westus3": "10.20.0.0/16"}
CLIENTS = {"apiServerClients": ["203.0.113.0/24"]}
OWNER: dict[str, Any] = {"cloud": {"name": "ray"}}
SUBNET = f"/subscriptions/{ZERO}/resourceGroups/RG-ray-eastus/providers/Microsoft.Network/virtualNetworks"

Changes = Mapping[str, Any]


def a_network(space: str, **more: object) -> dict[str, Any]:
    return {"network": {"addressSpace": space, **CLIENTS, **more}}


def in_subnets(network: str) -> dict[str, Any]:
    """Subnets of a network that exists."""
    subnets = {
        key: f"{network}/subnets/{key}" for key in ("nodeSubnetId", "apiServerSubnetId", "privateEndpointSubnetId")
    }
    return {"network": {**EXISTING, **subnets}}


def a_stack(name: str, changes: Changes) -> StackSpec:
    """The stack of a real file; under any other name a third one that joins eastus, in a network apart."""
    values = copy.deepcopy(stack_values(name if name in STACKS else "westus3"))
    apart = {} if name in STACKS else a_network("10.30.0.0/16")
    values |= {f"{PROJECT}:{key}": value for key, value in {**apart, **changes}.items() if key != "subscriptionId"}
    values["azure-native:subscriptionId"] = changes.get("subscriptionId", ZERO)
    return derive(name, load(name, values))


def a_fleet(changes: Mapping[str, Changes]) -> list[StackSpec]:
    return [
        a_stack(name, changes.get(name, {})) for name in (*STACKS, *(each for each in changes if each not in STACKS))
    ]


class Case(NamedTuple):
    """Both real stacks with `changes`; expect one problem, of these `stacks` in this order, that has all `words`."""

    changes: Mapping[str, Changes]
    stacks: tuple[str, ...]
    words: tuple[str, ...]
    known: Mapping[str, Any] = {}


def kept(**providers: str) -> dict[str, Any]:
    return {"secrets": providers, "deployed": {name: {} for name in providers}}


CASES = {
    "two owners of one name": Case(
        {"westus3": OWNER},
        ("eastus", "westus3"),
        ("the cloud 'ray' in both", "write `cloud: {primary: eastus}` in Pulumi.westus3.yaml"),
    ),
    "two owners of two names": Case(
        {"westus3": {"cloud": {"name": "other"}}},
        ("eastus", "westus3"),
        ("two clouds, 'ray' and 'other'", "one cloud", "`cloud: {primary: eastus}`", "another folder"),
    ),
    "a primary that is near to a stack": Case(
        {"westus3": {"cloud": {"primary": "eastsu"}}},
        ("westus3",),
        ("cloud.primary 'eastsu'", "no stack", "did you mean 'eastus'?"),
    ),
    "a primary that is like none": Case(
        {"westus3": {"cloud": {"primary": "zz"}}},
        ("westus3",),
        ("cloud.primary 'zz'", "no stack", "use one of: eastus"),
    ),
    "a chain": Case(
        {"third": {"cloud": {"primary": "westus3"}, "storage": {"mounts": [{"name": "scratch", "home": "primary"}]}}},
        ("westus3", "third"),
        ("westus3 joins a cloud itself", "write `cloud: {primary: eastus}` in Pulumi.third.yaml"),
    ),
    "a container that the primary does not make": Case(
        {"westus3": {"storage": {"mounts": [{"name": "scratch", "home": "primary"}]}}},
        ("westus3", "eastus"),
        ("mount 'scratch'", "container 'scratch'", "storage.mounts of Pulumi.eastus.yaml", "home: primary"),
    ),
    "a mount that the primary keeps at home": Case(
        {"eastus": {"storage": {"mounts": [{"name": "models", "home": "region"}]}}},
        ("westus3", "eastus"),
        ("mount 'models'", "which eastus does not make", "Pulumi.eastus.yaml"),
    ),
    "one address space": Case(
        {"westus3": a_network("10.10.0.0/16", podAddresses="10.0.0.0/16")},
        ("eastus", "westus3"),
        ("10.10.0.0/16 and 10.10.0.0/16", "never be connected", "in Pulumi.westus3.yaml, e.g. 10.1.0.0/16"),
    ),
    "one address space inside another": Case(
        {"westus3": a_network("10.10.128.0/20")},
        ("eastus", "westus3"),
        ("10.10.0.0/16 and 10.10.128.0/20", "in Pulumi.westus3.yaml, e.g. 10.0.0.0/20"),
    ),
    "one address space around two": Case(
        {"westus3": a_network("10.0.0.0/12")} | {"awest": a_network("10.4.0.0/16")},
        ("awest", "eastus", "westus3"),
        ("10.4.0.0/16, 10.10.0.0/16 and 10.0.0.0/12", "e.g. 10.16.0.0/12"),
    ),
    "pods over the address space of another stack": Case(
        {"westus3": a_network("10.20.0.0/16", podAddresses="10.10.0.0/17")},
        ("westus3", "eastus"),
        ("pods in 10.10.0.0/17 and address space 10.10.0.0/16", "could not reach", "podAddresses apart"),
    ),
    "pods of an existing network over an address space": Case(
        {"westus3": {"network": {**EXISTING, "podAddresses": "10.10.0.0/16"}}},
        ("westus3", "eastus"),
        ("pods in 10.10.0.0/16", "choose another addressSpace in Pulumi.eastus.yaml"),
    ),
    "a subnet in the network of another stack": Case(
        {"westus3": in_subnets(f"{SUBNET}/vnet-ray-eastus")},
        ("eastus", "westus3"),
        (
            "nodeSubnetId in network vnet-ray-eastus",
            "stack eastus makes",
            "write `addressSpace` in Pulumi.westus3.yaml",
        ),
    ),
    "two private stacks in one network": Case(
        {name: in_subnets(f"{SUBNET}/hub") | {"storage": {"access": "private"}} for name in STACKS},
        ("eastus", "westus3"),
        ("access: private", "network hub", "one private DNS zone", "Pulumi.westus3.yaml", "access: entra"),
    ),
    "a key here and another there": Case(
        {},
        ("eastus", "westus3"),
        (f"eastus kept by {VAULT}, of westus3 by {OTHER_VAULT}", f"'{VAULT}' --stack westus3"),
        kept(eastus=VAULT, westus3=OTHER_VAULT),
    ),
    "a key here and a passphrase there": Case(
        {},
        ("eastus", "westus3"),
        ("westus3 by passphrase", f"change-secrets-provider '{VAULT}' --stack westus3"),
        kept(eastus=VAULT, westus3="passphrase"),
    ),
    "a key in the primary and none in who joins": Case(
        {},
        ("eastus", "westus3"),
        ("westus3 by nobody named", f"`pulumi stack init westus3 --secrets-provider '{VAULT}'`", "commit the file"),
        {"secrets": {"eastus": VAULT, "westus3": ""}},
    ),
    "a passphrase in the primary and none in who joins": Case(
        {},
        ("eastus", "westus3"),
        ("westus3 by nobody named", "change-secrets-provider 'passphrase' --stack westus3"),
        kept(eastus="passphrase", westus3=""),
    ),
    "a key in who joins and none in the primary": Case(
        {},
        ("westus3", "eastus"),
        ("eastus kept by nobody named", f"change-secrets-provider '{VAULT}' --stack eastus"),
        kept(eastus="", westus3=VAULT),
    ),
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
def test_what_only_the_fleet_can_see_is_refused_with_what_to_do(case: Case) -> None:
    found = problems(a_fleet(case.changes), **case.known)

    assert [problem.stacks for problem in found] == [case.stacks]
    line = str(found[0])
    assert [word for word in case.words if word not in line] == [], line


def test_a_line_names_all_its_files() -> None:
    def line(*stacks: str) -> str:
        return str(FleetProblem(stacks=stacks, found="found", why="why", remedy="do"))

    assert line("a") == "Pulumi.a.yaml: found, why; do"
    assert line("a", "b") == "Pulumi.a.yaml and Pulumi.b.yaml: found, why; do"
    assert line("a", "b", "c") == "Pulumi.a.yaml, Pulumi.b.yaml and Pulumi.c.yaml: found, why; do"


FINE: dict[str, tuple[Mapping[str, Changes], Mapping[str, Any]]] = {
    "the stacks of this project": ({}, {}),
    "a third region": ({"third": {}}, {}),
    "a second stack in one region": ({"westus3-b": a_network("10.30.0.0/16")}, {}),
    "neighbouring address spaces": ({"westus3": a_network("10.11.0.0/16")}, {}),
    "one range of pods in all": (
        {name: a_network(space, podAddresses="10.128.0.0/16") for name, space in SPACES.items()},
        {},
    ),
    "two stacks in one network that neither makes": ({name: in_subnets(f"{SUBNET}/hub") for name in STACKS}, {}),
    "private stacks in networks of their own": (
        {name: in_subnets(f"{SUBNET}/{name}") | {"storage": {"access": "private"}} for name in STACKS},
        {},
    ),
    "a primary whose file cannot be used": (
        {"westus3": {"cloud": {"primary": "broken"}}},
        {"unreadable": ["broken"]},
    ),
    "a primary whose file is in another folder": (
        {"westus3": {"cloud": {"primary": "elsewhere"}}},
        {"deployed": {"elsewhere": {}}},
    ),
    "a mount of one's own in both": (
        {name: {"storage": {"mounts": [{"name": "scratch", "home": "primary"}]}} for name in STACKS},
        {},
    ),
    "one key": ({}, kept(eastus=VAULT, westus3=VAULT)),
    "passphrases": ({}, kept(eastus="passphrase", westus3="passphrase")),
    "the backend's own keys": ({}, kept(eastus="", westus3="")),
    "a stack that is not made yet, where passphrases are kept": (
        {},
        {"secrets": {"eastus": "passphrase", "westus3": ""}, "deployed": {"eastus": {}}},
    ),
    "stacks that join, with keys of which nothing is known": ({}, {"secrets": {"eastus": VAULT}}),
    "a stack that was never deployed": ({}, {"deployed": {"eastus": {}, "westus3": {}}}),
}


@pytest.mark.parametrize(("changes", "known"), FINE.values(), ids=FINE)
def test_what_goes_together_is_left_in_peace(changes: Mapping[str, Changes], known: Mapping[str, Any]) -> None:
    assert problems(a_fleet(changes), **known) == ()


def test_stacks_that_join_each_other_are_told_that_one_must_own() -> None:
    found = problems(
        [a_stack("westus3", {"cloud": {"primary": "third"}}), a_stack("third", {"cloud": {"primary": "westus3"}})]
    )

    assert [problem.stacks for problem in found] == [("westus3", "third"), ("third", "westus3")]
    assert all("let one stack own the cloud, `cloud: {name: ...}`" in problem.remedy for problem in found)


def test_where_no_stack_owns_a_cloud_the_one_that_is_joined_is_asked_for() -> None:
    (found,) = problems([a_stack("westus3", {})])

    assert found.remedy == "write Pulumi.eastus.yaml, or own the cloud: `cloud: {name: ...}`"


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


def test_ranges_that_are_proposed_are_apart_from_each_other_too() -> None:
    found = problems(a_fleet({name: a_network("10.10.0.0/16") for name in ("a", "b", "c")}))

    proposed = [problem.remedy.rpartition("e.g. ")[2] for problem in found]
    assert len(set(proposed)) == len(proposed) == 3, "whoever follows every remedy is done"


def test_the_order_of_the_files_does_not_matter() -> None:
    specs = a_fleet({"westus3": {**OWNER, **a_network("10.10.0.0/16")}, "third": {"cloud": {"primary": "no"}}})

    deployed = {name: {contract.VERSION_OUTPUT: 0} for name in STACKS}
    backwards = dict(reversed(deployed.items()))

    assert problems(specs, deployed=deployed) == problems(specs[::-1], deployed=backwards)
    assert len(problems(specs, deployed=deployed)) == 5


def written(folder: Path, **files: str) -> Path:
    """A project with the stack files of this one, and others; `+` before a text adds it to what is there."""
    (folder / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    for stack in STACKS:
        (folder / f"Pulumi.{stack}.yaml").write_text((ROOT / f"Pulumi.{stack}.yaml").read_text())
    for stack, text in files.items():
        file = folder / f"Pulumi.{stack}.yaml"
        file.write_text(file.read_text() + text[1:] if text[0] == "+" else text)
    return folder


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
