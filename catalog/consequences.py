"""What a change of a resource does to what runs on it: facts about Azure, AKS and Kubernetes.

Read by `fleet` for its verdicts. A type or property without a row is taken for safe to create and to update; to delete
or replace anything is at least disruptive. Sources stand with the rows, all read 2026-11; what none of them says has no
row. What is fixed at creation azure-native replaces, or asks Azure to change, which refuses it half way through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["safe", "disruptive", "refused"]


@dataclass(frozen=True, kw_only=True)
class Takes:
    """What goes because something else goes.

    Attributes:
        type: prefix of its Pulumi type token.
        by: input that has the same value in both; empty where a stack has one such holder.
    """

    type: str
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A type whose replacement or deletion is destructive; the rows stand worst first.

    Attributes:
        type: Pulumi type token.
        loses: what goes with it, in a phrase.
        takes: what goes because it goes.
    """

    type: str
    loses: str
    takes: tuple[Takes, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What the change of a property does.

    Attributes:
        type: prefix of the Pulumi type token.
        property: regular expression that matches the beginning of the path; `$` is the resource whole, where it goes.
        effect: what happens, in a phrase.
        verdict: `refused` where Azure says no half way through a run.
        source: page or file.
    """

    type: str
    property: str
    effect: str
    verdict: Verdict
    source: str


LOSSES = (
    Loss(
        type="azure-native:containerservice:ManagedCluster",
        loses="the cluster and every job on it",
        takes=(Takes(type="azure-native:containerservice:", by="resourceName"), Takes(type="kubernetes:")),
    ),
    Loss(
        type="azure-native:storage:StorageAccount",
        loses="all data of its containers",
        takes=(Takes(type="azure-native:storage:", by="accountName"),),
    ),
    Loss(
        type="azure-native:resources:ResourceGroup",
        loses="everything in the group",
        takes=(Takes(type="azure-native:", by="resourceGroupName"),),
    ),
    Loss(type="azure-native:storage:BlobContainer", loses="the data in the container"),
    Loss(type="anyscale:index:Cloud", loses="the Anyscale cloud with its history"),
    Loss(type="anyscale:index:CloudResource", loses="the registration: no new job starts in this region"),
    Loss(type="azure-native:containerservice:AgentPool", loses="the nodes of the pool and what runs on them"),
    Loss(type="azure-native:network:VirtualNetwork", loses="the network under the cluster"),
    Loss(
        type="azure-native:managedidentity:UserAssignedIdentity",
        loses="every grant and credential of the identity",
        takes=(Takes(type="azure-native:managedidentity:FederatedIdentityCredential", by="resourceName"),),
    ),
    Loss(type="azuread:index/servicePrincipal:ServicePrincipal", loses="the vendor's sign-in, for the whole tenant"),
    Loss(type="kubernetes:core/v1:Namespace", loses="everything in the namespace: pods, claims and their secrets"),
    Loss(type="anyscale:index:Drain", loses="the region's system workload, which it ends: no job starts here"),
    Loss(type="azure-native:managedidentity:FederatedIdentityCredential", loses="the sign-in of its service account"),
    Loss(type="azure-native:authorization:RoleAssignment", loses="what the grant allows"),
)

_DISRUPTION = "AKS node-disruption-policy (azure-aks-docs)"
_NODE_POOLS = "AKS manage-node-pools (azure-aks-docs)"
_REPLACED = "pulumi-azure-native, provider/pkg/gen/replacement.go"
_CYCLED = "Pulumi azure KubernetesClusterNodePool: what cycles a pool or forces a new one"
_TIERS = "Azure storage access-tiers-online-manage"
_SUBNETS = "Azure virtual-network-manage-subnet: change subnet settings"
_KUBERNETES = "pulumi-kubernetes, provider/pkg: diff.go, await.go; Kubernetes: Persistent Volumes, Storage Classes"
_WORKLOADS = "Kubernetes: Deployments, updating"
_OURS = "pulumi_anyscale/cloud_resource.py, cloud.py"

_FIXED = (
    "(maxPods|osDiskSizeGB|osDiskType|kubeletDiskType|availabilityZones|vnetSubnetID|podSubnetID|enableNodePublicIP"
    "|enableEncryptionAtHost|enableFIPS|kubeletConfig|linuxOSConfig|scaleSetPriority)"
)
_REIMAGED = "(localDNSProfile|securityProfile.enable(SecureBoot|VTPM)|capacityReservationGroupID)"
_IN_USE = "goes when no pod mounts it any more: the run waits ten minutes, then fails; pods that start wait, data stay"
_ROLLS = "rolls every node of the pool: each is drained and made anew, and what is on its local disk is lost"
_FIXED_NETWORK = (
    r"networkProfile\.(serviceCidrs?|dnsServiceIP|networkMode|networkPlugin|networkPluginMode|podCidr"
    r"|networkDataplane|networkPolicy|outboundType)\b"
)

_ROWS: Mapping[str, tuple[tuple[str, Verdict, str, str], ...]] = {
    "azure-native:containerservice:ManagedCluster": (
        (
            r"agentPoolProfiles\[[1-9]",
            "safe",
            "is about a list only: a pool that is a resource of its own stays as it is",  # docs/decisions/0007
            "azure-native issues 579 and 1686",
        ),
        (
            rf"agentPoolProfiles\[0\]\.(vmSize|{_FIXED})",
            "refused",
            "AKS takes it only at the creation of a pool, and the system pool is created with the cluster",
            f"{_NODE_POOLS}; {_CYCLED}",
        ),
        (rf"agentPoolProfiles\[0\]\.{_REIMAGED}", "disruptive", _ROLLS, _DISRUPTION),
        (
            "kubernetesVersion",
            "disruptive",
            "upgrades the control plane; nodes roll when their pools are upgraded",
            "AKS upgrade-cluster (azure-aks-docs)",
        ),
        (
            r"autoUpgradeProfile\.nodeOSUpgradeChannel",
            "safe",
            "says which images nodes get and when; between None, SecurityPatch and NodeImage no node rolls now",
            _DISRUPTION,
        ),
        (
            r"apiServerAccessProfile\.authorizedIPRanges",
            "disruptive",
            "whoever is outside the ranges that remain loses the API server, machines that run pulumi too",
            "AKS api-server-authorized-ip-ranges (azure-aks-docs)",
        ),
        (
            r"apiServerAccessProfile\.enableVnetIntegration",
            "disruptive",
            "rolls every node of the cluster",
            _DISRUPTION,
        ),
        (
            rf"{_FIXED_NETWORK}|dnsPrefix|fqdnSubdomain|nodeResourceGroup$|diskEncryptionSetID",
            "disruptive",
            "is fixed at creation, so that the cluster is replaced",
            _REPLACED,
        ),
    ),
    "azure-native:containerservice:AgentPool": (
        (
            "vmSize|gpuInstanceProfile",
            "disruptive",
            "AKS does not resize nodes, so that the pool is replaced; a second pool beside it is gentler",
            f"{_NODE_POOLS}; {_REPLACED}",
        ),
        (
            _FIXED,
            "refused",
            "AKS takes it only at the creation of a pool: add a pool under another name, then take this one away",
            _CYCLED,
        ),
        ("orchestratorVersion|nodeImageVersion", "disruptive", _ROLLS, f"{_NODE_POOLS}; {_DISRUPTION}"),
        (_REIMAGED, "disruptive", _ROLLS, _DISRUPTION),
        ("nodeLabels", "safe", "is put on the nodes that run; their pods stay", "AKS use-labels (azure-aks-docs)"),
        (
            "nodeTaints",
            "safe",
            "keeps new pods away; those that run stay, unless the taint says NoExecute",
            "AKS use-node-taints (azure-aks-docs)",
        ),
    ),
    "azure-native:network:NetworkSecurityGroup": (
        (
            r"securityRules\[\d+\]\.(access|source|destination|protocol)",
            "disruptive",
            "holds for new connections: whoever is not let in any more finds the ingress closed",
            "Azure network-security-groups-overview",
        ),
    ),
    # A virtual network with its subnets, or a subnet of its own.
    "azure-native:network:": (
        (
            r"(subnets\[\d+\]\.)?addressPrefix",
            "refused",
            "Azure neither moves nor resizes a subnet that is in use (InUseSubnetCannotBeUpdated)",
            _SUBNETS,
        ),
        (
            r"(subnets\[\d+\]\.)?delegations",
            "refused",
            "Azure neither adds nor removes a delegation while the service has resources in the subnet",
            _SUBNETS,
        ),
    ),
    "azure-native:storage:StorageAccount": (
        ("isHnsEnabled|location", "disruptive", "is fixed at creation, so that the account is replaced", _REPLACED),
        ("accessTier", "safe", "moves every blob without a tier of its own, which is billed", _TIERS),
        (
            "sku",
            "disruptive",
            "a copy in another region comes or goes in place; zones come or go by a conversion that takes days",
            "Azure storage redundancy-migration",
        ),
        (
            "networkRuleSet|publicNetworkAccess",
            "disruptive",
            "whoever is not let in any more loses the data at once: pods, and pages with logs",
            "Azure storage-network-security",
        ),
    ),
    "azure-native:authorization:RoleAssignment": (
        (
            "principalId|scope|roleDefinitionId|roleAssignmentName",
            "disruptive",
            "the grant is made anew, and it takes minutes until it holds",
            f"{_REPLACED}; Azure RBAC troubleshooting",
        ),
    ),
    "azure-native:managedidentity:FederatedIdentityCredential": (
        (
            "issuer|subject|audiences",
            "disruptive",
            "pods with the token of before cannot sign in any more",
            "Entra workload-identity-federation-considerations",
        ),
    ),
    "kubernetes:core/v1:PersistentVolumeClaim": (("$", "disruptive", _IN_USE, _KUBERNETES),),
    "kubernetes:core/v1:PersistentVolume": (
        (r"spec\.mountOptions", "safe", "reaches only pods that start later", _KUBERNETES),
        (r"spec\.csi", "disruptive", "is fixed at creation: volume and claim are made anew, data stay", _KUBERNETES),
    ),
    "kubernetes:storage.k8s.io/v1:StorageClass": (
        ("parameters|provisioner", "safe", "is made anew; claims keep what they have", _KUBERNETES),
    ),
    "kubernetes:helm.sh/v3:Release": (
        (
            r"values\.workloads\.instanceTypes\.additional\b",
            "safe",
            "is what jobs may ask for, in a ConfigMap; no pod restarts",
            "anyscale-operator 1.8.0, templates/configmap_instance_types.yaml and deployment.yaml",
        ),
        (
            "values|version|chart",
            "disruptive",
            "the chart's own pods restart where it changes them; what already runs on Ray goes on",
            _WORKLOADS,
        ),
    ),
    "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy": (
        (r"spec\.provider\.kubernetes\.envoyDeployment", "disruptive", "rolls the proxies of the ingress", _WORKLOADS),
        (
            r"spec\.provider\.kubernetes\.envoyService",
            "disruptive",
            "changes who may reach Ray's dashboards and services, or under which name",
            "AKS load-balancer-standard (azure-aks-docs)",
        ),
    ),
    "anyscale:index:CloudResource": (
        ("persistentVolumeClaim|zones|redisEndpoint", "safe", "is changed in place, for pods that start later", _OURS),
        ("", "disruptive", "is fixed at registration; the cloud's primary resource goes only with the cloud", _OURS),
    ),
    "anyscale:index:Cloud": (("", "disruptive", "is fixed when the cloud is made", _OURS),),
}
"""By prefix of the type: property, verdict, effect and source. Of rows that match, the first holds."""

CONSEQUENCES = tuple(
    Consequence(type=type_, property=property_, verdict=verdict, effect=effect, source=source)
    for type_, rows in _ROWS.items()
    for property_, verdict, effect, source in rows
)


def loss(type_: str) -> Loss | None:
    """The row of a type, or None."""
    return next((row for row in LOSSES if type_ == row.type), None)


def consequence(type_: str, path: str = "") -> Consequence | None:
    """The first row that a property of a type meets, or without one the whole resource; or None."""
    return next((row for row in CONSEQUENCES if type_.startswith(row.type) and re.match(row.property, path)), None)
