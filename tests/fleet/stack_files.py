"""Stack files beside each other: those of this project, with changes."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from refusals import EXISTING
from specs import ROOT, STACKS, stack_values

from fleet.validate import problems
from stack.derive import derive
from stack.load import PROJECT, load
from stack.spec import StackSpec

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


def written(folder: Path, **files: str) -> Path:
    """A project with the stack files of this one, and others; `+` before a text adds it to what is there."""
    (folder / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    for stack in STACKS:
        (folder / f"Pulumi.{stack}.yaml").write_text((ROOT / f"Pulumi.{stack}.yaml").read_text())
    for stack, text in files.items():
        file = folder / f"Pulumi.{stack}.yaml"
        file.write_text(file.read_text() + text[1:] if text[0] == "+" else text)
    return folder


Fine = tuple[Mapping[str, Changes], Mapping[str, Any]]
"""Changes of stack files that go together, and what stands beside them, as for `Case.known`."""


def refused(case: Case) -> None:
    """Exactly that is found, and the line says what to do."""
    found = problems(a_fleet(case.changes), **case.known)

    assert [problem.stacks for problem in found] == [case.stacks]
    line = str(found[0])
    assert [word for word in case.words if word not in line] == [], line


def left_in_peace(changes: Mapping[str, Changes], known: Mapping[str, Any]) -> None:
    """Nothing is found."""
    assert problems(a_fleet(changes), **known) == ()
