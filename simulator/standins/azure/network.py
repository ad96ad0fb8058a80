"""Networks: virtual networks, subnets, ways out, private endpoints, private DNS."""

from __future__ import annotations

import ipaddress
import zlib
from typing import Any

from simulator.standins.azure.kind import GROUP, Kind, Made, at, key_of, parent_of
from simulator.standins.refusal import azure
from simulator.standins.rules import Ask, Place
from simulator.world import Record

Json = dict[str, Any]

_NETWORK = f"{GROUP}/providers/Microsoft.Network"
_VNET = f"{_NETWORK}/virtualNetworks/{{virtualNetworkName}}"
_ENDPOINT = f"{_NETWORK}/privateEndpoints/{{privateEndpointName}}"
_ZONE = f"{_NETWORK}/privateDnsZones/{{privateZoneName}}"
_PUBLIC = ipaddress.ip_network("198.18.0.0/15")
"""Addresses that Azure hands out here: the range for benchmarks, which nobody on the internet has."""
_API = "2025-01-01"


def prefixes_of(subnet: Json) -> list[str]:
    return subnet.get("addressPrefixes") or [p for p in [subnet.get("addressPrefix")] if p]


def _refuse_range(ask: Ask, place: Place) -> None:
    """A subnet lies within its network, and beside its siblings."""
    vnet = ask.world.get(key_of(parent_of(place.id)))
    if not vnet:
        return
    mine = [ipaddress.ip_network(prefix) for prefix in prefixes_of(ask.inputs)]
    spaces = [ipaddress.ip_network(space) for space in at(vnet.inputs, "addressSpace.addressPrefixes") or ()]
    for range in mine:
        if not any(range.subnet_of(space) for space in spaces):  # pyright: ignore[reportArgumentType]
            raise azure(400, "NetcfgInvalidSubnet", f"Subnet range {range} is not within the virtual network {spaces}.")
    for sibling in ask.world.records(provider="azure-native", type_suffix=":network:Subnet"):
        if sibling.key == place.key or not sibling.key.startswith(f"{vnet.key}/"):
            continue
        theirs = [ipaddress.ip_network(prefix) for prefix in prefixes_of(sibling.inputs)]
        if any(one.overlaps(other) for one in mine for other in theirs):
            raise azure(400, "NetcfgSubnetRangesOverlap", f"Subnet range {mine} overlaps with {sibling.id}.")


def _refuse_space(ask: Ask, place: Place, live: Record) -> None:
    """A network keeps the ranges that its subnets use."""
    spaces = [ipaddress.ip_network(space) for space in at(ask.inputs, "addressSpace.addressPrefixes") or ()]
    for subnet in ask.world.records(provider="azure-native", type_suffix=":network:Subnet"):
        for prefix in prefixes_of(subnet.inputs) if subnet.key.startswith(f"{live.key}/") else ():
            if not any(ipaddress.ip_network(prefix).subnet_of(space) for space in spaces):  # pyright: ignore[reportArgumentType]
                raise azure(400, "InUsePrefixCannotBeDeleted", f"Address prefix {prefix} is used by {subnet.id}.")


def _refuse_label(ask: Ask, place: Place) -> None:
    label = at(ask.inputs, "dnsSettings.domainNameLabel")
    for other in ask.world.records(provider="azure-native", type_suffix=":network:PublicIPAddress"):
        taken = at(other.inputs, "dnsSettings.domainNameLabel") == label and other.key != place.key
        if label and taken and other.inputs.get("location") == ask.inputs.get("location"):
            raise azure(
                400, "DnsRecordInUse", f"DNS record {label}.{ask.inputs['location']}.cloudapp.azure.com is taken."
            )


def _address(made: Made) -> str:
    return str(_PUBLIC[zlib.crc32(made.unique.encode()) % _PUBLIC.num_addresses])


def _prefix(made: Made) -> str:
    length = made.ask.inputs.get("prefixLength", 28)
    return str(ipaddress.ip_network(f"{_address(made)}/{length}", strict=False))


