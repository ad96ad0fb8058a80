from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graph import Declared, Graph, deploy
from specs import a_spec

from catalog.roles import NETWORK_CONTRIBUTOR
from components.network import RegionalNetwork, RegionalNetworkArgs

EXISTING = "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke"
RISK = {"risk": "ingress-from-internet", "reason": "a public demonstration"}


def made(look: Callable[[RegionalNetwork], None] = lambda _: None, **changes: Any) -> Graph:
    """The network of eastus with `changes`; `look` sees the component."""
    args = RegionalNetworkArgs(
        spec=a_spec(**changes), resource_group_name="rg", cluster_principal_id="the-cluster-principal"
    )
    return deploy(lambda: look(RegionalNetwork("eastus", args)))


def existing(*, endpoints: str | None = None) -> Callable[[object], dict[str, Any]]:
    subnets = {"nodeSubnetId": f"{EXISTING}/subnets/nodes", "apiServerSubnetId": f"{EXISTING}/subnets/api"}
    more = {"privateEndpointSubnetId": f"{EXISTING}/subnets/{endpoints}"} if endpoints else {}
    return lambda _: {**subnets, **more, "outbound": "userDefinedRouting", "apiServerClients": ["203.0.113.0/24"]}


def seen(*attributes: str, **changes: Any) -> dict[str, str | None]:
    """Values of attributes of the component."""
    values: dict[str, str | None] = {}

    def look(network: RegionalNetwork) -> None:
        for name in attributes:
            output = getattr(network, name)
            if output is None:
                values[name] = None
            else:
                output.apply(lambda value, name=name: values.update({name: value}))

    made(look, **changes)
    return values


def subnet(graph: Graph, name: str) -> dict[str, Any]:
    [found] = [each for each in graph.only(":VirtualNetwork").inputs["subnets"] if each["name"] == name]
    return found


def rule(graph: Graph, name: str) -> dict[str, Any]:
    [found] = [each for each in graph.only(":NetworkSecurityGroup").inputs["securityRules"] if each["name"] == name]
    return found


def test_a_network_and_its_subnets_are_one_write() -> None:
    graph = made()

    assert graph.of_type(":Subnet") == [], "two styles on one network undo each other at the next refresh"
    assert [each["name"] for each in graph.only(":VirtualNetwork").inputs["subnets"]] == [
        "nodes",
        "api-server",
        "private-endpoints",
    ]


def test_the_node_subnet_is_never_without_its_rules_and_its_way_out() -> None:
    graph = made()
    nodes = subnet(graph, "nodes")

    assert nodes["networkSecurityGroup"]["id"].endswith("eastus-inbound")
    assert nodes["natGateway"]["id"].endswith("eastus-nat")
    assert graph.waits(graph.only(":VirtualNetwork"), graph.only(":NatGateway"))


def test_no_subnet_has_a_way_out_of_its_own() -> None:
    subnets = made().only(":VirtualNetwork").inputs["subnets"]

    assert [each["defaultOutboundAccess"] for each in subnets] == [False] * 3


def test_the_api_server_has_a_delegated_subnet_to_itself_without_rules_of_ours() -> None:
    own = subnet(made(), "api-server")

    assert [each["serviceName"] for each in own["delegations"]] == ["Microsoft.ContainerService/managedClusters"]
    assert "networkSecurityGroup" not in own, "a rule too few would cut nodes from their API server"


def test_subnets_have_the_derived_ranges() -> None:
    graph, spec = made(), a_spec()

    assert graph.only(":VirtualNetwork").inputs["addressSpace"] == {"addressPrefixes": [spec.addresses.network]}
    assert subnet(graph, "nodes")["addressPrefix"] == spec.addresses.nodes
    assert subnet(graph, "api-server")["addressPrefix"] == spec.addresses.api_server
    assert subnet(graph, "private-endpoints")["addressPrefix"] == spec.addresses.private_endpoints


def test_users_reach_the_ingress_from_their_ranges_whatever_its_address() -> None:
    ingress = rule(made(anyscale={"ingress": {"clients": ["198.51.100.0/24"]}}), "clients-to-ingress")

    assert ingress["sourceAddressPrefixes"] == ["198.51.100.0/24"]
    assert "sourceAddressPrefix" not in ingress, "Azure takes the one or the other"
    assert ingress["destinationAddressPrefix"] == "*", "the load balancer passes the public address on"
    assert (ingress["destinationPortRange"], ingress["protocol"], ingress["access"]) == ("443", "Tcp", "Allow")


def test_the_internet_reaches_the_ingress_only_where_that_risk_is_accepted() -> None:
    ingress = rule(made(anyscale={"ingress": {"clients": []}}, acceptRisk=[RISK]), "clients-to-ingress")

    assert ingress["sourceAddressPrefix"] == "Internet"


