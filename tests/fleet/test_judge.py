"""From steps to changes with a verdict."""

from __future__ import annotations

from typing import Any

import pytest
from fleet_events import ACCOUNT, CLUSTER, POOL, before

from fleet.engine.steps import read
from fleet.engine.values import SEALED
from fleet.judge import changes, noted, refused, unchanged
from fleet.report import SECRET, UNKNOWN, Change

NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def of(*events: Any) -> tuple[Change, ...]:
    return changes(read(events).steps)


@pytest.mark.parametrize(
    ("event", "verdict"),
    [
        (before("create", CLUSTER, "a", new={}), "safe"),
        (before("import", ACCOUNT, "a", new={}), "safe"),
        (
            before("update", POOL, "a", old={"maxCount": 1}, new={"maxCount": 2}, detailed={"maxCount": "update"}),
            "safe",
        ),
        (before("update", CLUSTER, "a", old={}, new={}, detailed={"kubernetesVersion": "update"}), "disruptive"),
        (before("delete", NETWORK_POLICY, "a", old={}), "disruptive"),
        (before("replace", POOL, "a", old={}, new={}, detailed={"vmSize": "update-replace"}), "destructive"),
        (before("delete", ACCOUNT, "a", old={}), "destructive"),
        (before("same", CLUSTER, "a", old={}, new={}, was_protected=True), "destructive"),
        (before("same", CLUSTER, "a", old={}, new={}, protected=True), "safe"),
        (before("same", ACCOUNT, "a", old={}, new={}, was_retained=True), "destructive"),
        (before("same", ACCOUNT, "a", old={}, new={}, retained=True), "safe"),
    ],
)
def test_each_change_has_a_verdict(event: Any, verdict: str) -> None:
    [change] = of(event)

    assert change.verdict == verdict


def test_what_stays_and_what_only_holds_is_no_change_but_the_state_learns_of_it() -> None:
    events = [
        before("same", POOL, "a", old={}, new={}),
        before("create", "anyscale-on-aks:components:Region", "eastus", new={}),
        before("update", "pulumi:providers:kubernetes", "k", old={}, new={}, detailed={"kubeconfig": "update"}),
        before("same", "pulumi:pulumi:Stack", "s", old={}, new={}),
    ]
    told = read(events)

    assert of(*events) == ()
    assert unchanged(told.steps) == 1
    assert [(change.operation, change.name, change.verdict) for change in noted(told.steps, told.outputs)] == [
        ("create", "eastus", "safe"),
        ("update", "k", "safe"),
    ]


def test_the_worst_is_read_first() -> None:
    told = of(
        before("create", POOL, "new", new={}),
        before("update", POOL, "more", old={}, new={}, detailed={"maxCount": "update"}),
        before("delete", NETWORK_POLICY, "policy", old={}),
        before("replace", POOL, "gpu", old={}, new={}, detailed={"vmSize": "update-replace"}),
        before("delete", POOL, "gone", old={}),
        before("same", CLUSTER, "aks", old={}, new={}, was_protected=True),
    )

    assert [change.name for change in told] == ["aks", "gone", "gpu", "policy", "more", "new"]


def test_among_what_is_lost_the_dearest_is_read_first() -> None:
    grant = "azure-native:authorization:RoleAssignment"
    told = of(before("delete", grant, "grant", old={}), before("replace", CLUSTER, "aks", old={}, new={}))

    assert [change.name for change in told] == ["aks", "grant"]


def test_a_group_takes_along_what_is_in_it_and_nothing_else() -> None:
    group = "azure-native:resources:ResourceGroup"
    told = of(
        before("delete", group, "data", old={"resourceGroupName": "rg-data"}),
        before("delete", group, "region", old={"resourceGroupName": "rg"}),
        before("delete", ACCOUNT, "account", old={"resourceGroupName": "rg-data"}),
        before("delete", POOL, "pool", old={"resourceGroupName": "rg"}),
    )

    along = {change.name: change.takes_along for change in told if change.type == group}
    assert along == {"data": ("account",), "region": ("pool",)}


def test_what_goes_is_not_told_property_by_property() -> None:
    [change] = of(before("delete", POOL, "a", old={"maxCount": 1}, detailed={"maxCount": "delete"}))

    assert change.properties == ()


