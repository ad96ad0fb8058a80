"""Who owns the cloud, what those who join it need from the owner, and who opens whose secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from specs import STACKS

from fleet.validate import problems
from tests.fleet.stack_files import (
    OTHER_VAULT,
    OWNER,
    VAULT,
    Case,
    Changes,
    Fine,
    a_stack,
    kept,
    left_in_peace,
    refused,
)
from tests.fleet.statuses import outputs

PRIVATE: Changes = {"storage": {"access": "private"}}


AT_HOME = [{"name": name, "home": "region"} for name in ("datasets", "models")]


def told(*, shared: str) -> dict[str, Any]:
    """Outputs of a finished `up` of a primary."""
    return {**outputs("elsewhere"), "sharedStorageAccess": shared}


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
    "a key here and another there": Case(
        {},
        ("eastus", "westus3"),
        (f"eastus kept by {VAULT}, of westus3 by {OTHER_VAULT}", f"{VAULT} --stack westus3"),
        kept(eastus=VAULT, westus3=OTHER_VAULT),
    ),
    "a key here and a passphrase there": Case(
        {},
        ("eastus", "westus3"),
        ("westus3 by passphrase", f"change-secrets-provider {VAULT} --stack westus3"),
        kept(eastus=VAULT, westus3="passphrase"),
    ),
    "a key in the primary and none in who joins": Case(
        {},
        ("eastus", "westus3"),
        ("westus3 by nobody named", f"`pulumi stack init --secrets-provider {VAULT} --stack westus3`", "then commit"),
        {"secrets": {"eastus": VAULT, "westus3": ""}},
    ),
    "a passphrase in the primary and none in who joins": Case(
        {},
        ("eastus", "westus3"),
        ("westus3 by nobody named", "change-secrets-provider passphrase --stack westus3"),
        kept(eastus="passphrase", westus3=""),
    ),
    "a key in who joins and none in the primary": Case(
        {},
        ("westus3", "eastus"),
        ("eastus kept by nobody named", f"change-secrets-provider {VAULT} --stack eastus"),
        kept(eastus="", westus3=VAULT),
    ),
    "mounts of a primary behind private endpoints": Case(
        {"eastus": PRIVATE},
        ("eastus", "westus3"),
        ("storage.access entra with mounts", "eastus keeps behind", "`storage: {access: private}` in Pulumi.westus3"),
    ),
    "mounts of a primary whose file is in another folder and that is private": Case(
        {"westus3": {"cloud": {"primary": "elsewhere"}}},
        ("westus3",),
        ("which elsewhere keeps behind private endpoints", "`home: region`"),
        {"deployed": {"elsewhere": told(shared="private")}},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_stacks_that_are_not_one_cloud_are_refused_with_what_to_do(case: Case) -> None:
    refused(case)


FINE: dict[str, Fine] = {
    "a primary whose file cannot be used": (
        {"westus3": {"cloud": {"primary": "broken"}}},
        {"unreadable": ["broken"]},
    ),
    "a primary whose file is in another folder": (
        {"westus3": {"cloud": {"primary": "elsewhere"}}},
        {"deployed": {"elsewhere": {}}},
    ),
    "mounts of a private primary in a private stack": (dict.fromkeys(STACKS, PRIVATE), {}),
    "mounts of an open primary in a private stack": ({"westus3": PRIVATE}, {}),
    "no mount of a private primary": (
        {"eastus": PRIVATE, "westus3": {"storage": {"mounts": AT_HOME}}},
        {},
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
}


@pytest.mark.parametrize(("changes", "known"), FINE.values(), ids=FINE)
def test_stacks_of_one_cloud_are_left_in_peace(changes: Mapping[str, Changes], known: Mapping[str, Any]) -> None:
    left_in_peace(changes, known)


def test_stacks_that_join_each_other_are_told_that_one_must_own() -> None:
    found = problems(
        [a_stack("westus3", {"cloud": {"primary": "third"}}), a_stack("third", {"cloud": {"primary": "westus3"}})]
    )

    assert [problem.stacks for problem in found] == [("westus3", "third"), ("third", "westus3")]
    assert all("let one stack own the cloud, `cloud: {name: ...}`" in problem.remedy for problem in found)


def test_where_no_stack_owns_a_cloud_the_one_that_is_joined_is_asked_for() -> None:
    (found,) = problems([a_stack("westus3", {})])

    assert found.remedy == "write Pulumi.eastus.yaml, or own the cloud: `cloud: {name: ...}`"
