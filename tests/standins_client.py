"""A small engine for tests: speaks the provider protocol to a stand-in, and knows a region that Azure accepts."""

from __future__ import annotations

import copy
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc as rpc

from simulator.standins import Faults, Latency, serve_all
from simulator.standins.wire import plain, struct
from simulator.world import Record, World

Json = dict[str, Any]

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks"
VNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
IDENTITIES = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/rayaccount"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
CLUSTER_ADMIN = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
SOMEBODY = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
SYSTEM_TAINT = [{"key": "CriticalAddonsOnly", "operator": "Exists"}]
OMIT = None
"""Override of a step that is left out, or of an input that is taken away."""


class Refusal(Exception):
    """What the stand-in answered instead of doing it."""


@dataclass
class Client:
    """One provider instance of one stack."""

    stub: Any
    stack: str

    def urn(self, type: str, name: str) -> str:
        return f"urn:pulumi:{self.stack}::probe::{type}::{name}"

    def configure(self, name: str, settings: Json) -> None:
        self.stub.Configure(pb.ConfigureRequest(urn=self.urn("pulumi:providers:x", name), args=struct(settings)))

    def check(self, type: str, name: str, inputs: Json, old: Json | None = None) -> Json:
        request = pb.CheckRequest(urn=self.urn(type, name), news=struct(inputs), olds=struct(old or {}))
        answer = self.stub.Check(request)
        assert not answer.failures, str(answer.failures)
        return plain(answer.inputs)

    def create(self, type: str, name: str, inputs: Json, *, preview: bool = False) -> tuple[str, Json]:
        checked = self.check(type, name, inputs)
        request = pb.CreateRequest(urn=self.urn(type, name), properties=struct(checked), preview=preview)
        answer = self._answer(self.stub.Create, request)
        return answer.id, plain(answer.properties)

    def start(self, type: str, name: str, inputs: Json) -> Any:
        """A create that is not waited for: a call with `result`, `exception` and `cancel`."""
        checked = self.check(type, name, inputs)
        return self.stub.Create.future(pb.CreateRequest(urn=self.urn(type, name), properties=struct(checked)))

    def diff(self, type: str, old: Json, new: Json) -> tuple[set[str], dict[str, str], bool]:
        """Properties that replace, detailed changes, and whether the old one goes first."""
        inputs = [struct(self.check(type, "x", each)) for each in (old, new)]
        answer = self.stub.Diff(pb.DiffRequest(urn=self.urn(type, "x"), id="x", old_inputs=inputs[0], news=inputs[1]))
        kinds = {path: pb.PropertyDiff.Kind.Name(diff.kind) for path, diff in answer.detailedDiff.items()}
        return set(answer.replaces), kinds, answer.deleteBeforeReplace

    def update(self, type: str, name: str, id: str, old: Json, new: Json, *, preview: bool = False) -> Json:
        request = pb.UpdateRequest(
            urn=self.urn(type, name), id=id, old_inputs=struct(self.check(type, name, old)), preview=preview,
            news=struct(self.check(type, name, new, old)), olds=struct({"name": name} if preview else {}),
        )  # fmt: skip
        return plain(self._answer(self.stub.Update, request).properties)

    def read(
        self, type: str, id: str, inputs: Json | None = None, outputs: Json | None = None
    ) -> tuple[str, Json, Json]:
        request = pb.ReadRequest(
            urn=self.urn(type, "x"), id=id, inputs=struct(inputs or {}), properties=struct(outputs or {})
        )
        answer = self._answer(self.stub.Read, request)
        return answer.id, plain(answer.inputs), plain(answer.properties)

    def delete(self, type: str, id: str) -> None:
        self._answer(self.stub.Delete, pb.DeleteRequest(urn=self.urn(type, "x"), id=id))

    def invoke(self, token: str, args: Json) -> Json:
        answer = self._answer(self.stub.Invoke, pb.InvokeRequest(tok=token, args=struct(args)))
        return plain(getattr(answer, "return"))

    def _answer(self, call: Any, request: Any) -> Any:
        try:
            return call(request)
        except grpc.RpcError as error:
            raise Refusal(error.details()) from None  # pyright: ignore[reportAttributeAccessIssue]


