"""Addresses, ranges and names of networks, and what is in use."""

from __future__ import annotations

from typing import Any

import pytest
from standins_client import CLUSTER, GROUP, OMIT, REGION, VNET, Refusal, Standins, build, merged

Json = dict[str, Any]


IN_USE = [
    ("azure-native:network:Subnet", f"{VNET}/subnets/nodes", "InUseSubnetCannotBeDeleted"),
    (
        "azure-native:network:NatGateway",
        f"{GROUP}/providers/Microsoft.Network/natGateways/nat",
        "CannotDeleteNatGatewayAssociatedToSubnet",
    ),
    ("azure-native:network:VirtualNetwork", VNET, "InUseSubnetCannotBeDeleted"),
    (
        "azure-native:network:PublicIPPrefix",
        f"{GROUP}/providers/Microsoft.Network/publicIPPrefixes/prefix",
        "InUsePublicIpPrefixCannotBeDeleted",
    ),
]


@pytest.mark.parametrize(("type", "id", "code"), IN_USE, ids=[row[2] for row in IN_USE])
def test_what_is_in_use_is_not_deleted(served: Standins, type: str, id: str, code: str) -> None:
    azure = served.azure()
    build(azure)
    with pytest.raises(Refusal, match=code):
        azure.delete(type, id)


