"""A program of many types, run by the real engine in `test_standins_engine`: its outputs pass through the typed SDK."""
# What resources share is unpacked from dictionaries, whose values have no types of their own.
# pyright: reportArgumentType=false, reportCallIssue=false

import base64
import os
import uuid

import pulumi
import pulumi_azuread as azuread
import pulumi_kubernetes as kubernetes
from pulumi import Output, ResourceOptions
from pulumi_azure_native import (
    authorization,
    containerservice,
    managedidentity,
    network,
    privatedns,
    resources,
    storage,
)

NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
CLUSTER_ADMIN = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
TOLERATIONS = [{"key": "CriticalAddonsOnly", "operator": "Exists"}]
tags = {"edition": os.environ.get("EDITION", "1")}
me = authorization.get_client_config()
group = resources.ResourceGroup("group", resource_group_name="rg")
here = {"resource_group_name": group.name}


def grant(name: str, scope: Output[str], principal: Output[str] | str, role: str, kind: str) -> pulumi.Resource:
    return authorization.RoleAssignment(
        name,
        scope=scope,
        principal_id=principal,
        principal_type=kind,
        role_definition_id=f"/subscriptions/{me.subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        role_assignment_name=Output.all(scope, principal).apply(lambda p: str(uuid.uuid5(uuid.NAMESPACE_URL, str(p)))),
    )