@dataclass
class Standins:
    """The served providers, and one default client of each but Kubernetes, which wants a cluster first."""

    world: World
    ports: Mapping[str, int]

    def client(self, provider: str, stack: str = "a", **settings: Any) -> Client:
        channel = grpc.insecure_channel(
            f"127.0.0.1:{self.ports[provider]}", options=[("grpc.use_local_subchannel_pool", 1)]
        )
        client = Client(rpc.ResourceProviderStub(channel), stack)
        client.configure(provider, settings)
        return client

    def wait_for(self, type_suffix: str) -> Record:
        """The first record of a type, as soon as it is there."""
        for _ in range(1000):
            for record in self.world.records(type_suffix=type_suffix):
                return record
            time.sleep(0.01)
        raise AssertionError(f"no {type_suffix} was made")

    def azure(self, stack: str = "a", **settings: Any) -> Client:
        given = {"location": "eastus", "subscriptionId": SUBSCRIPTION, **settings}
        return self.client("azure-native", stack, **given)

    def kubernetes(self, cluster: str = CLUSTER, **settings: Any) -> Client:
        return self.client("kubernetes", clusterIdentifier=cluster, **settings)


@contextmanager
def standins(folder: Path, *, faults: Faults | None = None, latency: Latency | None = None) -> Iterator[Standins]:
    world = World(folder)
    with serve_all(world, "http://anyscale.invalid", faults=faults, latency=latency) as ports:
        yield Standins(world, ports)


def role(id: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{id}"


def grant(scope: str, principal: str, role_id: str, **more: Any) -> Json:
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}/{principal}/{role_id}"))
    asked = {"scope": scope, "principalId": principal, "roleDefinitionId": role(role_id), "roleAssignmentName": name}
    return {**asked, "principalType": "ServicePrincipal", **more}