def _fqdn(made: Made) -> str | None:
    label = at(made.ask.inputs, "dnsSettings.domainNameLabel")
    return f"{label}.{made.ask.inputs['location']}.cloudapp.azure.com" if label else None


def _resource_name(type: str, **more: Any) -> Kind:
    """A network resource with nothing particular but its name."""
    plural = f"{type}es" if type.endswith(("x", "s")) else f"{type}s"
    own = more.pop("own", f"{type}Name")
    computed = {"resourceGuid": "{guid}", "etag": "{hash}", **more.pop("computed", {})}
    return Kind(path=f"{_NETWORK}/{plural}/{{{own}}}", api=_API, name=r"\w[\w.-]{0,78}\w?", computed=computed, **more)


KINDS = {
    "network:VirtualNetwork": Kind(
        path=_VNET, api=_API, computed={"resourceGuid": "{guid}", "etag": "{hash}"}, refuse_change=(_refuse_space,),
        in_use="InUseVirtualNetworkCannotBeDeleted",
    ),
    "network:Subnet": Kind(
        path=f"{_VNET}/subnets/{{subnetName}}", api=_API, located=False, computed={"purpose": "", "etag": "{hash}"},
        defaults={"privateEndpointNetworkPolicies": "Disabled", "privateLinkServiceNetworkPolicies": "Enabled"},
        refuse=(_refuse_range,), in_use="InUseSubnetCannotBeDeleted",
    ),
    "network:NetworkSecurityGroup": _resource_name(
        "networkSecurityGroup", in_use="InUseNetworkSecurityGroupCannotBeDeleted",
    ),
    "network:RouteTable": _resource_name("routeTable", in_use="InUseRouteTableCannotBeDeleted"),
    "network:NatGateway": _resource_name(
        "natGateway", in_use="InUseNatGatewayCannotBeDeleted", replaces=frozenset({"zones"}),
        defaults={"idleTimeoutInMinutes": 4},
    ),
    "network:PublicIPPrefix": _resource_name(
        "publicIPPrefix", own="publicIpPrefixName", in_use="InUsePublicIPPrefixCannotBeDeleted",
        replaces=frozenset({"prefixLength", "zones", "sku"}), computed={"ipPrefix": _prefix},
    ),
    "network:PublicIPAddress": _resource_name(
        "publicIPAddress", own="publicIpAddressName", in_use="PublicIPAddressCannotBeDeleted", refuse=(_refuse_label,),
        replaces=frozenset({"publicIPAddressVersion", "publicIPPrefix", "sku", "zones"}),
        computed={"dnsSettings.fqdn": _fqdn}, defaults={"ipAddress": _address, "idleTimeoutInMinutes": 4},
    ),
    "network:PrivateEndpoint": Kind(
        path=_ENDPOINT, api=_API, replaces=frozenset({"subnet"}),
        computed={"etag": "{hash}", "networkInterfaces": lambda made: [{"id": f"{made.place.id}.nic"}]},
    ),
    "network:PrivateDnsZoneGroup": Kind(
        path=f"{_ENDPOINT}/privateDnsZoneGroups/{{privateDnsZoneGroupName}}", api=_API, located=False,
        computed={"etag": "{hash}"},
    ),
    "privatedns:PrivateZone": Kind(
        path=_ZONE, api="2024-06-01",
        computed={"etag": "{hash}", "internalId": "{guid}", "numberOfRecordSets": lambda made: 1},
    ),
    "privatedns:VirtualNetworkLink": Kind(
        path=f"{_ZONE}/virtualNetworkLinks/{{virtualNetworkLinkName}}", api="2024-06-01",
        computed={"etag": "{hash}", "virtualNetworkLinkState": "Completed"}, replaces=frozenset({"virtualNetwork"}),
        defaults={"registrationEnabled": False},
    ),
    "privatedns:PrivateRecordSet": Kind(
        path=f"{_ZONE}/{{recordType}}/{{relativeRecordSetName}}", api="2024-06-01", name=r".{1,253}", located=False,
    ),
}  # fmt: skip
