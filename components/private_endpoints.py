"""Private endpoints of storage accounts in one region's network, and the names that lead to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network, privatedns

from stack.spec import StackSpec

SERVICES = ("blob", "dfs")
"""BlobFuse2 and `abfss://` use both on accounts with a hierarchical namespace; one alone hangs."""


@dataclass(frozen=True, kw_only=True)
class StoragePrivateEndpointsArgs:
    """What `StoragePrivateEndpoints` need.

    Attributes:
        accounts: ARM id by a name of our own, e.g. `own`, `shared`; decides how many exist.
    """

    spec: StackSpec
    resource_group_name: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    network_id: pulumi.Input[str]
    accounts: Mapping[str, pulumi.Input[str]]


class StoragePrivateEndpoints(pulumi.ComponentResource):
    """Endpoints for blob and dfs of each account, in this region's network, with their private DNS zones.

    Owns endpoints, zones and links. Does not own the accounts: each region has its own endpoints for the shared one.

    Attributes:
        ready: what a pod must wait for before it finds an account.
    """

    ready: tuple[pulumi.Resource, ...]

    def __init__(
        self, name: str, args: StoragePrivateEndpointsArgs, *, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("anyscale-on-aks:components:StoragePrivateEndpoints", name, {}, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        zones = {service: self._zone(service) for service in SERVICES}
        links = [self._link(service, zone) for service, zone in zones.items()]
        names: list[network.PrivateDnsZoneGroup] = []
        for account, account_id in args.accounts.items():
            before: list[network.PrivateDnsZoneGroup] = []  # an endpoint locks its account while it is made
            for service, zone in zones.items():
                before = [self._endpoint(account, account_id, service, zone, after=before)]
                names += before
        self.ready = (*links, *names)
        self.register_outputs({})

    def _zone(self, service: str) -> privatedns.PrivateZone:
        return privatedns.PrivateZone(
            f"{self._name}-{service}-zone",
            resource_group_name=self._args.resource_group_name,
            private_zone_name=f"privatelink.{service}.core.windows.net",
            location="global",
            tags=self._args.spec.tags,
            opts=self._child,
        )

    def _link(self, service: str, zone: privatedns.PrivateZone) -> privatedns.VirtualNetworkLink:
        return privatedns.VirtualNetworkLink(
            f"{self._name}-{service}-link",
            resource_group_name=self._args.resource_group_name,
            private_zone_name=zone.name,
            virtual_network_link_name=self._args.spec.names.network,
            virtual_network=privatedns.SubResourceArgs(id=self._args.network_id),
            location="global",
            registration_enabled=False,
            # An account without an endpoint here is still found, by its public name.
            resolution_policy=privatedns.ResolutionPolicy.NX_DOMAIN_REDIRECT,
            tags=self._args.spec.tags,
            opts=self._child,
        )

    def _endpoint(
        self,
        account: str,
        account_id: pulumi.Input[str],
        service: str,
        zone: privatedns.PrivateZone,
        *,
        after: Sequence[pulumi.Resource],
    ) -> network.PrivateDnsZoneGroup:
        """An endpoint, and the group that writes its addresses into the zone."""
        physical = f"pe-{self._args.spec.names.network}-{account}-{service}"
        endpoint = network.PrivateEndpoint(
            f"{self._name}-{account}-{service}-endpoint",
            resource_group_name=self._args.resource_group_name,
            private_endpoint_name=physical,
            subnet=network.SubnetArgs(id=self._args.subnet_id),
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    name=service, private_link_service_id=account_id, group_ids=[service]
                )
            ],
            tags=self._args.spec.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(after),
                # The zone group's: Azure lists the names here until the group takes them over.
                ignore_changes=["customDnsConfigs"],
            ),
        )
        return network.PrivateDnsZoneGroup(
            f"{self._name}-{account}-{service}-names",
            resource_group_name=self._args.resource_group_name,
            private_endpoint_name=endpoint.name,
            private_dns_zone_group_name="default",
            private_dns_zone_configs=[network.PrivateDnsZoneConfigArgs(name=service, private_dns_zone_id=zone.id)],
            opts=self._child,
        )
