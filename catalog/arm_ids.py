"""Under which id Azure keeps a resource, made of the inputs that name it; and what needs no id since it converges.

Read by `fleet recover`: a run that was killed while it created something knows inputs but no id. Ids are those of the
section "Import" on each type's page of the azure-native registry, version 3.29 (read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ArmId:
    """A type of azure-native.

    Attributes:
        type: Pulumi type token.
        path: the id, with names of inputs in braces; `subscriptionId` is the provider's.
    """

    type: str
    path: str

    def of(self, inputs: Mapping[str, Any], subscription: str) -> str:
        """The id of the resource with these inputs; empty where one that names it is missing or secret."""
        known = {**inputs, "subscriptionId": subscription}
        parts = {name: known.get(name) for name in re.findall(r"{(\w+)}", self.path)}
        whole = all(isinstance(part, str) and part for part in parts.values())
        return self.path.format_map(parts) if whole else ""


@dataclass(frozen=True, kw_only=True)
class Converges:
    """Types whose creation finds what an earlier one left.

    Attributes:
        type: prefix of the type token.
        how: in a phrase.
    """

    type: str
    how: str


_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
_NETWORK = f"{_GROUP}/providers/Microsoft.Network"
_CLUSTER = f"{_GROUP}/providers/Microsoft.ContainerService/managedClusters/{{resourceName}}"
_IDENTITY = f"{_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{{resourceName}}"
_ACCOUNT = f"{_GROUP}/providers/Microsoft.Storage/storageAccounts/{{accountName}}"
_ZONE = f"{_NETWORK}/privateDnsZones/{{privateZoneName}}"
_ENDPOINT = f"{_NETWORK}/privateEndpoints/{{privateEndpointName}}"

ARM_IDS: dict[str, ArmId] = {
    row.type: row
    for row in (
        ArmId(type="azure-native:resources:ResourceGroup", path=_GROUP),
        ArmId(
            type="azure-native:network:NetworkSecurityGroup",
            path=f"{_NETWORK}/networkSecurityGroups/{{networkSecurityGroupName}}",
        ),
        ArmId(type="azure-native:network:PublicIPPrefix", path=f"{_NETWORK}/publicIPPrefixes/{{publicIpPrefixName}}"),
        ArmId(type="azure-native:network:NatGateway", path=f"{_NETWORK}/natGateways/{{natGatewayName}}"),
        ArmId(type="azure-native:network:VirtualNetwork", path=f"{_NETWORK}/virtualNetworks/{{virtualNetworkName}}"),
        ArmId(type="azure-native:network:PrivateEndpoint", path=_ENDPOINT),
        ArmId(
            type="azure-native:network:PrivateDnsZoneGroup",
            path=f"{_ENDPOINT}/privateDnsZoneGroups/{{privateDnsZoneGroupName}}",
        ),
        ArmId(type="azure-native:privatedns:PrivateZone", path=_ZONE),
        ArmId(
            type="azure-native:privatedns:VirtualNetworkLink",
            path=f"{_ZONE}/virtualNetworkLinks/{{virtualNetworkLinkName}}",
        ),
        ArmId(type="azure-native:containerservice:ManagedCluster", path=_CLUSTER),
        ArmId(type="azure-native:containerservice:AgentPool", path=f"{_CLUSTER}/agentPools/{{agentPoolName}}"),
        ArmId(
            type="azure-native:containerservice:MaintenanceConfiguration",
            path=f"{_CLUSTER}/maintenanceConfigurations/{{configName}}",
        ),
        ArmId(type="azure-native:managedidentity:UserAssignedIdentity", path=_IDENTITY),
        ArmId(
            type="azure-native:managedidentity:FederatedIdentityCredential",
            path=f"{_IDENTITY}/federatedIdentityCredentials/{{federatedIdentityCredentialResourceName}}",
        ),
        ArmId(
            type="azure-native:authorization:RoleAssignment",
            path="{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        ),
        ArmId(type="azure-native:storage:StorageAccount", path=_ACCOUNT),
        ArmId(
            type="azure-native:storage:BlobContainer",
            path=f"{_ACCOUNT}/blobServices/default/containers/{{containerName}}",
        ),
        ArmId(
            type="azure-native:storage:ManagementPolicy",
            path=f"{_ACCOUNT}/managementPolicies/{{managementPolicyName}}",
        ),
    )
}

CONVERGES = (
    Converges(type="anyscale:", how="the next `up` finds it at Anyscale by its name"),
    Converges(
        type="azure-native:storage:BlobServiceProperties",
        how="it exists as soon as its account does, and the next `up` sets it",
    ),
    Converges(type="azuread:index/servicePrincipal:", how="the next `up` adopts the tenant's one"),
    Converges(type="pulumi:", how="it is the engine's own, and nothing in a cloud"),
)
