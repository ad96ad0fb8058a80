"""AKS: clusters, node pools, maintenance windows."""

from __future__ import annotations

import ipaddress
from typing import Any

from simulator.standins.azure import lookup
from simulator.standins.azure.kind import GROUP, Kind, Made, at, key_of, last_name, parent_of
from simulator.standins.azure.pool_list import every_pool, keep_inline, refuse_fixed, refuse_list, refuse_size
from simulator.standins.azure.pools import DEFAULT_OS_DISK_GIB, refuse_pool
from simulator.standins.refusal import Refused, azure
from simulator.standins.rules import Ask, Place, guid
from simulator.world import Record

Json = dict[str, Any]

PATCHES = {"1.34": "1.34.9", "1.35": "1.35.6", "1.36": "1.36.2"}
"""Minor versions in support, with the newest patch of each (AKS calendar, autumn 2026)."""
_DEFAULT_VERSION = "1.35"
_CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/{{resourceName}}"
_LONGEST_SERVER_PREFIX = 28
_JOINERS = (lookup.NETWORK_CONTRIBUTOR, lookup.CONTRIBUTOR, lookup.OWNER)


def patch_of(version: str) -> str:
    """The patch that runs for `1.36` or `1.36.2`."""
    return PATCHES.get(version, version)


def minor_of(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _refuse_version(ask: Ask, place: Place) -> None:
    version = ask.inputs.get("kubernetesVersion", _DEFAULT_VERSION)
    if minor_of(version) not in PATCHES:
        supported = ", ".join(PATCHES)
        raise azure(400, "K8sVersionNotSupported", f"Version {version} is not supported in this region: {supported}.")


def _refuse_version_step(ask: Ask, place: Place, live: Record) -> None:
    old = [int(part) for part in minor_of(live.outputs["kubernetesVersion"]).split(".")]
    new = [int(part) for part in minor_of(ask.inputs.get("kubernetesVersion", ".".join(map(str, old)))).split(".")]
    if not 0 <= new[1] - old[1] <= 1:
        raise azure(
            400, "OperationNotAllowed", f"Upgrading Kubernetes from {old} to {new} is not allowed: one at a time."
        )


def _refuse_pools(ask: Ask, place: Place) -> None:
    pools: list[Json] = ask.inputs.get("agentPoolProfiles", [])
    if not any(pool.get("mode") == "System" for pool in pools):
        raise azure(400, "MustDefineAtLeastOneSystemPool", "A cluster needs at least one pool of mode System.")
    for pool in pools:
        refuse_pool(pool.get("name", ""), pool, ask.inputs.get("location", ""))


def _refuse_way_out(ask: Ask, place: Place) -> None:
    if at(ask.inputs, "networkProfile.outboundType") != "userAssignedNATGateway":
        return
    for subnet in _node_subnets(ask.inputs):
        if not at(lookup.properties_of(ask.world, subnet), "natGateway.id"):
            message = f"Outbound type userAssignedNATGateway needs a NAT gateway on the node subnet {subnet}."
            raise azure(400, "BadRequest", message)


def _refuse_stranger(ask: Ask, place: Place) -> None:
    """The cluster's identity must be allowed to join its subnets before the cluster is made."""
    principal = lookup.identity_principal(ask.world, ask.inputs)
    for subnet in (*_node_subnets(ask.inputs), *_server_subnets(ask.inputs)):
        if not lookup.holds_role(ask.world, principal, _JOINERS, subnet):
            action = "Microsoft.Network/virtualNetworks/subnets/join/action"
            message = f"The cluster's identity with object id '{principal}' may not perform '{action}' over '{subnet}'."
            raise azure(403, "LinkedAuthorizationFailed", f"{message} Assign it Network Contributor there first.")


def _refuse_server_subnet(ask: Ask, place: Place) -> None:
    for id in _server_subnets(ask.inputs):
        subnet = lookup.properties_of(ask.world, id) or {}
        if not any(
            row.get("serviceName") == "Microsoft.ContainerService/managedClusters"
            for row in subnet.get("delegations", [])
        ):
            raise azure(
                400,
                "BadRequest",
                f"API server subnet {id} is not delegated to Microsoft.ContainerService/managedClusters.",
            )
        if any(range.prefixlen > _LONGEST_SERVER_PREFIX for range in _ranges(subnet)):
            raise azure(400, "BadRequest", f"API server subnet {id} is smaller than /28.")


def _refuse_overlap(ask: Ask, place: Place) -> None:
    """Pods, services and the virtual network must not share addresses."""
    network: Json = ask.inputs.get("networkProfile", {})
    taken = {name: ipaddress.ip_network(network[name]) for name in ("podCidr", "serviceCidr") if name in network}
    subnets = _node_subnets(ask.inputs)
    vnet = lookup.properties_of(ask.world, parent_of(subnets[0])) if subnets else None
    for prefix in at(vnet, "addressSpace.addressPrefixes") or ():
        taken[f"virtual network {prefix}"] = ipaddress.ip_network(prefix)
    names = list(taken)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            if taken[one].overlaps(taken[other]):
                raise azure(
                    400, "InvalidParameter", f"The address range of {one} ({taken[one]}) overlaps with {other}."
                )


def _refuse_separate_pool(ask: Ask, place: Place) -> None:
    cluster = ask.world.get(key_of(parent_of(place.id)))
    location = cluster.outputs["location"] if cluster else ""
    refuse_pool(last_name(place.id), ask.inputs, location)


def _refuse_twin(ask: Ask, place: Place) -> None:
    if not ask.world.get(place.key) and lookup.properties_of(ask.world, place.id):
        raise Refused(f'cannot create already existing resource "{place.id}"')


def _refuse_pool_change(ask: Ask, place: Place, live: Record) -> None:
    refuse_fixed(last_name(place.id), ask.inputs, live.outputs)
    refuse_size(last_name(place.id), ask.inputs, live.outputs)


def _node_subnets(inputs: Json) -> list[str]:
    return [pool["vnetSubnetID"] for pool in inputs.get("agentPoolProfiles", []) if pool.get("vnetSubnetID")]


def _server_subnets(inputs: Json) -> list[str]:
    return [id] if (id := at(inputs, "apiServerAccessProfile.subnetId")) else []


def _ranges(subnet: Json) -> list[ipaddress.IPv4Network]:
    prefixes = subnet.get("addressPrefixes") or [subnet.get("addressPrefix")]
    return [ipaddress.IPv4Network(prefix) for prefix in prefixes if prefix]


def _issuer(made: Made) -> str | None:
    """Issuers differ between a cluster and the one made anew under its name."""
    location, tenant = made.ask.inputs["location"], guid("tenant of issuers")
    enabled = at(made.ask.inputs, "oidcIssuerProfile.enabled")
    return f"https://{location}.oic.prod-aks.azure.com/{tenant}/{made.unique}/" if enabled else None


def _kubelet(made: Made) -> Json:
    group = at(made.ask.inputs, "nodeResourceGroup") or _node_group(made)
    subscription = made.place.id.split("/")[2]
    home = f"/subscriptions/{subscription}/resourceGroups/{group}"
    id = f"{home}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    ids = {"clientId": guid(made.unique, "kubelet client"), "objectId": guid(made.unique, "kubelet object")}
    return {"kubeletidentity": {"resourceId": f"{id}/{last_name(made.place.id)}-agentpool", **ids}}


def _node_group(made: Made) -> str:
    group = made.place.id.split("/")[4]
    return f"MC_{group}_{last_name(made.place.id)}_{made.ask.inputs['location']}"


def _running(made: Made) -> str:
    """AKS keeps the patch it runs when the version asked for is only its minor."""
    asked = made.ask.inputs.get("kubernetesVersion", _DEFAULT_VERSION)
    before = made.live.outputs["currentKubernetesVersion"] if made.live else ""
    return before if minor_of(before) == asked else patch_of(asked)


def _pool_version(made: Made) -> str:
    asked = made.ask.inputs.get("orchestratorVersion")
    cluster = made.ask.world.get(key_of(parent_of(made.place.id)))
    return patch_of(asked) if asked else cluster.outputs["currentKubernetesVersion"] if cluster else ""


def _asked_version(made: Made) -> str:
    """What AKS answers as the version asked of a pool that names none: the cluster's at its birth."""
    cluster = made.ask.world.get(key_of(parent_of(made.place.id)))
    if made.live:
        return made.live.outputs["orchestratorVersion"]
    return cluster.outputs["kubernetesVersion"] if cluster else ""


def _first_count(made: Made) -> int:
    return made.ask.inputs.get("minCount", 1) if made.live is None else made.live.outputs["count"]


KINDS = {
    "containerservice:ManagedCluster": Kind(
        path=_CLUSTER,
        api="2025-09-01",
        name=r"[a-zA-Z0-9](?:[\w-]{0,61}[a-zA-Z0-9])?",
        replaces=frozenset(
            {
                "diskEncryptionSetID", "dnsPrefix", "fqdnSubdomain", "linuxProfile", "location", "nodeResourceGroup",
                "windowsProfile", "serviceCidr", "serviceCidrs", "dnsServiceIP", "networkMode", "networkPlugin",
                "networkPluginMode", "podCidr", "networkDataplane", "networkPolicy", "outboundType", "nodePublicIPTags",
            }
        ),
        computed={
            "fqdn": "{dnsPrefix}-{hash}.hcp.{location}.azmk8s.io",
            "azurePortalFQDN": "{dnsPrefix}-{hash}.portal.hcp.{location}.azmk8s.io",
            "currentKubernetesVersion": _running,
            "oidcIssuerProfile.issuerURL": _issuer,
            "identityProfile": _kubelet,
            "maxAgentPools": lambda made: 100,
            "powerState": lambda made: {"code": "Running"},
            "resourceUID": "{guid}",
        },
        defaults={
            "nodeResourceGroup": _node_group,
            "kubernetesVersion": _DEFAULT_VERSION,
            "enableRBAC": True,
            "supportPlan": "KubernetesOfficial",
            "networkProfile.loadBalancerSku": "standard",
            "networkProfile.ipFamilies": ["IPv4"],
        },
        refuse=(
            _refuse_version, _refuse_pools, _refuse_way_out, _refuse_server_subnet, _refuse_overlap, _refuse_stranger,
        ),
        refuse_change=(_refuse_version_step, refuse_list),
        settle=keep_inline,
        shows=every_pool,
    ),
    "containerservice:AgentPool": Kind(
        path=f"{_CLUSTER}/agentPools/{{agentPoolName}}",
        api="2025-09-01",
        name=r"[a-z][a-z0-9]{0,11}",
        located=False,
        replaces=frozenset({"gpuInstanceProfile", "vmSize", "nodePublicIPTags"}),
        computed={
            "currentOrchestratorVersion": _pool_version,
            "nodeImageVersion": "AKSUbuntu-2404gen2containerd-202611.01.0",
            "powerState": lambda made: {"code": "Running"},
        },
        defaults={
            "count": _first_count, "osType": "Linux", "osSKU": "Ubuntu", "mode": "User",
            "type": "VirtualMachineScaleSets", "orchestratorVersion": _asked_version,
            "maxPods": 250, "osDiskSizeGB": DEFAULT_OS_DISK_GIB, "osDiskType": "Managed", "scaleDownMode": "Delete",
        },
        refuse=(_refuse_twin, _refuse_separate_pool),
        refuse_change=(_refuse_pool_change,),
    ),
    "containerservice:MaintenanceConfiguration": Kind(
        path=f"{_CLUSTER}/maintenanceConfigurations/{{configName}}",
        api="2025-09-01",
        name="default|aksManagedAutoUpgradeSchedule|aksManagedNodeOSUpgradeSchedule",
        located=False,
    ),
}  # fmt: skip