_IN_GROUP = {"resourceGroupName": "rg"}
_IN_CLUSTER = {**_IN_GROUP, "resourceName": "aks"}
POOL: Json = {
    **_IN_CLUSTER, "agentPoolName": "cpu", "vmSize": "Standard_D16ds_v5", "enableAutoScaling": True, "minCount": 0,
    "maxCount": 10, "count": 0, "mode": "User", "nodeTaints": ["node.anyscale.com/capacity-type=ON_DEMAND:NoSchedule"],
}  # fmt: skip
CREDENTIAL: Json = {
    **_IN_GROUP, "resourceName": "operator", "federatedIdentityCredentialResourceName": "credential",
    "issuer": "https://issuer", "subject": "system:serviceaccount:a:b", "audiences": ["api://AzureADTokenExchange"],
}  # fmt: skip
REGION: dict[str, tuple[str, Json]] = {
    "group": ("azure-native:resources:ResourceGroup", _IN_GROUP),
    "operator": ("azure-native:managedidentity:UserAssignedIdentity", {**_IN_GROUP, "resourceName": "operator"}),
    "identity": ("azure-native:managedidentity:UserAssignedIdentity", {**_IN_GROUP, "resourceName": "cluster"}),
    "prefix": ("azure-native:network:PublicIPPrefix", {
        **_IN_GROUP, "publicIpPrefixName": "prefix", "prefixLength": 31,
    }),
    "nat": ("azure-native:network:NatGateway", {
        **_IN_GROUP, "natGatewayName": "nat",
        "publicIpPrefixes": [{"id": f"{GROUP}/providers/Microsoft.Network/publicIPPrefixes/prefix"}],
    }),
    "vnet": ("azure-native:network:VirtualNetwork", {
        **_IN_GROUP, "virtualNetworkName": "vnet", "addressSpace": {"addressPrefixes": ["10.10.0.0/16"]},
    }),
    "nodes": ("azure-native:network:Subnet", {
        **_IN_GROUP, "virtualNetworkName": "vnet", "subnetName": "nodes", "addressPrefix": "10.10.0.0/18",
        "natGateway": {"id": f"{GROUP}/providers/Microsoft.Network/natGateways/nat"},
    }),
    "api": ("azure-native:network:Subnet", {
        **_IN_GROUP, "virtualNetworkName": "vnet", "subnetName": "api", "addressPrefix": "10.10.64.0/27",
        "delegations": [{"name": "aks", "serviceName": "Microsoft.ContainerService/managedClusters"}],
    }),
    "join nodes": ("azure-native:authorization:RoleAssignment", {"on": f"{VNET}/subnets/nodes"}),
    "join api": ("azure-native:authorization:RoleAssignment", {"on": f"{VNET}/subnets/api"}),
    "cluster": ("azure-native:containerservice:ManagedCluster", {
        **_IN_CLUSTER, "dnsPrefix": "aks", "kubernetesVersion": "1.35", "disableLocalAccounts": True,
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [f"{IDENTITIES}/cluster"]},
        "oidcIssuerProfile": {"enabled": True}, "aadProfile": {"managed": True, "enableAzureRBAC": True},
        "apiServerAccessProfile": {"enableVnetIntegration": True, "subnetId": f"{VNET}/subnets/api"},
        "networkProfile": {
            "networkDataplane": "cilium", "podCidr": "10.244.0.0/16", "serviceCidr": "10.0.0.0/16",
            "outboundType": "userAssignedNATGateway",
        },
        "agentPoolProfiles": [{
            "name": "system", "mode": "System", "count": 2, "vmSize": "Standard_D4ds_v5", "osDiskType": "Ephemeral",
            "vnetSubnetID": f"{VNET}/subnets/nodes", "nodeTaints": ["CriticalAddonsOnly=true:NoSchedule"],
        }],
    }),
    "pool": ("azure-native:containerservice:AgentPool", POOL),
    "credential": ("azure-native:managedidentity:FederatedIdentityCredential", CREDENTIAL),
    "account": ("azure-native:storage:StorageAccount", {
        **_IN_GROUP, "accountName": "rayaccount", "kind": "StorageV2", "sku": {"name": "Standard_ZRS"},
        "isHnsEnabled": True,
    }),
    "blobs": ("azure-native:storage:BlobServiceProperties", {
        **_IN_GROUP, "accountName": "rayaccount", "blobServicesName": "default",
    }),
    "container": ("azure-native:storage:BlobContainer", {
        **_IN_GROUP, "accountName": "rayaccount", "containerName": "anyscale",
    }),
    "admin": (
        "azure-native:authorization:RoleAssignment", grant(CLUSTER, SOMEBODY, CLUSTER_ADMIN, principalType="Group"),
    ),
}  # fmt: skip
"""A region that Azure accepts, in the order in which it can be made."""


def merged(inputs: Json, override: Json) -> Json:
    """Inputs with an override laid over them, dictionary by dictionary; None takes away."""
    result = copy.deepcopy(inputs)
    for key, value in override.items():
        if value is OMIT:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result


def build(azure: Client, overrides: Mapping[str, Json | None] | None = None, *, upto: str = "admin") -> dict[str, Json]:
    """Make the region step by step until (and with) `upto`; returns outputs by step."""
    made: dict[str, Json] = {}
    for step, (type, inputs) in REGION.items():
        override = (overrides or {}).get(step, {})
        if override is not None:
            joins = "on" in inputs  # its principal is known only once the identity is made
            asked = grant(inputs["on"], made["identity"]["principalId"], NETWORK_CONTRIBUTOR) if joins else inputs
            _, made[step] = azure.create(type, step, merged(asked, override))
        if step == upto:
            break
    return made
