"""What may not change once a stack is up."""

from __future__ import annotations

from typing import Any

import pytest
from specs import a_spec

from stack.base import SettingsError
from stack.contract import DeployedValues
from stack.fixed import containers, fixed, refuse_changes
from stack.spec import StackSpec

SCRATCH = {"mounts": [{"name": "scratch", "container": "scratch", "path": "/mnt/scratch"}]}


def after_up(spec: StackSpec, **changes: Any) -> DeployedValues:
    """What an `up` of `spec` leaves behind."""
    values: dict[str, Any] = {
        "fixed": fixed(spec),
        "lifecycle": spec.settings.lifecycle,
        "containers": containers(spec),
        "cluster_digest": "0123",
    }
    return DeployedValues(**values | changes)


def refusal(spec: StackSpec, deployed: DeployedValues) -> str:
    with pytest.raises(SettingsError) as caught:
        refuse_changes(spec, deployed)
    return str(caught.value)


def test_a_stack_that_was_never_up_may_ask_for_anything() -> None:
    refuse_changes(a_spec(), None)


def test_the_same_file_again_is_fine_and_so_is_a_mount_more() -> None:
    refuse_changes(a_spec(), after_up(a_spec()))
    refuse_changes(a_spec(storage=SCRATCH), after_up(a_spec()))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sizedFor": "one-giant-job"}, "sizedFor: one-giant-job where many-jobs is deployed"),
        ({"network": {"addressSpace": "10.99.0.0/16"}}, "network: 10.99.0.0/16 where 10."),
        ({"network": {"podAddresses": "10.200.0.0/16"}}, "network.podAddresses: 10.200.0.0/16 where 10.244.0.0/16"),
        ({"storage": {"replication": "Premium_ZRS"}}, "storage.replication: Premium where Standard is deployed"),
        ({"azure": {"location": "westus2"}, "nodePools": lambda p: p[:1]}, "azure-native:location: westus2 where east"),
        ({"azure": {"subscriptionId": "1" * 8 + "-1111-1111-1111-" + "1" * 12}}, "azure-native:subscriptionId: 1111"),
    ],
)
def test_what_azure_would_refuse_half_way_is_refused_before(change: dict[str, Any], said: str) -> None:
    told = refusal(a_spec(**change), after_up(a_spec()))

    assert said in told
    assert "build it as another stack" in told, "a refusal says what to do"


def test_a_size_that_also_moves_the_network_is_told_as_both() -> None:
    change = {"sizedFor": "one-giant-job", "network": {"addressSpace": "10.64.0.0/10"}}

    told = refusal(a_spec(**change), after_up(a_spec()))

    assert "sizedFor: " in told
    assert "network: " in told
    assert "podAddresses" not in told, "whose default follows the size"


def test_another_subscription_is_told_alone_for_every_name_follows_it() -> None:
    moved = a_spec(azure={"subscriptionId": "11111111-2222-3333-4444-555555555555"})

    assert "no mount of" not in refusal(moved, after_up(a_spec()))


def test_what_an_older_program_did_not_note_is_not_compared() -> None:
    refuse_changes(a_spec(sizedFor="trial"), after_up(a_spec(), fixed={}))


def existing(**changes: str) -> StackSpec:
    subnets = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network"
    subnets += "/virtualNetworks/vnet/subnets"
    asked = {
        "nodeSubnetId": f"{subnets}/nodes",
        "apiServerSubnetId": f"{subnets}/api",
        "outbound": "userDefinedRouting",
        "apiServerClients": ["203.0.113.0/24"],
    }
    return a_spec(network=lambda _: asked | changes)


def test_another_network_is_told_by_what_stands() -> None:
    assert "where 10.10.0.0/16 is deployed" in refusal(existing(), after_up(a_spec()))
    assert "/subnets/nodes, /subscriptions/" in refusal(a_spec(), after_up(existing()))


@pytest.mark.parametrize("key", ["nodeSubnetId", "apiServerSubnetId"])
def test_another_subnet_of_an_existing_network_is_refused_but_not_another_spelling(key: str) -> None:
    before = existing()
    known = before.settings.network.model_dump(by_alias=True)[key]

    assert f"{known.lower()}2" in refusal(existing(**{key: f"{known}2"}), after_up(before))
    refuse_changes(existing(**{key: known.replace("resourceGroups", "resourcegroups")}), after_up(before))


def test_a_mount_of_a_protected_stack_is_not_let_go_in_passing() -> None:
    with_scratch = a_spec(storage=SCRATCH)
    account = with_scratch.names.storage_account

    told = refusal(a_spec(), after_up(with_scratch))

    assert f"no mount of {account}/scratch" in told
    assert "lifecycle: retiring" in told
    assert f"no mount of {account}/scratch" in refusal(a_spec(lifecycle="retiring"), after_up(with_scratch)), (
        "what protects is what the last `up` set, not what the file says now"
    )


def test_a_mount_of_a_retiring_stack_may_go() -> None:
    with_scratch = a_spec(storage=SCRATCH)

    refuse_changes(a_spec(lifecycle="retiring"), after_up(with_scratch, lifecycle="retiring"))


def test_a_home_that_moves_away_lets_go_of_a_container_too() -> None:
    moved = a_spec("westus3", storage={"mounts": [{"name": "checkpoints", "home": "primary"}]})

    assert "/checkpoints" in refusal(moved, after_up(a_spec("westus3")))


def test_the_registered_container_and_the_shared_ones_are_owned() -> None:
    names = a_spec().names

    assert f"{names.storage_account}/anyscale" in containers(a_spec()), "Anyscale's own, which no mount names"
    assert f"{names.shared_storage_account}/datasets" in containers(a_spec())
    assert not any(each.startswith("/") or "datasets" in each for each in containers(a_spec("westus3"))), (
        "what the primary owns is not this stack's to keep"
    )
