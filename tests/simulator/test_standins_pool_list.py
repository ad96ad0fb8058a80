"""The list of node pools in a cluster: what a refresh brings into it, and what a write may say of it."""

from __future__ import annotations

from typing import Any

import pytest
from standins_client import CLUSTER, POOL, REGION, Refusal, Standins, build

from simulator.standins import drift

Json = dict[str, Any]
TYPE, INPUTS = REGION["cluster"]
[SYSTEM] = INPUTS["agentPoolProfiles"]


def names(values: Json) -> list[str]:
    return [pool["name"] for pool in values["agentPoolProfiles"]]


def test_a_pool_made_after_the_cluster_stands_in_its_list_after_a_refresh(served: Standins) -> None:
    azure, made = served.azure(), build(served.azure())["cluster"]

    _, refreshed, outputs = azure.read(TYPE, CLUSTER, INPUTS, made)

    assert names(made) == ["system"], "Azure answered before there was another pool"
    assert names(outputs) == names(refreshed) == ["system", "cpu"], "as azure-native's refresh does"
    assert refreshed["agentPoolProfiles"][0] == SYSTEM, "of what was asked nothing changed"


def test_once_the_answer_named_every_pool_only_the_autoscaler_brings_them_back(served: Standins) -> None:
    azure = served.azure()
    build(azure)
    told = azure.update(TYPE, "cluster", CLUSTER, INPUTS, {**INPUTS, "tags": {"a": "b"}})
    asked = {**INPUTS, "tags": {"a": "b"}}
    assert names(told) == ["system", "cpu"], "a write is answered with every pool"
    assert azure.read(TYPE, CLUSTER, asked, told)[1] == asked, "nothing changed since"

    drift.autoscale(served.world, f"{CLUSTER}/agentPools/cpu", 7)

    assert names(azure.read(TYPE, CLUSTER, asked, told)[1]) == ["system", "cpu"], "one changed count brings the list"


def test_a_write_that_leaves_pools_out_leaves_them_alone(served: Standins) -> None:
    azure = served.azure()
    build(azure)

    azure.update(TYPE, "cluster", CLUSTER, INPUTS, {**INPUTS, "kubernetesVersion": "1.36"})

    assert azure.read(REGION["pool"][0], f"{CLUSTER}/agentPools/cpu", POOL)[0], "it is a resource of its own"


def written(served: Standins, *pools: Json) -> None:
    azure = served.azure()
    build(azure)
    azure.update(TYPE, "cluster", CLUSTER, INPUTS, {**INPUTS, "agentPoolProfiles": list(pools)})


CPU = {"name": "cpu", "vmSize": POOL["vmSize"], "mode": "User"}
REFUSED = [
    ("a pool that is not there", [SYSTEM, {**CPU, "name": "gone"}], "A new agent pool was introduced"),
    ("another size", [{**SYSTEM, "vmSize": "Standard_D8ds_v5"}], "PropertyChangeNotAllowed"),
    (
        "the count of an autoscaled pool",
        [SYSTEM, {**CPU, "enableAutoScaling": True, "minCount": 0, "maxCount": 10, "count": 3}],
        "OperationNotAllowed",
    ),
    ("a version for one of two", [{**SYSTEM, "orchestratorVersion": "1.35"}], "NotAllAgentPoolOrchestratorVersion"),
    (
        "a version that is neither the pool's nor the cluster's",
        [{**pool, "orchestratorVersion": "1.34"} for pool in (SYSTEM, CPU)],
        "NotAllAgentPoolOrchestratorVersion",
    ),
]


@pytest.mark.parametrize(("pools", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_write_is_refused_with(served: Standins, pools: list[Json], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        written(served, *pools)


def test_a_write_that_names_every_pool_as_it_is_passes_and_makes_no_second_one(served: Standins) -> None:
    written(served, *({**pool, "orchestratorVersion": "1.35"} for pool in (SYSTEM, CPU)))

    assert names(served.azure().read(TYPE, CLUSTER, INPUTS)[2]) == ["system", "cpu"]
