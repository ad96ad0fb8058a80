from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from specs import STACKS, a_spec

from catalog.sizing import SIZINGS, Sizing
from stack.addresses import cut, node_capacity, subnet_prefixes
from stack.check_network import PRIVATE, RESERVED


@st.composite
def spaces(draw: st.DrawFn, *, smallest: int = 20) -> IPv4Network:
    """A private range from /8 to `smallest`."""
    private = draw(st.sampled_from(PRIVATE))
    prefix = draw(st.integers(max(8, private.prefixlen), smallest))
    index = draw(st.integers(0, 2 ** (prefix - private.prefixlen) - 1))
    return IPv4Network((int(private.network_address) + index * 2 ** (32 - prefix), prefix))


SIZES = st.sampled_from(sorted(SIZINGS.values(), key=lambda row: row.name))


@given(spaces(smallest=17), SIZES)
def test_subnets_lie_inside_the_space_and_apart_from_each_other(space: IPv4Network, sizing: Sizing) -> None:
    subnets = cut(space, subnet_prefixes(sizing))

    assert all(subnet.subnet_of(space) for subnet in subnets)
    assert not any(a.overlaps(b) for i, a in enumerate(subnets) for b in subnets[:i])
    assert tuple(subnet.prefixlen for subnet in subnets) == subnet_prefixes(sizing)
    assert subnets == sorted(subnets), "in the order in which they were asked for"


@given(spaces(smallest=17), SIZES)
def test_a_larger_space_moves_no_subnet(space: IPv4Network, sizing: Sizing) -> None:
    larger = space.supernet()
    if larger.network_address == space.network_address:
        prefixes = subnet_prefixes(sizing)
        assert cut(larger, prefixes) == cut(space, prefixes), "Azure cannot move a subnet that is in use"


@given(spaces(smallest=28), st.lists(st.integers(18, 29), min_size=1, max_size=5))
def test_a_space_is_refused_exactly_where_the_subnets_do_not_fit(space: IPv4Network, prefixes: list[int]) -> None:
    prefixes.sort()
    fits = sum(2 ** (32 - prefix) for prefix in prefixes) <= space.num_addresses
    try:
        cut(space, tuple(prefixes))
    except ValueError:
        assert not fits, "largest first, so that nothing is lost between them"
    else:
        assert fits


@pytest.mark.parametrize("sizing", SIZINGS)
@pytest.mark.parametrize("stack", STACKS)
def test_all_ranges_of_a_stack_are_apart_and_none_is_reserved(stack: str, sizing: str) -> None:
    addresses = a_spec(stack, sizedFor=sizing).addresses
    ranges = [IPv4Network(r) for r in (addresses.network, addresses.pods, addresses.services) if r]

    assert len(ranges) == 3
    assert not any(a.overlaps(b) for i, a in enumerate(ranges) for b in (*ranges[:i], *RESERVED))
    assert IPv4Network(addresses.services).overlaps(IPv4Network(addresses.dns_service))


def test_an_existing_network_has_pods_and_services_only() -> None:
    subnets = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets"
    existing = {
        "nodeSubnetId": f"{subnets}/nodes",
        "apiServerSubnetId": f"{subnets}/api",
        "outbound": "userDefinedRouting",
        "apiServerClients": ["10.0.0.0/24"],
    }
    addresses = a_spec(network=lambda _: existing).addresses

    assert (addresses.network, addresses.nodes, addresses.api_server, addresses.private_endpoints) == (None,) * 4
    assert addresses.pods == "10.244.0.0/16"


@pytest.mark.parametrize(
    ("pods", "nodes"), [("10.0.0.0/16", 256), ("10.0.0.0/11", 8192), ("10.0.0.0/24", 1), ("10.0.0.0/25", 0)]
)
def test_each_node_takes_a_24_of_the_pod_range(pods: str, nodes: int) -> None:
    assert node_capacity(IPv4Network(pods)) == nodes


def test_the_real_stacks_have_address_spaces_of_their_own() -> None:
    first, second = (IPv4Network(a_spec(stack).addresses.network or "") for stack in STACKS)
    assert not first.overlaps(second), "networks that overlap can never be joined"
