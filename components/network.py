"""The network of one region: address space, way out, and who may come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import network

from catalog.roles import NETWORK_CONTRIBUTOR
from components.grants import grant, subscription_of
from stack.settings import ExistingNetwork
from stack.spec import StackSpec

NODES, API_SERVER, PRIVATE_ENDPOINTS = "nodes", "api-server", "private-endpoints"
AKS_DELEGATION = "Microsoft.ContainerService/managedClusters"
IDLE_MINUTES = 30
"""How long the NAT gateway keeps an idle flow; its default of 4 cuts connections that wait for the next message."""


@dataclass(frozen=True, kw_only=True)
class RegionalNetworkArgs:
    """What a `RegionalNetwork` needs.

    Attributes:
        cluster_principal_id: the cluster's own identity, which joins nodes and API server to the subnets.
    """

    spec: StackSpec
    resource_group_name: pulumi.Input[str]
    cluster_principal_id: pulumi.Input[str]


class RegionalNetwork(pulumi.ComponentResource):
    """A virtual network with its subnets and NAT gateway, or the use of one that exists, and the cluster's right to it.

    Owns what it made, and the grants on the subnets. Does not own peerings, firewalls or an existing network.

    Attributes:
        private_endpoint_subnet_id: None where an existing network names none.
        network_id: network of the private endpoints; None where there can be none.
        ready: what a cluster must wait for.
    """

    node_subnet_id: pulumi.Output[str]
    api_server_subnet_id: pulumi.Output[str]
    private_endpoint_subnet_id: pulumi.Output[str] | None
    network_id: pulumi.Output[str] | None
    ready: tuple[pulumi.Resource, ...]

    def __init__(self, name: str, args: RegionalNetworkArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:RegionalNetwork", name, {}, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        asked = args.spec.settings.network
        if isinstance(asked, ExistingNetwork):
            self.node_subnet_id = pulumi.Output.from_input(asked.node_subnet_id)
            self.api_server_subnet_id = pulumi.Output.from_input(asked.api_server_subnet_id)
            endpoints = asked.private_endpoint_subnet_id
            self.private_endpoint_subnet_id = pulumi.Output.from_input(endpoints) if endpoints else None
            self.network_id = pulumi.Output.from_input(endpoints.rpartition("/subnets/")[0]) if endpoints else None
        else:
            made = self._network()
            self.network_id = made.id
            self.node_subnet_id = pulumi.Output.concat(made.id, "/subnets/", NODES)
            self.api_server_subnet_id = pulumi.Output.concat(made.id, "/subnets/", API_SERVER)
            self.private_endpoint_subnet_id = pulumi.Output.concat(made.id, "/subnets/", PRIVATE_ENDPOINTS)
        self.ready = tuple(
            grant(
                f"{name}-{subnet}-grant",
                NETWORK_CONTRIBUTOR,
                to=args.cluster_principal_id,
                scope=scope,
                spec=args.spec,
                parent=self,
                subscription=scope.apply(subscription_of) if isinstance(asked, ExistingNetwork) else None,
            )
            for subnet, scope in ((NODES, self.node_subnet_id), (API_SERVER, self.api_server_subnet_id))
        )
        self.register_outputs(
            {
                "nodeSubnetId": self.node_subnet_id,
                "apiServerSubnetId": self.api_server_subnet_id,
                "privateEndpointSubnetId": self.private_endpoint_subnet_id,
                "networkId": self.network_id,
            }
        )

    def _network(self) -> network.VirtualNetwork:
        """Subnets stand inside the network, in one write: Azure takes one writer at a time, and none is ever open."""
        spec = self._args.spec
        inbound = network.NetworkSecurityGroupArgs(id=self._inbound().id)
        way_out = network.SubResourceArgs(id=self._nat_gateway().id)
        to_aks = network.DelegationArgs(name="aks", service_name=AKS_DELEGATION)
        return network.VirtualNetwork(
            f"{self._name}-network",
            resource_group_name=self._args.resource_group_name,
            virtual_network_name=spec.names.network,
            address_space=network.AddressSpaceArgs(address_prefixes=[spec.addresses.network or ""]),
            subnets=[
                _subnet(NODES, spec.addresses.nodes, network_security_group=inbound, nat_gateway=way_out),
                # No security group: AKS keeps this subnet, and a rule too few would cut nodes from their API server.
                _subnet(API_SERVER, spec.addresses.api_server, delegations=[to_aks]),
                _subnet(PRIVATE_ENDPOINTS, spec.addresses.private_endpoints, network_security_group=inbound),
            ],
            tags=spec.tags,
            opts=self._child,
        )

    def _nat_gateway(self) -> network.NatGateway:
        """The one way out, from known addresses; every address carries 50,000 flows to one destination."""
        spec = self._args.spec
        prefix = network.PublicIPPrefix(
            f"{self._name}-nat-prefix",
            resource_group_name=self._args.resource_group_name,
            public_ip_prefix_name=spec.names.nat_prefix,
            prefix_length=spec.addresses.nat_prefix_length,
            public_ip_address_version=network.IPVersion.I_PV4,
            sku=network.PublicIPPrefixSkuArgs(name="Standard", tier="Regional"),
            tags=spec.tags,
            opts=self._child,
        )
        return network.NatGateway(
            f"{self._name}-nat",
            resource_group_name=self._args.resource_group_name,
            nat_gateway_name=spec.names.nat_gateway,
            sku=network.NatGatewaySkuArgs(name="Standard"),
            public_ip_prefixes=[network.SubResourceArgs(id=prefix.id)],
            idle_timeout_in_minutes=IDLE_MINUTES,
            tags=spec.tags,
            opts=self._child,
        )

    def _inbound(self) -> network.NetworkSecurityGroup:
        """Users reach Ray's ingress; nodes and pods reach each other. The rest is refused by Azure's default rules."""
        spec = self._args.spec
        nodes, pods = spec.addresses.nodes or "", spec.addresses.pods
        inside = {"nodes-to-nodes": (nodes, nodes), "nodes-to-pods": (nodes, pods), "pods-to-pods": (pods, pods)}
        rules = [
            network.SecurityRuleArgs(
                name="clients-to-ingress",
                priority=100,
                protocol="Tcp",
                # Any destination: the load balancer passes the public address on, a node range would drop its traffic.
                destination_address_prefix="*",
                destination_port_range="443",
                **_from(spec.settings.anyscale.ingress.clients),
                **_ALLOW,
            ),
            *(
                network.SecurityRuleArgs(
                    name=rule,
                    priority=priority,
                    protocol="*",
                    source_address_prefix=source,
                    destination_address_prefix=destination,
                    destination_port_range="*",
                    **_ALLOW,
                )
                for priority, (rule, (source, destination)) in enumerate(inside.items(), start=200)
            ),
        ]
        return network.NetworkSecurityGroup(
            f"{self._name}-inbound",
            resource_group_name=self._args.resource_group_name,
            network_security_group_name=f"nsg-{spec.names.network}",
            security_rules=rules,
            tags=spec.tags,
            opts=self._child,
        )


def _subnet(name: str, prefix: str | None, **more: Any) -> network.SubnetArgs:
    """A subnet without a way out of its own; the policies are Azure's defaults, said so that they stay."""
    return network.SubnetArgs(
        name=name,
        address_prefix=prefix,
        default_outbound_access=False,
        private_endpoint_network_policies=network.VirtualNetworkPrivateEndpointNetworkPolicies.DISABLED,
        private_link_service_network_policies=network.VirtualNetworkPrivateLinkServiceNetworkPolicies.ENABLED,
        **more,
    )


_ALLOW: dict[str, Any] = {"access": "Allow", "direction": "Inbound", "source_port_range": "*"}


def _from(clients: tuple[str, ...]) -> dict[str, Any]:
    """Without ranges the internet: the loader has asked for the accepted risk."""
    return {"source_address_prefixes": list(clients)} if clients else {"source_address_prefix": "Internet"}
