"""Who lives where: subnets cut from the address space, and the ranges that only the cluster sees."""

from __future__ import annotations

from ipaddress import IPv4Network

from catalog.sizing import Sizing
from stack.settings import OwnNetwork, StackSettings
from stack.spec import Addresses

SERVICES = IPv4Network("172.16.0.0/16")
"""Service range: seen by the cluster only, so the same everywhere; clear of 172.30 and 172.31, which AKS reserves."""

SUBNET_OVERHEAD = 5
"""Addresses that Azure keeps of every subnet."""

NODE_POD_PREFIX = 24
"""Azure CNI Overlay gives each node a /24 of the pod range."""


def addresses(settings: StackSettings, sizing: Sizing) -> Addresses:
    """Return the ranges of a stack whose settings were checked."""
    network = settings.network
    subnets: list[str | None] = [None, None, None]
    space = None
    if isinstance(network, OwnNetwork):
        space = IPv4Network(network.address_space)
        subnets = [str(subnet) for subnet in cut(space, subnet_prefixes(sizing))]
    nodes, api_server, private_endpoints = subnets
    return Addresses(
        network=str(space) if space else None,
        nodes=nodes,
        api_server=api_server,
        private_endpoints=private_endpoints,
        pods=network.pod_addresses or sizing.pod_range,
        services=str(SERVICES),
        dns_service=str(SERVICES[10]),
        nat_prefix_length=sizing.nat_prefix,
    )


def subnet_prefixes(sizing: Sizing) -> tuple[int, int, int]:
    """Prefix lengths of the node, API-server and private-endpoint subnets, in the order in which they are cut."""
    return sizing.node_prefix, sizing.api_server_prefix, sizing.private_endpoint_prefix


def cut(space: IPv4Network, prefixes: tuple[int, ...]) -> list[IPv4Network]:
    """Return one subnet a prefix, largest first, from the start of `space`, so that a larger space moves none of them.

    Raises:
        ValueError: when they do not fit.
    """
    subnets: list[IPv4Network] = []
    start = int(space.network_address)
    for prefix in prefixes:
        size = 2 ** (32 - prefix)
        start = -(-start // size) * size
        subnets.append(IPv4Network((start, prefix)))
        start += size
    if start - 1 > int(space.broadcast_address):
        needed = ", ".join(f"/{prefix}" for prefix in prefixes)
        msg = f"{space} does not hold {needed}"
        raise ValueError(msg)
    return subnets


def node_capacity(pods: IPv4Network) -> int:
    """How many nodes a pod range serves; none where it is smaller than what one node takes."""
    return pods.num_addresses // 2 ** (32 - NODE_POD_PREFIX)
