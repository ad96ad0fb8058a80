from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from graph import Declared, Graph, deploy
from regions import a_cluster
from specs import a_spec

from catalog.roles import AKS_CLUSTER_USER, AKS_RBAC_CLUSTER_ADMIN
from components.cluster import RegionalAksCluster
from stack.spec import StackSpec

ADMINS = [
    {"type": "group", "id": "10000000-0000-0000-0000-000000000001"},
    {"type": "user", "id": "10000000-0000-0000-0000-000000000002"},
    {"type": "servicePrincipal", "id": "10000000-0000-0000-0000-000000000003"},
]
FILLED_IN_BY_THE_SDK = {"allocatedOutboundPorts": 0, "idleTimeoutInMinutes": 30}
EXISTING = {
    "nodeSubnetId": "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/v/subnets/n",
    "apiServerSubnetId": "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/v/subnets/a",
    "outbound": "userDefinedRouting",
    "apiServerClients": ["203.0.113.0/24"],
}


def made(**changes: Any) -> Graph:
    """The cluster of eastus with `changes`, and its network."""
    return of(a_spec(**changes)) if changes else unchanged()


@functools.cache
def unchanged() -> Graph:
    return of(a_spec())


def of(spec: StackSpec, look: Callable[[RegionalAksCluster], object] = lambda _: None) -> Graph:
    return deploy(lambda: look(a_cluster(spec)))


def cluster(**changes: Any) -> dict[str, Any]:
    return made(**changes).only(":ManagedCluster").inputs


def grants(graph: Graph) -> list[Declared]:
    return [each for each in graph.of_type(":RoleAssignment") if each.inputs["scope"].endswith("eastus-cluster")]


def test_the_api_server_takes_entra_tokens_only() -> None:
    made_cluster = cluster()

    assert made_cluster["disableLocalAccounts"] is True, "their kubeconfig cannot be taken back"
    assert made_cluster["aadProfile"] == {"managed": True, "enableAzureRBAC": True}
    assert made_cluster["enableRBAC"] is True


def test_the_api_server_is_reached_from_named_ranges_and_by_nodes_inside_the_network() -> None:
    access = cluster(network={"apiServerClients": ["198.51.100.0/24", "203.0.113.0/24"]})["apiServerAccessProfile"]

    assert access["authorizedIPRanges"] == ["198.51.100.0/24", "203.0.113.0/24"]
    assert access["enableVnetIntegration"] is True
    assert access["subnetId"].endswith("/subnets/api-server")
    assert access["enablePrivateCluster"] is False, "the operator dials out, the engine dials in"
    assert access["disableRunCommand"] is True, "it goes past the ranges"


def test_pods_can_act_as_identities() -> None:
    made_cluster = cluster()

    assert made_cluster["oidcIssuerProfile"] == {"enabled": True}
    assert made_cluster["securityProfile"]["workloadIdentity"] == {"enabled": True}


def test_the_cluster_acts_as_the_identity_that_was_granted_the_subnets() -> None:
    graph = made()
    made_cluster = graph.only(":ManagedCluster")

    assert made_cluster.inputs["identity"] == {"type": "UserAssigned", "userAssignedIdentities": ["identity"]}
    for subnet in ("nodes", "api-server"):
        grant = graph.named(f"eastus-{subnet}-grant")
        assert graph.waits(made_cluster, grant), "without it AKS refuses to join the subnet"


def test_blobs_can_be_mounted() -> None:
    assert cluster()["storageProfile"]["blobCSIDriver"] == {"enabled": True}


def test_the_network_is_cilium_s_overlay_said_whole() -> None:
    profile, addresses = cluster()["networkProfile"], a_spec().addresses

    assert profile == {
        "networkPlugin": "azure",
        "networkPluginMode": "overlay",
        "networkDataplane": "cilium",
        "networkPolicy": "cilium",
        "ipFamilies": ["IPv4"],
        "podCidr": addresses.pods,
        "serviceCidr": addresses.services,
        "dnsServiceIP": addresses.dns_service,
        "outboundType": "userAssignedNATGateway",
        "loadBalancerSku": "standard",
        "loadBalancerProfile": {"backendPoolType": "NodeIP", **FILLED_IN_BY_THE_SDK},
    }, "most of it is fixed at creation, and a default of Azure's may move"


def test_an_existing_network_says_its_own_way_out() -> None:
    made_cluster = cluster(network=lambda _: EXISTING)

    assert made_cluster["networkProfile"]["outboundType"] == "userDefinedRouting"
    assert made_cluster["agentPoolProfiles"][0]["vnetSubnetID"] == EXISTING["nodeSubnetId"]
    assert made_cluster["apiServerAccessProfile"]["subnetId"] == EXISTING["apiServerSubnetId"]


def test_nobody_changes_by_hand_what_aks_made() -> None:
    made_cluster = cluster()

    assert made_cluster["nodeResourceGroup"] == a_spec().names.node_resource_group
    assert made_cluster["nodeResourceGroupProfile"] == {"restrictionLevel": "ReadOnly"}


