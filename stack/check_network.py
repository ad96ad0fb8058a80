"""Checks of addresses: that ranges are ranges, private, apart from each other, and large enough."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from catalog.risks import API_SERVER_FROM_INTERNET, Risk
from catalog.sizing import SIZINGS, Sizing
from stack.addresses import (
    SERVICES,
    SUBNET_OVERHEAD,
    cut,
    node_capacity,
    subnet_prefixes,
)
from stack.base import Problem, shown
from stack.pools import most_nodes
from stack.settings import ExistingNetwork, OwnNetwork, StackSettings

PRIVATE = tuple(IPv4Network(cidr) for cidr in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"))
RESERVED = tuple(IPv4Network(c) for c in ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"))
"""Ranges that AKS keeps for itself."""
SMALLEST_SPACE = 20
LARGEST_SPACE = 8
INTERNET = 8
"""A client range shorter than this prefix is as good as the whole internet."""
_MOST_CLIENTS = 200
_SUBNET_ID = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/virtualNetworks/[^/]+/subnets/[^/]+",
    re.IGNORECASE,
)


def check_network(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """All of the network section, but for what the node pools need."""
    network, sizing = settings.network, SIZINGS[settings.sized_for]
    space = None
    if isinstance(network, OwnNetwork):
        yield from (problems := list(_space(network.address_space, sizing)))
        space = None if problems else IPv4Network(network.address_space)
    else:
        yield from _existing(network, settings)
    yield from _pods(
        network.pod_addresses or sizing.pod_range,
        space,
        asked=network.pod_addresses is not None,
    )
    yield from check_clients("network.apiServerClients", network.api_server_clients, API_SERVER_FROM_INTERNET)


def check_room(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Whether all nodes find an address, at the pools' largest and while an upgrade adds some."""
    network, sizing = settings.network, SIZINGS[settings.sized_for]
    nodes = most_nodes(settings, sizing)
    room = 2 ** (32 - sizing.node_prefix) - SUBNET_OVERHEAD
    if isinstance(network, OwnNetwork) and nodes > room:
        yield Problem(
            path="nodePools",
            found=f"{nodes} nodes with the system pool and what an upgrade adds",
            why=f"while the node subnet of '{sizing.name}', a /{sizing.node_prefix}, has {room} addresses",
            remedy="lower maxCount, or choose a larger sizedFor",
        )
    pods = _range(network.pod_addresses or sizing.pod_range)
    if pods and nodes > node_capacity(pods):
        yield Problem(
            path="network.podAddresses",
            found=f"{pods}, enough for {node_capacity(pods)} nodes at a /24 each",
            why=f"while the pools may have {nodes} with the system pool and what an upgrade adds",
            remedy=f"use a /{_prefix_for(nodes)} or larger, or lower maxCount",
        )


def check_clients(path: str, clients: tuple[str, ...], risk: Risk) -> Iterator[Problem]:
    """Client ranges: valid, distinct, and not the whole internet unless that risk is accepted."""
    if len(clients) > _MOST_CLIENTS:
        yield Problem(
            path=path,
            found=f"{len(clients)} ranges",
            why=f"while Azure takes {_MOST_CLIENTS}",
            remedy="join neighbouring ranges",
        )
    for index, client in enumerate(clients):
        here = f"{path}[{index}]"
        network = _range(client)
        if network is None:
            yield _no_range(here, client)
        elif client in clients[:index]:
            yield Problem(
                path=here,
                found=shown(client),
                why=f"which stands at [{clients.index(client)}] already",
                remedy="remove it",
            )
        elif network.prefixlen < INTERNET:
            yield Problem(
                path=here,
                found=shown(client),
                why=f"by which {risk.what}",
                remedy="name your own ranges",
                risk=risk.name,
            )


def _space(cidr: str, sizing: Sizing) -> Iterator[Problem]:
    path = "network.addressSpace"
    space = _range(cidr)
    if space is None:
        yield _no_range(path, cidr)
        return
    yield from _unusable(path, space)
    if not LARGEST_SPACE <= space.prefixlen <= SMALLEST_SPACE:
        yield Problem(
            path=path,
            found=shown(cidr),
            why=f"which is a /{space.prefixlen}",
            remedy=f"use a /{SMALLEST_SPACE} or larger, up to a /{LARGEST_SPACE}",
        )
        return
    if space.overlaps(SERVICES):
        yield _overlapping(path, shown(cidr), f"the cluster's service range {SERVICES}")
    try:
        cut(space, subnet_prefixes(sizing))
    except ValueError:
        needed = ", ".join(f"/{prefix}" for prefix in subnet_prefixes(sizing))
        yield Problem(
            path=path,
            found=shown(cidr),
            why=f"in which the subnets of sizedFor '{sizing.name}' find no room: {needed}",
            remedy=f"use a /{sizing.node_prefix - 1} or larger",
        )


