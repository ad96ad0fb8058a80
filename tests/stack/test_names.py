from __future__ import annotations

import re
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st
from specs import STACKS, a_spec, stack_values

from stack.load import load
from stack.names import STACK_NAME_LENGTH, names
from stack.spec import Names

LIMITS = {
    "cluster": r"[a-zA-Z0-9]([\w-]{0,61}[a-zA-Z0-9])?",
    "resource_group": r"[\w.()-]{1,89}[\w()-]",
    "data_resource_group": r"[\w.()-]{1,89}[\w()-]",
    "shared_resource_group": r"[\w.()-]{1,89}[\w()-]",
    "node_resource_group": r"[\w.()-]{1,79}[\w()-]",
    "network": r"[a-zA-Z0-9][\w.-]{0,62}\w",
    "identity": r"[a-zA-Z0-9][\w-]{2,127}",
    "cluster_identity": r"[a-zA-Z0-9][\w-]{2,127}",
    "nat_gateway": r"[a-zA-Z0-9][\w.-]{0,78}\w",
    "nat_prefix": r"[a-zA-Z0-9][\w.-]{0,78}\w",
    "storage_account": r"[a-z0-9]{3,24}",
    "shared_storage_account": r"[a-z0-9]{3,24}",
    "dns_label": r"[a-z][a-z0-9-]{1,61}[a-z0-9]",
    "cloud_resource": r"[a-zA-Z0-9_-]{1,256}",
    "operator_namespace": r"[a-z0-9-]{1,63}",
}
"""Azure's rules for names, by resource (Resource name rules, read 2026-08)."""


def of(stack: str, *, subscription: str = "11111111-1111-1111-1111-111111111111", primary: bool = True) -> Names:
    values = stack_values("eastus" if primary else "westus3") | {"azure-native:subscriptionId": subscription}
    return names(stack, load("eastus" if primary else "westus3", values))


@given(st.from_regex(rf"[a-z0-9]([a-z0-9-]{{0,{STACK_NAME_LENGTH - 2}}}[a-z0-9])?", fullmatch=True))
def test_every_stack_name_that_is_taken_gives_names_that_azure_takes(stack: str) -> None:
    for field, name in asdict(of(stack)).items():
        assert re.fullmatch(LIMITS[field], name), f"{field}: {name}"


def test_names_are_the_same_in_each_run_and_in_any_spelling_of_the_subscription() -> None:
    lower, upper = ("abcdef00-0000-0000-0000-000000000000", "ABCDEF00-0000-0000-0000-000000000000")
    assert of("eastus", subscription=lower) == of("eastus", subscription=upper)


def test_names_that_the_world_shares_differ_by_stack_and_by_subscription() -> None:
    other = "22222222-2222-2222-2222-222222222222"
    made = [of("eastus"), of("eastus", subscription=other), of("eastus2"), of("a" * 30 + "1"), of("a" * 30 + "2")]

    for field in ("storage_account", "shared_storage_account", "dns_label"):
        assert len({getattr(name, field) for name in made}) == len(made), f"{field} is cut, but its hash is not"
    assert not {name.storage_account for name in made} & {name.shared_storage_account for name in made}


def test_two_stacks_of_one_region_share_no_name() -> None:
    one, two = asdict(of("eastus")), asdict(of("eastus-b"))

    assert [field for field in one if one[field] == two[field]] == ["operator_namespace"], "each has a cluster for it"


def test_no_resource_group_has_two_owners() -> None:
    groups = [name for field, name in asdict(of("eastus")).items() if field.endswith("resource_group")]
    assert len(set(groups)) == 4, "deleting a group takes everything in it along"


def test_a_stack_that_joins_names_nothing_of_what_is_shared() -> None:
    joining = of("westus3", primary=False)
    assert (joining.shared_resource_group, joining.shared_storage_account) == ("", ""), "it reads the primary's outputs"


def test_the_names_of_the_real_stacks_are_readable() -> None:
    assert [a_spec(stack).names.cluster for stack in STACKS] == ["aks-ray-eastus", "aks-ray-westus3"]
    assert [a_spec(stack).names.cloud_resource for stack in STACKS] == ["k8s-azure-eastus", "k8s-azure-westus3"]
