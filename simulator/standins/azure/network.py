"""Networks: virtual networks, subnets, ways out, private endpoints, private DNS.

Codes and words of refusals: what people quote from Azure in public issues (read 2026-11).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from simulator.standins.azure.kind import GROUP, Kind, Made, at, key_of, last_name, parent_of
from simulator.standins.azure.locations import normal
from simulator.standins.azure.public_addresses import address_of, label_refused
from simulator.standins.azure.usage import user_of
from simulator.standins.refusal import azure
from simulator.standins.rules import Ask, Place
from simulator.world import Record, World

Json = dict[str, Any]

_NETWORK = f"{GROUP}/providers/Microsoft.Network"
_VNET = f"{_NETWORK}/virtualNetworks/{{virtualNetworkName}}"
_ENDPOINT = f"{_NETWORK}/privateEndpoints/{{privateEndpointName}}"
_ZONE = f"{_NETWORK}/privateDnsZones/{{privateZoneName}}"
_API = "2025-01-01"


def _prefixes_of(subnet: Json) -> list[str]:
    return subnet.get("addressPrefixes") or [p for p in [subnet.get("addressPrefix")] if p]


def _refuse_notation(id: str, prefixes: list[str]) -> None:
    for prefix in prefixes:
        try:
            network = ipaddress.ip_network(prefix, strict=False)
        except ValueError:
            message = f"Address prefix {prefix} of resource {id} is not formatted correctly."
            example = "It should follow CIDR notation, for example 10.0.0.0/24."
            raise azure(400, "InvalidAddressPrefixFormat", f"{message} {example}") from None
        if str(network) != prefix:
            message = f"The address prefix {prefix} in resource {id} has an invalid CIDR notation."
            should = f"For the given prefix length, the address prefix should be {network}."
            raise azure(400, "InvalidCIDRNotation", f"{message} {should}")


def _spaces_of(network: Json) -> list[str]:
    return at(network, "addressSpace.addressPrefixes") or []


def _refuse_outside(name: str, prefixes: list[str], network: str, spaces: list[str]) -> None:
    around = [ipaddress.ip_network(space) for space in spaces]
    for range in map(ipaddress.ip_network, prefixes):
        if not any(range.subnet_of(space) for space in around if space.version == range.version):  # pyright: ignore[reportArgumentType]
            where = f"its IP address range is outside the IP address range of virtual network '{last_name(network)}'"
            raise azure(400, "NetcfgSubnetRangeOutsideVnet", f"Subnet '{name}' is not valid because {where}.")


def _subnets_of(world: World, network: str) -> Iterator[Record]:
    for subnet in world.records(provider="azure-native", type_suffix=":network:Subnet"):
        if subnet.key.startswith(f"{network}/"):
            yield subnet


def _refuse_range(ask: Ask, place: Place) -> None:
    """A subnet lies within its network, and beside its siblings."""
    name, prefixes, vnet = last_name(place.id), _prefixes_of(ask.inputs), ask.world.get(key_of(parent_of(place.id)))
    _refuse_notation(place.id, prefixes)
    if not vnet:
        return
    _refuse_outside(name, prefixes, vnet.id, _spaces_of(vnet.inputs))
    mine = [ipaddress.ip_network(prefix) for prefix in prefixes]
    for sibling in _subnets_of(ask.world, vnet.key):
        theirs = [ipaddress.ip_network(prefix) for prefix in _prefixes_of(sibling.inputs)]
        if sibling.key != place.key and any(one.overlaps(other) for one in mine for other in theirs):
            where = f"its IP address range overlaps with that of an existing subnet in virtual network '{vnet.id}'"
            message = f"Subnet '{name}' is not valid because {where}: {last_name(sibling.id)}."
            raise azure(400, "NetcfgSubnetRangesOverlap", message)


def _refuse_moving_subnet(ask: Ask, place: Place, live: Record) -> None:
    """Ranges can be added to a subnet in use, but none taken away; a larger one is another range."""
    gone = [prefix for prefix in _prefixes_of(live.inputs) if prefix not in _prefixes_of(ask.inputs)]
    if gone and user_of(ask.world, live.key):
        message = f"IpPrefix {gone[0]} on Subnet {last_name(live.id)} has active allocations and cannot be deleted."
        raise azure(400, "InUsePrefixCannotBeDeleted", message)


def _refuse_space(ask: Ask, place: Place) -> None:
    """A network keeps the ranges that its subnets have, used or not."""
    spaces = _spaces_of(ask.inputs)
    _refuse_notation(place.id, spaces)
    for subnet in _subnets_of(ask.world, place.key):
        _refuse_outside(last_name(subnet.id), _prefixes_of(subnet.inputs), place.id, spaces)


def _refuse_label(ask: Ask, place: Place) -> None:
    label = at(ask.inputs, "dnsSettings.domainNameLabel")
    if refused := label_refused(ask.world, label, ask.inputs["location"], place.key):
        raise refused


def _address(made: Made) -> str:
    return address_of(made.unique)


def _prefix(made: Made) -> str:
    length = made.ask.inputs.get("prefixLength", 28)
    return str(ipaddress.ip_network(f"{_address(made)}/{length}", strict=False))


def _fqdn(made: Made) -> str | None:
    label = at(made.ask.inputs, "dnsSettings.domainNameLabel")
    return f"{label}.{normal(made.ask.inputs['location'])}.cloudapp.azure.com" if label else None


def _resource_name(type: str, **more: Any) -> Kind:
    """A network resource with nothing particular but its name."""
    plural = f"{type}es" if type.endswith(("x", "s")) else f"{type}s"
    own = more.pop("own", f"{type}Name")
    computed = {"resourceGuid": "{guid}", "etag": "{hash}", **more.pop("computed", {})}
    return Kind(path=f"{_NETWORK}/{plural}/{{{own}}}", api=_API, name=r"\w[\w.-]{0,78}\w?", computed=computed, **more)


KINDS = {
    "network:VirtualNetwork": Kind(
        path=_VNET, api=_API, computed={"resourceGuid": "{guid}", "etag": "{hash}"}, refuse=(_refuse_space,),
        in_use="InUseVirtualNetworkCannotBeDeleted",
    ),
    "network:Subnet": Kind(
        path=f"{_VNET}/subnets/{{subnetName}}", api=_API, located=False, computed={"purpose": "", "etag": "{hash}"},
        defaults={"privateEndpointNetworkPolicies": "Disabled", "privateLinkServiceNetworkPolicies": "Enabled"},
        refuse=(_refuse_range,), refuse_change=(_refuse_moving_subnet,), in_use="InUseSubnetCannotBeDeleted",
    ),
    "network:NetworkSecurityGroup": _resource_name(
        "networkSecurityGroup", in_use="InUseNetworkSecurityGroupCannotBeDeleted",
    ),
    "network:RouteTable": _resource_name("routeTable", in_use="InUseRouteTableCannotBeDeleted"),
    "network:NatGateway": _resource_name(
        "natGateway", in_use="CannotDeleteNatGatewayAssociatedToSubnet", replaces=frozenset({"zones"}),
        defaults={"idleTimeoutInMinutes": 4},
    ),
    "network:PublicIPPrefix": _resource_name(
        "publicIPPrefix", own="publicIpPrefixName", in_use="InUsePublicIpPrefixCannotBeDeleted",
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
