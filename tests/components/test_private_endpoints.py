from __future__ import annotations

from collections.abc import Callable

from graph import Graph, deploy
from specs import a_spec

from components.private_endpoints import StoragePrivateEndpoints, StoragePrivateEndpointsArgs


def made(look: Callable[[StoragePrivateEndpoints], None] = lambda _: None) -> Graph:
    """Endpoints of two accounts; `look` sees the component."""
    args = StoragePrivateEndpointsArgs(
        spec=a_spec(), resource_group_name="rg", subnet_id="subnet", network_id="network",
        accounts={"own": "account-own", "shared": "account-shared"},
    )  # fmt: skip
    return deploy(lambda: look(StoragePrivateEndpoints("eastus", args)))


def test_each_account_has_an_endpoint_for_blob_and_one_for_dfs() -> None:
    endpoints = made().of_type(":PrivateEndpoint")
    reached = {
        (connection["privateLinkServiceId"], *connection["groupIds"])
        for endpoint in endpoints
        for connection in endpoint.inputs["privateLinkServiceConnections"]
    }

    assert reached == {(f"account-{account}", service) for account in ("own", "shared") for service in ("blob", "dfs")}
    assert {endpoint.inputs["subnet"]["id"] for endpoint in endpoints} == {"subnet"}
    assert len({endpoint.inputs["privateEndpointName"] for endpoint in endpoints}) == 4


def test_each_service_has_one_zone_that_the_network_sees() -> None:
    graph = made()
    zones = graph.of_type(":PrivateZone")

    assert [zone.inputs["privateZoneName"] for zone in zones] == [
        "privatelink.blob.core.windows.net",
        "privatelink.dfs.core.windows.net",
    ]
    for link, zone in zip(graph.of_type(":VirtualNetworkLink"), zones, strict=True):
        assert graph.waits(link, zone)
        assert link.inputs["virtualNetwork"] == {"id": "network"}
        assert link.inputs["registrationEnabled"] is False, "nodes are no storage accounts"


def test_accounts_without_an_endpoint_here_are_found_by_their_public_name() -> None:
    links = made().of_type(":VirtualNetworkLink")

    assert {link.inputs["resolutionPolicy"] for link in links} == {"NxDomainRedirect"}


def test_each_endpoint_s_address_stands_in_the_zone_of_its_service() -> None:
    graph = made()
    groups = graph.of_type(":PrivateDnsZoneGroup")

    assert len(groups) == 4
    for group in groups:
        [zone] = group.inputs["privateDnsZoneConfigs"]
        assert zone["privateDnsZoneId"].endswith(f"eastus-{zone['name']}-zone")
        assert group.name.endswith(f"-{zone['name']}-names")
        assert graph.waits(group, graph.named(group.name.replace("-names", "-endpoint")))


def test_endpoints_of_one_account_are_made_one_after_another() -> None:
    graph = made()

    for account in ("own", "shared"):
        first, second = (graph.named(f"eastus-{account}-{service}-endpoint") for service in ("blob", "dfs"))
        assert graph.waits(second, first), "an endpoint locks its account: StorageAccountOperationInProgress"
    assert not graph.waits(graph.named("eastus-shared-blob-endpoint"), graph.named("eastus-own-blob-endpoint"))


def test_names_that_a_zone_group_takes_over_are_no_difference() -> None:
    assert {each.ignore_changes for each in made().of_type(":PrivateEndpoint")} == {("customDnsConfigs",)}


def test_whoever_mounts_can_wait_for_links_and_addresses() -> None:
    ready: list[str] = []
    made(lambda endpoints: ready.extend(type(each).__name__ for each in endpoints.ready))

    assert sorted(ready) == ["PrivateDnsZoneGroup"] * 4 + ["VirtualNetworkLink"] * 2


def test_what_can_carry_tags_has_them() -> None:
    tagged = [each for suffix in (":PrivateEndpoint", ":PrivateZone", ":VirtualNetworkLink")
              for each in made().of_type(suffix)]  # fmt: skip

    assert len(tagged) == 8
    assert all(each.inputs["tags"] == a_spec().tags for each in tagged)
