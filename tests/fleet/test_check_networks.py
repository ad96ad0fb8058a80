"""Networks beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from refusals import EXISTING
from specs import STACKS

from fleet.validate import problems
from tests.fleet.stack_files import (
    SPACES,
    SUBNET,
    Case,
    Changes,
    Fine,
    a_fleet,
    a_network,
    in_subnets,
    left_in_peace,
    refused,
)

CASES = {
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
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_networks_that_could_not_be_connected_are_refused_with_what_to_do(case: Case) -> None:
    refused(case)


FINE: dict[str, Fine] = {
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
}


@pytest.mark.parametrize(("changes", "known"), FINE.values(), ids=FINE)
def test_networks_apart_are_left_in_peace(changes: Mapping[str, Changes], known: Mapping[str, Any]) -> None:
    left_in_peace(changes, known)


def test_ranges_that_are_proposed_are_apart_from_each_other_too() -> None:
    found = problems(a_fleet({name: a_network("10.10.0.0/16") for name in ("a", "b", "c")}))

    proposed = [problem.remedy.rpartition("e.g. ")[2] for problem in found]
    assert len(set(proposed)) == len(proposed) == 3, "whoever follows every remedy is done"