def test_a_network_is_in_use_by_one_whose_name_begins_with_its_name(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["vnet"]
    build(azure, upto="vnet")
    peered = {"virtualNetworkPeerings": [{"name": "p", "remoteVirtualNetwork": {"id": VNET}}]}
    azure.create(type, "other", {**inputs, "virtualNetworkName": "vnet2", **peered})

    with pytest.raises(Refusal, match="vnet is in use by .*/vnet2"):
        azure.delete(type, VNET)


def test_a_network_keeps_the_ranges_of_its_subnets(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["vnet"]
    build(azure, upto="api")
    elsewhere = {**inputs, "addressSpace": {"addressPrefixes": ["10.11.0.0/16"]}}

    with pytest.raises(Refusal, match="NetcfgSubnetRangeOutsideVnet.*Subnet 'nodes'.*virtual network 'vnet'"):
        azure.update(type, "vnet", VNET, inputs, elsewhere)
    just = {**inputs, "addressSpace": {"addressPrefixes": ["10.10.0.0/17"]}}
    assert azure.update(type, "vnet", VNET, inputs, just)["addressSpace"] == just["addressSpace"], (
        "what is left holds all"
    )


RESIZED: list[tuple[str, Json]] = [
    ("another range", {"addressPrefix": "10.10.128.0/18"}),
    ("a larger one", {"addressPrefix": "10.10.0.0/17"}),
    ("a smaller one", {"addressPrefix": "10.10.0.0/19"}),
]


@pytest.mark.parametrize(("what", "change"), RESIZED, ids=[row[0] for row in RESIZED])
def test_a_subnet_in_use_keeps_its_range(served: Standins, what: str, change: Json) -> None:
    azure, (type, inputs) = served.azure(), REGION["nodes"]
    build(azure, {"api": {"addressPrefix": "10.10.192.0/27"}}, upto="cluster")

    with pytest.raises(Refusal, match="InUsePrefixCannotBeDeleted.*10.10.0.0/18 on Subnet nodes"):
        azure.update(type, "nodes", f"{VNET}/subnets/nodes", inputs, {**inputs, **change})
    azure.delete(REGION["cluster"][0], CLUSTER)
    changed = azure.update(type, "nodes", f"{VNET}/subnets/nodes", inputs, {**inputs, **change})
    assert changed["addressPrefix"] == change["addressPrefix"], f"{what}: once nobody is in it, the subnet may change"


def test_a_subnet_in_use_can_be_given_one_range_more(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["nodes"]
    build(azure, upto="cluster")
    more = merged(inputs, {"addressPrefix": OMIT, "addressPrefixes": ["10.10.0.0/18", "10.10.128.0/18"]})

    azure.update(type, "nodes", f"{VNET}/subnets/nodes", inputs, more)
    with pytest.raises(Refusal, match="InUsePrefixCannotBeDeleted.*10.10.0.0/18"):
        azure.update(type, "nodes", f"{VNET}/subnets/nodes", more, {**more, "addressPrefixes": ["10.10.128.0/18"]})


def test_a_private_zone_is_nowhere_in_particular(served: Standins) -> None:
    azure, type = served.azure(), "azure-native:privatedns:PrivateZone"
    build(azure, upto="group")
    zone = {"resourceGroupName": "rg", "privateZoneName": "privatelink.blob.core.windows.net"}

    with pytest.raises(Refusal, match="LocationNotAvailableForResourceType"):
        azure.create(type, "zone", {**zone, "location": "eastus"})
    assert azure.create(type, "zone", {**zone, "location": "global"})[0], "its location is global"


# DNS labels

ADDRESS = "azure-native:network:PublicIPAddress"
ANNOTATION = "service.beta.kubernetes.io/azure-dns-label-name"
LABEL = "DnsRecordInUse.*ray.eastus.cloudapp.azure.com"


def address(name: str, label: str, **more: str) -> Json:
    return {"resourceGroupName": "rg", "publicIpAddressName": name, "dnsSettings": {"domainNameLabel": label}, **more}


def service(name: str, type: str = "LoadBalancer") -> Json:
    meta = {"name": name, "namespace": "default", "annotations": {ANNOTATION: "ray"}}
    return {"metadata": meta, "spec": {"type": type}}


def test_a_region_has_each_label_once(served: Standins) -> None:
    azure, elsewhere = served.azure(), served.azure(subscriptionId="22222222-2222-2222-2222-222222222222")
    for subscription in (azure, elsewhere):
        subscription.create("azure-native:resources:ResourceGroup", "group", {"resourceGroupName": "rg"})
    _, made = azure.create(ADDRESS, "a", address("a", "ray", location="East US"))
    assert made["dnsSettings"]["fqdn"] == "ray.eastus.cloudapp.azure.com", "however the region is spelt"

    with pytest.raises(Refusal, match=LABEL):
        elsewhere.create(ADDRESS, "a", address("a", "ray"))
    assert elsewhere.create(ADDRESS, "a", address("a", "ray", location="westus3"))[0], "another region, another name"
    assert azure.create(ADDRESS, "b", address("b", "other"))[0], "another label"


@pytest.mark.parametrize("label", ["Ray", "1ray", "ray-", "a.b", "r", "a" * 64])
def test_a_label_has_the_shape_that_azure_wants(served: Standins, label: str) -> None:
    azure = served.azure()
    build(azure, upto="group")

    with pytest.raises(Refusal, match="InvalidDomainNameLabel"):
        azure.create(ADDRESS, "a", address("a", label))


def test_a_service_has_its_label_to_itself(served: Standins) -> None:
    azure, type = served.azure(), "kubernetes:core/v1:Service"
    build(azure)
    kubernetes = served.kubernetes()
    kubernetes.create(type, "inside", service("inside", "ClusterIP"))
    id, _ = kubernetes.create(type, "one", service("one"))

    with pytest.raises(Refusal, match=f"was not allocated an IP address: .*{LABEL}"):
        kubernetes.create(type, "two", service("two"))
    assert kubernetes.create(type, "too", service("too", "ClusterIP"))[0], "no load balancer, no label"
    with pytest.raises(Refusal, match=LABEL):
        azure.create(ADDRESS, "a", address("a", "ray"))
    assert kubernetes.update(type, "one", id, service("one"), service("one"))["status"], "its own label is its own"
    assert azure.create(ADDRESS, "a", address("a", "ray", location="westus3"))[0], "another region, another name"