def test_nodes_and_pods_reach_each_other() -> None:
    graph, addresses = made(), a_spec().addresses
    inside = {
        name: (rule(graph, name)["sourceAddressPrefix"], rule(graph, name)["destinationAddressPrefix"])
        for name in ("nodes-to-nodes", "nodes-to-pods", "pods-to-pods")
    }

    assert inside == {
        "nodes-to-nodes": (addresses.nodes, addresses.nodes),
        "nodes-to-pods": (addresses.nodes, addresses.pods),
        "pods-to-pods": (addresses.pods, addresses.pods),
    }, "pods of the overlay are no part of the network, so that Azure's own rules do not let them in"


def test_rules_have_priorities_of_their_own() -> None:
    rules = made().only(":NetworkSecurityGroup").inputs["securityRules"]

    assert len({each["priority"] for each in rules}) == len(rules) == 4


@pytest.mark.parametrize(("size", "length"), [("trial", 31), ("many-jobs", 31), ("one-giant-job", 28)])
def test_the_way_out_has_as_many_addresses_as_the_size_needs(size: str, length: int) -> None:
    graph = made(sizedFor=size)
    [address] = graph.only(":NatGateway").inputs["publicIpPrefixes"]

    assert graph.only(":PublicIPPrefix").inputs["prefixLength"] == length
    assert address["id"].endswith("eastus-nat-prefix")
    assert graph.only(":NatGateway").inputs["idleTimeoutInMinutes"] == 30, "waiting connections outlive four minutes"


@pytest.mark.parametrize("changes", [{}, {"network": existing()}], ids=["made", "existing"])
def test_the_cluster_may_join_both_subnets_before_it_exists(changes: dict[str, object]) -> None:
    ready: list[object] = []
    graph = made(lambda network: ready.extend(network.ready), **changes)
    grants = graph.of_type(":RoleAssignment")

    assert [grant.name for grant in grants] == ["eastus-api-server-grant", "eastus-nodes-grant"]
    assert {grant.inputs["principalId"] for grant in grants} == {"the-cluster-principal"}
    assert all(grant.inputs["roleDefinitionId"].endswith(NETWORK_CONTRIBUTOR.id) for grant in grants)
    assert [grant.inputs["scope"].rpartition("/subnets/")[0] for grant in grants].count("") == 0
    assert len({grant.inputs["scope"] for grant in grants}) == 2, "the API server joins a subnet too"
    assert len(ready) == 2, "a cluster made before the grants is refused"


def test_an_existing_network_is_used_and_nothing_made_in_it() -> None:
    graph = made(network=existing())

    assert {each.type for each in graph.declared} == {
        "anyscale-on-aks:components:RegionalNetwork",
        "azure-native:authorization:RoleAssignment",
    }


def test_subnets_are_told_by_their_ids() -> None:
    ids = ("node_subnet_id", "api_server_subnet_id", "private_endpoint_subnet_id", "network_id")
    own = seen(*ids)

    assert {name: (own[name] or "").rpartition("/")[2] for name in ids} == {
        "node_subnet_id": "nodes",
        "api_server_subnet_id": "api-server",
        "private_endpoint_subnet_id": "private-endpoints",
        "network_id": "eastus-network",
    }
    assert seen(*ids, network=existing(endpoints="pe")) == {
        "node_subnet_id": f"{EXISTING}/subnets/nodes",
        "api_server_subnet_id": f"{EXISTING}/subnets/api",
        "private_endpoint_subnet_id": f"{EXISTING}/subnets/pe",
        "network_id": EXISTING,
    }, "the zones of private endpoints are linked to the network of their subnet, whoever made it"


def test_a_network_without_a_subnet_for_private_endpoints_has_none() -> None:
    none = seen("private_endpoint_subnet_id", "network_id", network=existing())

    assert none == {"private_endpoint_subnet_id": None, "network_id": None}


def test_names_and_tags_are_the_derived_ones() -> None:
    graph, spec = made(), a_spec()
    tagged: list[Declared] = [each for each in graph.declared if each.type.startswith("azure-native:network:")]

    assert len(tagged) == 4
    assert all(each.inputs["tags"] == spec.tags for each in tagged)
    assert graph.only(":VirtualNetwork").inputs["virtualNetworkName"] == spec.names.network
    assert graph.only(":NatGateway").inputs["natGatewayName"] == spec.names.nat_gateway
    assert graph.only(":PublicIPPrefix").inputs["publicIpPrefixName"] == spec.names.nat_prefix


def test_grants_on_subnets_of_another_subscription_name_the_role_there() -> None:
    roles = [grant.inputs["roleDefinitionId"] for grant in made(network=existing()).of_type(":RoleAssignment")]

    assert all(role.startswith("/subscriptions/s/") for role in roles), "a hub has a subscription of its own"