def test_a_change_that_also_unprotects_is_both() -> None:
    told = of(before("update", CLUSTER, "a", old={}, new={}, was_protected=True, detailed={"tags.a": "add"}))

    assert [change.operation for change in told] == ["unprotect", "update"]


def test_a_property_goes_from_one_text_to_another() -> None:
    old = {"tags": {"a.b": "x"}, "pools": [{"count": 1}], "only": True, "same": "1"}
    new = {
        "tags": {"a.b": "y"},
        "pools": [{"count": 2}],
        "id": "/s/04da6b54-80e4-46f7-96ec-b56ff0331ba9/x",
        "same": "1",
    }
    paths = {
        'tags["a.b"]': "update",
        "pools[0].count": "update",
        "only": "delete",
        "id": "add",
        "absent.deep[3]": "add",
    }

    [change] = of(before("update", POOL, "a", old=old, new=new, detailed=paths))

    assert {prop.path: (prop.old, prop.new) for prop in change.properties} == {
        'tags["a.b"]': ("x", "y"),
        "pools[0].count": ("1", "2"),
        "only": ("true", None),
        "id": (None, f"/s/{UNKNOWN}/x"),
        "absent.deep[3]": (None, None),
    }


def test_a_secret_is_named_as_such_wherever_it_stands() -> None:
    sealed = {SEALED: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
    paths = {"kubeconfig": "update", "env[0]": "update", "auth.token": "update"}
    old = {"kubeconfig": sealed, "env": [{"name": "a", "value": sealed}], "auth": sealed}

    [change] = of(before("update", POOL, "a", old=old, new={**old, "kubeconfig": "open"}, detailed=paths))

    assert {prop.path: (prop.old, prop.new) for prop in change.properties} == {
        "kubeconfig": (SECRET, "open"),
        "env[0]": ('{"name": "a", "value": "[secret]"}',) * 2,
        "auth.token": (SECRET, SECRET),
    }


def test_what_replaces_is_marked_and_what_goes_along_is_named() -> None:
    told = of(
        before("replace", CLUSTER, "aks", old={"dnsPrefix": "a"}, new={}, detailed={"dnsPrefix": "update-replace"}),
        before("delete", NETWORK_POLICY, "policy", old={}),
        before("delete", ACCOUNT, "data", old={}),
        before("create", POOL, "new", new={}),
    )
    cluster = next(change for change in told if change.name == "aks")

    assert cluster.properties[0].replaces
    assert cluster.loses
    assert cluster.takes_along == ("policy",), "an account is not in the cluster, and a new pool does not go"


@pytest.mark.parametrize("operation", ["replace", "delete"])
def test_of_a_claim_that_goes_it_is_said_that_pods_hold_it_though_no_property_differs(operation: str) -> None:
    claim, volume = "kubernetes:core/v1:PersistentVolumeClaim", "kubernetes:core/v1:PersistentVolume"
    moved = {"spec.csi.volumeHandle": "update-replace"}

    told = of(
        before(operation, claim, "claim", old={}, new={} if operation == "replace" else None),
        before(operation, volume, "volume", old={}, new={}, detailed=moved),
        before(operation, NETWORK_POLICY, "policy", old={}),
        before(operation, "anyscale:index:Cloud", "cloud", old={}),
    )

    by_name = {change.name: change for change in told}
    assert by_name["claim"].verdict == by_name["volume"].verdict == "disruptive"
    assert "no pod mounts it any more" in by_name["claim"].effect
    assert [prop.effect for prop in by_name["volume"].properties] == (
        ["is fixed at creation: volume and claim are made anew, data stay"] if operation == "replace" else []
    )
    assert by_name["policy"].effect == "", "nothing is known of it"
    assert by_name["cloud"].effect == "", "its loss says it"


def test_what_azure_refuses_half_way_breaks_a_rule() -> None:
    subnet = "azure-native:network:Subnet"
    told = of(before("update", subnet, "nodes", old={}, new={}, detailed={"addressPrefix": "update"}))

    [rule] = refused(told)

    assert (rule.severity, rule.resource) == ("error", "nodes")
    assert refused(of(before("update", POOL, "a", old={}, new={}, detailed={"maxCount": "update"}))) == ()