identity = managedidentity.UserAssignedIdentity("identity", **here, resource_name_="identity")
prefix = network.PublicIPPrefix("prefix", **here, public_ip_prefix_name="prefix", prefix_length=31)
address = network.PublicIPAddress(
    "address", **here, public_ip_address_name="address", dns_settings={"domain_name_label": "label"}
)
nat = network.NatGateway("nat", **here, nat_gateway_name="nat", public_ip_prefixes=[{"id": prefix.id}])
nsg = network.NetworkSecurityGroup("nsg", **here, network_security_group_name="nsg")
vnet = network.VirtualNetwork(
    "vnet", **here, virtual_network_name="vnet", address_space={"address_prefixes": ["10.10.0.0/16"]}
)
nodes = network.Subnet(
    "nodes",
    **here,
    virtual_network_name=vnet.name,
    subnet_name="nodes",
    address_prefix="10.10.0.0/18",
    nat_gateway={"id": nat.id},
    network_security_group={"id": nsg.id},
)
joins = grant("joins", nodes.id, identity.principal_id, NETWORK_CONTRIBUTOR, "ServicePrincipal")
cluster = containerservice.ManagedCluster(
    "cluster",
    **here,
    resource_name_="aks",
    dns_prefix="aks",
    kubernetes_version="1.35",
    tags=tags,
    identity={"type": "UserAssigned", "user_assigned_identities": [identity.id]},
    oidc_issuer_profile={"enabled": True},
    aad_profile={"managed": True, "enable_azure_rbac": True},
    network_profile={"outbound_type": "userAssignedNATGateway", "pod_cidr": "10.244.0.0/16"},
    agent_pool_profiles=[
        {
            "name": "system",
            "mode": "System",
            "count": 2,
            "vm_size": "Standard_D4ds_v5",
            "vnet_subnet_id": nodes.id,
            "node_taints": ["CriticalAddonsOnly=true:NoSchedule"],
        }
    ],
    opts=ResourceOptions(depends_on=[joins], ignore_changes=["agentPoolProfiles"]),  # a refresh brings `pool` into it
)
pool = containerservice.AgentPool(
    "pool",
    **here,
    resource_name_=cluster.name,
    agent_pool_name="cpu",
    vm_size="Standard_D16ds_v5",
    enable_auto_scaling=True,
    min_count=0,
    max_count=10,
    count=0,
    opts=ResourceOptions(ignore_changes=["count"]),
)
window = containerservice.MaintenanceConfiguration(
    "window", **here, resource_name_=cluster.name, config_name="default", maintenance_window={"duration_hours": 4}
)
credential = managedidentity.FederatedIdentityCredential(
    "credential",
    **here,
    resource_name_=identity.name,
    federated_identity_credential_resource_name="credential",
    issuer=cluster.oidc_issuer_profile.apply(lambda profile: profile.issuer_url if profile else ""),
    subject="system:serviceaccount:a:b",
    audiences=["api://AzureADTokenExchange"],
)
account = storage.StorageAccount(
    "account", **here, account_name="rayaccount", kind="StorageV2", sku={"name": "Standard_ZRS"}, is_hns_enabled=True
)
in_account = {**here, "account_name": account.name}
blobs = storage.BlobServiceProperties(
    "blobs", **in_account, blob_services_name="default", delete_retention_policy={"enabled": True, "days": 7}
)
container = storage.BlobContainer("container", **in_account, container_name="anyscale")
expiry = {"base_blob": {"delete": {"days_after_modification_greater_than": 3}}}
policy = storage.ManagementPolicy(
    "policy",
    **in_account,
    management_policy_name="default",
    policy={"rules": [{"name": "r", "type": "Lifecycle", "definition": {"actions": expiry}}]},
)
zone = privatedns.PrivateZone("zone", **here, private_zone_name="privatelink.blob.core.windows.net", location="global")
link = privatedns.VirtualNetworkLink(
    "link",
    **here,
    private_zone_name=zone.name,
    virtual_network_link_name="link",
    location="global",
    virtual_network={"id": vnet.id},
)
connection = {"name": "blob", "private_link_service_id": account.id, "group_ids": ["blob"]}
endpoint = network.PrivateEndpoint(
    "endpoint",
    **here,
    private_endpoint_name="e",
    subnet={"id": nodes.id},
    private_link_service_connections=[connection],
)
zones = network.PrivateDnsZoneGroup(
    "zones",
    **here,
    private_endpoint_name=endpoint.name,
    private_dns_zone_group_name="default",
    private_dns_zone_configs=[{"name": "blob", "private_dns_zone_id": zone.id}],
)
vendor = azuread.ServicePrincipal("vendor", client_id="086bc555-6989-4362-ba30-fded273e432b", use_existing=True)
admin = grant("admin", cluster.id, "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", CLUSTER_ADMIN, "Group")
credentials = containerservice.list_managed_cluster_user_credentials_output(
    resource_group_name=group.name, resource_name=cluster.name, format="exec"
)
provider = kubernetes.Provider(
    "provider",
    kubeconfig=Output.secret(credentials.apply(lambda c: base64.b64decode(c.kubeconfigs[0].value).decode())),
    cluster_identifier=cluster.id,
    opts=ResourceOptions(depends_on=[admin]),
)
inside = ResourceOptions(provider=provider, deleted_with=cluster)
namespace = kubernetes.core.v1.Namespace("namespace", metadata={"name": "anyscale-operator"}, opts=inside)
operator = kubernetes.helm.v3.Release(
    "operator",
    chart="anyscale-operator",
    version="1.8.0",
    name="anyscale-operator",
    namespace=namespace.metadata.apply(lambda meta: meta.name or ""),
    values={"global": {"cloudDeploymentId": "cldrsrc_1"}, "operator": {"tolerations": TOLERATIONS}},
    opts=inside,
)
pulumi.export("typed", {
    "issuer": cluster.oidc_issuer_profile.apply(lambda profile: profile and profile.issuer_url),
    "kubelet": cluster.identity_profile.apply(lambda profile: profile and profile["kubeletidentity"].object_id),
    "identities": cluster.identity.apply(lambda it: it and list(it.user_assigned_identities or {})),
    "dfs": account.primary_endpoints.apply(lambda endpoints: endpoints.dfs),
    "fqdn": address.dns_settings.apply(lambda settings: settings and settings.fqdn),
    "nsg": nodes.network_security_group.apply(lambda it: it and it.id),
    "prefix": prefix.ip_prefix,
    "status": operator.status.apply(lambda status: f"{status.status} {status.version}"),
    "vendor": vendor.object_id,
    "phase": namespace.status.apply(lambda status: status and status.phase),
    "uid": namespace.metadata.apply(lambda meta: meta.uid),
    "lifetime": policy.policy.apply(lambda it: it.rules[0].name),
    "link": link.virtual_network.apply(lambda it: it and it.id),
})  # fmt: skip