def test_the_tier_has_a_service_level() -> None:
    assert cluster()["sku"] == {"name": "Base", "tier": "Standard"}
    assert cluster()["supportPlan"] == "KubernetesOfficial"


@pytest.mark.parametrize("size", ["trial", "many-jobs", "one-giant-job"])
def test_the_autoscaler_is_tuned_by_the_size(size: str) -> None:
    profile, tuned = cluster(sizedFor=size)["autoScalerProfile"], a_spec(sizedFor=size).sizing.autoscaler

    assert profile.keys() >= {"scanInterval", "expander", "maxGracefulTerminationSec", "scaleDownUnneededTime"}
    assert set(map(str, profile.values())) == set(map(str, tuned.values()))
    assert profile["maxGracefulTerminationSec"] == "600", "less ends Ray tasks that still run"


def test_the_version_is_the_file_s_and_never_ignored() -> None:
    graph = made(cluster={"kubernetesVersion": "1.35"})
    made_cluster = graph.only(":ManagedCluster")

    assert made_cluster.inputs["kubernetesVersion"] == "1.35", "a minor: patches are the channel's"
    assert made_cluster.ignore_changes == ()
    assert all(
        "orchestratorVersion" not in pool
        for pool in (*made_cluster.inputs["agentPoolProfiles"], *(each.inputs for each in graph.of_type(":AgentPool")))
    ), "under an upgrade channel AKS refuses pools of which only some name a version"


def test_a_long_name_is_cut_for_the_dns_prefix_alone() -> None:
    name, spec = "aks-ray-" + "a" * 45 + "-bcd", a_spec()
    long = of(replace(spec, names=replace(spec.names, cluster=name))).only(":ManagedCluster").inputs

    assert long["resourceName"] == name
    assert long["dnsPrefix"] == "aks-ray-" + "a" * 45, "AKS takes 54 characters, of which the last is no hyphen"
    assert cluster()["dnsPrefix"] == "aks-ray-eastus"


@pytest.mark.parametrize(("lifecycle", "protect"), [("protected", True), ("retiring", False), ("disposable", False)])
def test_a_protected_stack_keeps_its_cluster(lifecycle: str, protect: bool) -> None:
    assert made(lifecycle=lifecycle).only(":ManagedCluster").protect is protect


def test_each_administrator_gets_in_and_may_do_everything() -> None:
    graph = made(cluster={"admins": ADMINS})
    granted = {
        (each.inputs["principalId"], each.inputs["principalType"], each.inputs["roleDefinitionId"].rpartition("/")[2])
        for each in grants(graph)
    }

    assert granted == {
        (admin["id"], kind, role.id)
        for admin, kind in zip(ADMINS, ("Group", "User", "ServicePrincipal"), strict=True)
        for role in (AKS_RBAC_CLUSTER_ADMIN, AKS_CLUSTER_USER)
    }


def test_the_kubernetes_provider_waits_for_every_administrator() -> None:
    graph = made(cluster={"admins": ADMINS})
    provider = graph.only("pulumi:providers:kubernetes")

    assert len(grants(graph)) == 6
    assert all(graph.waits(provider, grant) for grant in grants(graph)), "before them the API server lets nobody in"


def test_kubernetes_and_node_images_have_windows_apart() -> None:
    graph = made()
    windows = {each.inputs["configName"]: each.inputs["maintenanceWindow"] for each in
               graph.of_type(":MaintenanceConfiguration")}  # fmt: skip

    assert {
        name: (window["schedule"]["weekly"]["dayOfWeek"], window["startTime"], window["durationHours"])
        for name, window in windows.items()
    } == {
        "aksManagedAutoUpgradeSchedule": ("Saturday", "02:00", 4),
        "aksManagedNodeOSUpgradeSchedule": ("Sunday", "02:00", 4),
    }
    assert {window["utcOffset"] for window in windows.values()} == {"+00:00"}
    assert cluster()["autoUpgradeProfile"] == {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"}


def test_what_upgrades_nothing_has_no_window() -> None:
    graph = made(cluster={"upgrades": {"kubernetes": "none"}})

    assert graph.only(":MaintenanceConfiguration").inputs["configName"] == "aksManagedNodeOSUpgradeSchedule"
    assert made(sizedFor="one-giant-job").of_type(":MaintenanceConfiguration") == []


def test_the_issuer_of_the_pods_tokens_is_told() -> None:
    told: list[str] = []
    of(a_spec(), lambda component: component.oidc_issuer_url.apply(told.append) and None)

    assert told == ["https://issuer"]


def test_the_pools_are_told_in_the_order_of_the_file() -> None:
    names: list[str] = []
    of(a_spec(), lambda component: names.extend(pool._name for pool in component.pools))

    assert names == ["eastus-cpu", "eastus-t4spot", "eastus-a100"]
