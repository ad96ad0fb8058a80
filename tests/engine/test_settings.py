"""What the two stack files do not ask for: each comes up under the engine, and then nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.deployment import Deployment

from simulator.standins import drift
from simulator.world import Record

HUB = f"/subscriptions/{'-'.join('0' * n for n in (8, 4, 4, 4, 12))}/resourceGroups/rg-hub"
SPOKE = f"{HUB}/providers/Microsoft.Network/virtualNetworks/spoke"
OTHERS_NETWORK = {
    "nodeSubnetId": f"{SPOKE}/subnets/nodes",
    "apiServerSubnetId": f"{SPOKE}/subnets/api",
    "privateEndpointSubnetId": f"{SPOKE}/subnets/endpoints",
    "outbound": "userDefinedRouting",
    "apiServerClients": ["203.0.113.0/24"],
}


def a_network_of_somebody_else(deployment: Deployment) -> None:
    aks = {"name": "aks", "serviceName": "Microsoft.ContainerService/managedClusters"}
    subnets: list[dict[str, Any]] = [
        {"name": "nodes", "addressPrefix": "10.60.0.0/20"},
        {"name": "api", "addressPrefix": "10.60.16.0/28", "delegations": [aks]},
        {"name": "endpoints", "addressPrefix": "10.60.17.0/24"},
    ]
    network = {
        "location": "eastus",
        "addressSpace": {"addressPrefixes": ["10.60.0.0/16"]},
        "subnets": [{**each, "id": f"{SPOKE}/subnets/{each['name']}"} for each in subnets],
    }
    kind, key = "azure-native:network:VirtualNetwork", SPOKE.lower()
    drift.was_there_before(
        deployment.world,
        Record(provider="azure-native", type=kind, id=SPOKE, key=key, stack="", inputs=network, outputs=network),
    )


def kinds(deployment: Deployment) -> set[str]:
    """What exists because of the stack."""
    return {record.type.rpartition(":")[2] for record in deployment.world.records() if record.stack == "eastus"}


def comes_up(deployment: Deployment, change: Callable[[dict[str, Any]], None]) -> None:
    deployment.edit("eastus", change)

    deployment.up("eastus")

    assert deployment.outputs("eastus")["operatorStatus"] == "HEALTHY"
    assert deployment.preview("eastus", "--refresh").changes == set()


def accounts(deployment: Deployment) -> list[dict[str, Any]]:
    return [record.outputs for record in deployment.world.records(type_suffix=":StorageAccount")]


def test_private_premium_storage_in_a_network_of_somebody_else(fresh: Deployment) -> None:
    a_network_of_somebody_else(fresh)
    private = {"access": "private", "replication": "Premium_ZRS"}

    comes_up(fresh, lambda settings: settings.update(network=OTHERS_NETWORK, storage=private))

    assert [(each["kind"], each["publicNetworkAccess"]) for each in accounts(fresh)] == [
        ("BlockBlobStorage", "Disabled"),
        ("BlockBlobStorage", "Disabled"),
    ]
    endpoints = [record.outputs for record in fresh.world.records(type_suffix=":PrivateEndpoint")]
    assert {each["subnet"]["id"] for each in endpoints} == {OTHERS_NETWORK["privateEndpointSubnetId"]}
    assert kinds(fresh).isdisjoint({"VirtualNetwork", "NatGateway", "NetworkSecurityGroup"}), "it has all that"


def test_a_trial_with_private_storage_in_a_network_of_its_own(fresh: Deployment) -> None:
    comes_up(fresh, lambda settings: settings.update(sizedFor="trial", storage={"access": "private"}))

    assert [(each["kind"], each["publicNetworkAccess"]) for each in accounts(fresh)] == [
        ("StorageV2", "Disabled"),
        ("StorageV2", "Disabled"),
    ]
    assert {"VirtualNetwork", "PrivateEndpoint", "VirtualNetworkLink"} <= kinds(fresh)
    [system] = [
        pool
        for pool in fresh.only("ManagedCluster", "aks-ray-eastus").outputs["agentPoolProfiles"]
        if pool["name"] == "system"
    ]
    assert (system["vmSize"], system["count"]) == ("Standard_D4ds_v5", 2)
