"""Changes in Azure: which replace, which are refused, and what others changed."""

from __future__ import annotations

from typing import Any

import pytest
from standins_client import ACCOUNT, CLUSTER, IDENTITIES, OMIT, POOL, REGION, VNET, Refusal, Standins, build, merged

from simulator.standins import drift

Json = dict[str, Any]


REPLACEMENTS: list[tuple[str, Json, set[str]]] = [
    ("cluster", {"tags": {"a": "b"}}, set()),
    ("cluster", {"kubernetesVersion": "1.36"}, set()),
    ("cluster", {"agentPoolProfiles": []}, set()),
    ("cluster", {"networkProfile": {"podCidr": "10.245.0.0/16"}}, {"networkProfile"}),
    ("cluster", {"networkProfile": {"outboundType": "loadBalancer"}}, {"networkProfile"}),
    ("cluster", {"location": "westus3"}, {"location"}),
    ("cluster", {"resourceName": "other"}, {"resourceName"}),
    ("pool", {"maxCount": 20}, set()),
    ("pool", {"nodeTaints": ["a=b:NoSchedule"]}, set()),
    ("pool", {"vmSize": "Standard_D32ds_v5"}, {"vmSize"}),
    ("pool", {"availabilityZones": ["1"]}, set()),
    ("pool", {"localDNSProfile": {"mode": "Required"}}, set()),
    ("group", {"location": "westus3"}, {"location"}),
    ("vnet", {"location": "westus3"}, {"location"}),
    ("vnet", {"addressSpace": {"addressPrefixes": ["10.10.0.0/15"]}}, set()),
    ("nodes", {"subnetName": "other"}, {"subnetName"}),
    ("prefix", {"prefixLength": 30}, {"prefixLength"}),
    ("account", {"isHnsEnabled": False}, {"isHnsEnabled"}),
    ("account", {"sku": {"name": "Standard_LRS"}}, set()),
    ("account", {"accountName": "other"}, {"accountName"}),
    ("credential", {"subject": "other"}, set()),
    ("credential", {"federatedIdentityCredentialResourceName": "other"}, {"federatedIdentityCredentialResourceName"}),
    ("admin", {"principalId": "x"}, {"principalId"}),
    ("admin", {"description": "x"}, set()),
]


@pytest.mark.parametrize(("step", "change", "replaced"), REPLACEMENTS, ids=lambda value: str(value)[:60])
def test_a_change_replaces_only_where_azure_cannot_change_in_place(
    served: Standins, step: str, change: Json, replaced: set[str]
) -> None:
    type, inputs = REGION[step]
    replaces, kinds, first = served.azure().diff(type, inputs, merged(inputs, change))
    assert replaces == replaced, f"{change} of {step}"
    assert kinds, "every change is spelled out"
    assert first == bool(replaced), "a given name cannot be taken twice, so the old one goes first"
    assert any(kind.endswith("_REPLACE") for kind in kinds.values()) == bool(replaced), "the detailed diff agrees"


def test_kubernetes_is_upgraded_one_minor_at_a_time(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["cluster"]
    build(azure, {"cluster": {"kubernetesVersion": "1.34"}})
    with pytest.raises(Refusal, match="one at a time"):
        azure.update(type, "cluster", CLUSTER, inputs, {**inputs, "kubernetesVersion": "1.36"})
    after = azure.update(type, "cluster", CLUSTER, inputs, {**inputs, "kubernetesVersion": "1.35"})
    assert after["currentKubernetesVersion"].startswith("1.35."), "the upgrade runs"


def test_nobody_but_the_autoscaler_sets_the_size_of_an_autoscaled_pool(served: Standins) -> None:
    azure, id = served.azure(), f"{CLUSTER}/agentPools/cpu"
    type = REGION["pool"][0]
    made = build(azure)["pool"]
    drift.autoscale(served.world, id, 7)
    with pytest.raises(Refusal, match="OperationNotAllowed"):
        azure.update(type, "pool", id, POOL, {**POOL, "maxCount": 20})
    _, refreshed, _ = azure.read(type, id, POOL, made)
    assert refreshed == {**POOL, "count": 7}, "after a refresh the inputs are as sent, with the live count"
    assert azure.update(type, "pool", id, refreshed, {**refreshed, "maxCount": 20})["count"] == 7, "and go through"


@pytest.mark.parametrize("change", [{"availabilityZones": ["1"]}, {"scaleSetPriority": "Spot"}, {"maxPods": 30}])
def test_what_a_pool_has_from_its_creation_azure_native_sends_and_azure_refuses(
    served: Standins, change: dict[str, Any]
) -> None:
    azure, type = served.azure(), REGION["pool"][0]
    build(azure)

    with pytest.raises(Refusal, match="PropertyChangeNotAllowed"):
        azure.update(type, "pool", f"{CLUSTER}/agentPools/cpu", POOL, {**POOL, **change})


def test_a_patch_upgrade_is_no_drift_of_what_was_asked(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["cluster"]
    made = build(azure)["cluster"]
    drift.patch_upgrade(served.world, CLUSTER)
    _, refreshed, outputs = azure.read(type, CLUSTER, inputs, made)
    assert refreshed["kubernetesVersion"] == "1.35", "the file says a minor version, and so it stays"
    assert outputs["currentKubernetesVersion"] != made["currentKubernetesVersion"], "the patch is seen in the outputs"
    after = azure.update(type, "cluster", CLUSTER, inputs, {**inputs, "tags": {"a": "b"}})
    assert after["currentKubernetesVersion"] == outputs["currentKubernetesVersion"], "no later write downgrades it"


def test_a_taint_that_azure_adds_comes_into_the_inputs(served: Standins) -> None:
    azure, (type, id) = served.azure(), (REGION["pool"][0], f"{CLUSTER}/agentPools/cpu")
    made = build(azure)["pool"]
    drift.azure_adds_taint(served.world, id)
    _, refreshed, _ = azure.read(type, id, POOL, made)
    spot = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
    assert refreshed["nodeTaints"] == [*POOL["nodeTaints"], spot], "changed outputs come back as inputs (engine 2b.7)"


def test_what_somebody_deleted_is_read_as_gone_and_made_again_by_an_update(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["operator"]
    build(azure, upto="operator")
    drift.somebody_deletes(served.world, f"{IDENTITIES}/operator")
    assert azure.read(type, f"{IDENTITIES}/operator", inputs)[0] == "", "an empty id is what the engine takes for gone"
    azure.update(type, "operator", f"{IDENTITIES}/operator", inputs, inputs)
    assert azure.read(type, f"{IDENTITIES}/operator", inputs)[0], "an update is a PUT"


def test_an_import_reads_the_inputs_that_made_it(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["account"]
    build(azure)
    _, imported, _ = azure.read(type, ACCOUNT)
    assert inputs.items() <= imported.items(), "an adopted account differs in nothing from one that was made"


def test_a_network_that_was_there_before_can_be_used(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["vnet"]
    build(azure, upto="vnet")
    record = served.world.remove(VNET.lower())
    assert record is not None, "taken away, to be put back as the user's own"
    drift.was_there_before(served.world, record)
    azure.create(*REGION["nodes"][:1], "nodes", merged(REGION["nodes"][1], {"natGateway": OMIT}))
    assert azure.read(type, VNET, inputs)[0] == VNET, "what the user brings is as real as what the stack made"
