from __future__ import annotations

import re
from typing import Any

import pytest
from specs import STACKS, a_spec

from stack.placeholders import placeholders


@pytest.mark.parametrize("stack", STACKS)
def test_the_real_stack_files_give_no_warning(stack: str) -> None:
    assert a_spec(stack).warnings == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cluster": {"kubernetesVersion": "1.34"}}, "November 2026"),
        ({"sizedFor": "one-giant-job", "network": {"podAddresses": "100.64.0.0/11"}}, "nothing upgrades this cluster"),
        ({"cluster": {"upgrades": {"kubernetes": "none"}}}, "nothing upgrades this cluster"),
        ({"nodePools": [{"name": "p", "vmSize": "Standard_D8ds_v5", "maxCount": 1, "spot": True}]}, "Ray heads"),
        ({"nodePools": [{"name": "p", "vmSize": "Standard_NC64as_T4_v3", "maxCount": 1}]}, "Ray heads"),
        ({"storage": {"replication": "Standard_GZRS"}}, "no sharing between regions"),
        ({"acceptRisk": [{"risk": "ingress-from-internet", "reason": "left over"}]}, "no setting takes that risk"),
        ({"network": {"apiServerClients": ["8.8.8.8/32", "10.1.0.0/16"]}}, "10.1.0.0/16 is private"),
        ({"nodePools": [{"name": "p", "vmSize": "Standard_D4ds_v5", "maxCount": 1}]}, "'models' takes 8 GiB"),
    ],
)
def test_what_works_but_should_be_known_is_told_in_a_sentence(changes: dict[str, Any], words: str) -> None:
    found = [warning for warning in a_spec(**changes).warnings if words in warning]

    assert len(found) == 1, "told once"
    assert re.fullmatch(r"[\w.\[\]]+: .*\.", found[0]), "a sentence that begins with its key"


def test_an_accepted_risk_that_is_taken_is_no_left_over() -> None:
    risk = [{"risk": "ingress-from-internet", "reason": "behind a proxy"}]
    assert a_spec(acceptRisk=risk, anyscale={"ingress": {"clients": []}}).warnings == ()


@pytest.mark.parametrize("stack", STACKS)
def test_each_placeholder_of_the_stack_files_is_told_with_its_place(stack: str) -> None:
    assert [problem.path for problem in placeholders(a_spec(stack).settings)] == [
        "azure-native:subscriptionId",
        "cluster.admins[0].id",
        "network.apiServerClients[0]",
        "anyscale.ingress.clients[0]",
    ]


def test_values_of_ones_own_are_no_placeholders() -> None:
    spec = a_spec(
        azure={"subscriptionId": "11111111-1111-1111-1111-111111111111"},
        cluster={"admins": [{"type": "user", "id": "22222222-2222-2222-2222-222222222222"}]},
        network={"apiServerClients": ["8.8.8.8/32", "10.0.0.0/8"]},
        anyscale={"ingress": {"clients": ["203.0.114.0/24"]}},
    )
    assert list(placeholders(spec.settings)) == []


@pytest.mark.parametrize("cidr", ["192.0.2.7/32", "198.51.100.0/25", "203.0.113.0/24"])
def test_every_documentation_range_is_a_placeholder(cidr: str) -> None:
    [problem] = placeholders(
        a_spec(azure={"subscriptionId": "1" * 8 + "-1111-1111-1111-" + "1" * 12}, **_own(cidr)).settings
    )
    assert cidr in problem.found


def _own(cidr: str) -> dict[str, Any]:
    return {
        "cluster": {"admins": [{"type": "user", "id": "22222222-2222-2222-2222-222222222222"}]},
        "network": {"apiServerClients": [cidr]},
        "anyscale": {"ingress": {"clients": ["10.0.0.0/24"]}},
    }
