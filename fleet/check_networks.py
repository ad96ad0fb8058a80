"""Checks of networks against each other: that they could be connected, and that none is another stack's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Network

from fleet.fleet_problem import FleetProblem, StackFiles
from stack.settings import ExistingNetwork

_PRIVATE = IPv4Network("10.0.0.0/8")
"""Where a free range is looked for."""


def check_addresses(files: StackFiles) -> Iterator[FleetProblem]:
    """That address spaces are apart from each other and from pods elsewhere; an existing network tells none."""
    spaces = {stack: IPv4Network(space) for stack, spec in files.specs.items() if (space := spec.addresses.network)}
    pods = {stack: IPv4Network(spec.addresses.pods) for stack, spec in files.specs.items()}
    free = _free([*spaces.values(), *pods.values()])
    for index, (stack, space) in enumerate(spaces.items()):
        if clash := [other for other in list(spaces)[:index] if spaces[other].overlaps(space)]:
            yield FleetProblem(
                stacks=(*clash, stack),
                found=f"address spaces {', '.join(str(spaces[other]) for other in clash)} and {space}",
                why="which overlap, so that these networks can never be connected",
                remedy=f"choose another addressSpace in Pulumi.{stack}.yaml{free(space.prefixlen)}",
            )
        if clash := [other for other, taken in pods.items() if taken.overlaps(space)]:
            yield FleetProblem(
                stacks=(*clash, stack),
                found=f"pods in {', '.join(sorted({str(pods[other]) for other in clash}))} and address space {space}",
                why="which overlap, so that those pods could not reach that network if it were connected",
                remedy=f"choose another addressSpace in Pulumi.{stack}.yaml{free(space.prefixlen)}, or podAddresses "
                "apart from it",
            )


def check_existing_networks(files: StackFiles) -> Iterator[FleetProblem]:
    """That no stack lives in a network that another one makes."""
    made = {
        f"/subscriptions/{spec.settings.azure.subscription_id}/resourceGroups/{spec.names.resource_group}"
        f"/providers/Microsoft.Network/virtualNetworks/{spec.names.network}".lower(): stack
        for stack, spec in files.specs.items()
        if spec.addresses.network
    }
    for stack, spec in files.specs.items():
        network = spec.settings.network
        if isinstance(network, ExistingNetwork) and (maker := made.get(_network_of(network.node_subnet_id))):
            yield FleetProblem(
                stacks=(maker, stack),
                found=f"nodeSubnetId in network {files.specs[maker].names.network}",
                why=f"which stack {maker} makes, changes and deletes",
                remedy=f"take a network that no stack makes, or write `addressSpace` in Pulumi.{stack}.yaml",
            )


def check_private_zones(files: StackFiles) -> Iterator[FleetProblem]:
    """That no network is linked to two private DNS zones of one name, which Azure refuses."""
    taken: dict[str, str] = {}
    for stack, spec in files.specs.items():
        network = spec.settings.network
        if isinstance(network, ExistingNetwork) and spec.settings.storage.access == "private":
            place = _network_of(network.private_endpoint_subnet_id or "")
            if (first := taken.setdefault(place, stack)) != stack:
                yield FleetProblem(
                    stacks=(first, stack),
                    found=f"`storage: {{access: private}}` in network {place.rpartition('/')[2]} for both",
                    why="while Azure links a network to one private DNS zone of a name, and each stack makes its own",
                    remedy=f"give Pulumi.{stack}.yaml a network of its own, or `storage: {{access: entra}}`",
                )


def _free(taken: Iterable[IPv4Network]) -> Callable[[int], str]:
    """Who names a range of some length that nobody has, another one each time."""
    known = list(taken)

    def example(prefix: int) -> str:
        for network in _PRIVATE.subnets(new_prefix=prefix):
            if not any(network.overlaps(each) for each in known):
                known.append(network)
                return f", e.g. {network}"
        return ""

    return example


def _network_of(subnet: str) -> str:
    return subnet.lower().rpartition("/subnets/")[0]