def _pods(cidr: str, space: IPv4Network | None, *, asked: bool) -> Iterator[Problem]:
    path = "network.podAddresses"
    pods = _range(cidr)
    if pods is None:
        yield _no_range(path, cidr)
        return
    yield from _unusable(path, pods)
    origin = shown(cidr) if asked else f"the default {cidr}"
    if space and pods.overlaps(space):
        yield _overlapping(path, origin, f"addressSpace {space}")
    if pods.overlaps(SERVICES):
        yield _overlapping(path, origin, f"the cluster's service range {SERVICES}")


def _existing(network: ExistingNetwork, settings: StackSettings) -> Iterator[Problem]:
    ids = {
        "nodeSubnetId": network.node_subnet_id,
        "apiServerSubnetId": network.api_server_subnet_id,
        "privateEndpointSubnetId": network.private_endpoint_subnet_id,
    }
    seen: dict[str, str] = {}
    for key, subnet in ids.items():
        path = f"network.{key}"
        if subnet is None:
            continue
        if not _SUBNET_ID.fullmatch(subnet):
            yield Problem(
                path=path,
                found=shown(subnet),
                why="which is no ARM id of a subnet",
                remedy="take it from `az network vnet subnet show ... --query id`",
            )
        elif subnet.lower() in seen:
            yield Problem(
                path=path,
                found=f"the subnet of {seen[subnet.lower()]}",
                why="while each needs one of its own",
                remedy="make another subnet",
            )
        seen.setdefault(subnet.lower(), key)
    node, api_server = (_network_of(subnet) for subnet in (network.node_subnet_id, network.api_server_subnet_id))
    if node and api_server and node.lower() != api_server.lower():
        yield Problem(
            path="network.apiServerSubnetId",
            found=f"a subnet of {api_server.rpartition('/')[2]}",
            why=f"while AKS wants it in the network of the nodes, {node.rpartition('/')[2]}",
            remedy="make a subnet for it there",
        )
    if settings.storage.access == "private" and network.private_endpoint_subnet_id is None:
        yield Problem(
            path="network.privateEndpointSubnetId",
            found="absent",
            why="but needed by storage.access 'private'",
            remedy="name a subnet for private endpoints",
        )


def _network_of(subnet: str) -> str | None:
    return subnet.rsplit("/", 2)[0] if _SUBNET_ID.fullmatch(subnet) else None


def _unusable(path: str, network: IPv4Network) -> Iterator[Problem]:
    if reserved := next((r for r in RESERVED if network.overlaps(r)), None):
        yield _overlapping(path, shown(str(network)), f"{reserved}, which AKS reserves")
    elif not any(network.subnet_of(private) for private in PRIVATE):
        yield Problem(
            path=path,
            found=shown(str(network)),
            why="which is no private range",
            remedy=f"cut it from {', '.join(map(str, PRIVATE))}",
        )


def _overlapping(path: str, found: str, other: str) -> Problem:
    return Problem(
        path=path,
        found=found,
        why=f"which overlaps {other}",
        remedy="choose a range apart from it",
    )


def _no_range(path: str, cidr: str) -> Problem:
    try:
        whole = IPv4Network(cidr, strict=False)
        remedy = f"clear the bits behind the prefix: {whole}" if "/" in cidr else f"add a prefix length, e.g. {whole}"
    except ValueError:
        remedy = "write an address and a prefix length, e.g. 10.10.0.0/16"
    return Problem(path=path, found=shown(cidr), why="which is no IPv4 range", remedy=remedy)


def _range(cidr: str) -> IPv4Network | None:
    """A range with its prefix length; a bare address or a netmask is more often a slip than meant."""
    try:
        return IPv4Network(cidr) if re.fullmatch(r"[0-9.]+/\d+", cidr) else None
    except ValueError:
        return None


def _prefix_for(nodes: int) -> int:
    return 24 - (nodes - 1).bit_length()
