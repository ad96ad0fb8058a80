"""A recorder of what a component declares: inputs, parents, options, and who waits for whom."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, rpc
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto.resource_pb2 import (
    ReadResourceRequest,
    ReadResourceResponse,
    RegisterResourceHookRequest,
    RegisterResourceOutputsRequest,
    RegisterResourceRequest,
    RegisterResourceResponse,
)

PROJECT = "anyscale-on-aks"
STACK = "eastus"

COMPUTED: dict[str, dict[str, Any]] = {
    "anyscale:index:Cloud": {"cloudId": "cld_1"},
    "anyscale:index:CloudResource": {"cloudResourceId": "cldrsrc_1", "isDefault": True},
    "anyscale:index:OperatorReady": {"status": "HEALTHY", "operatorVersion": "1.8.0"},
    "azure-native:containerservice:ManagedCluster": {
        # A list going in and a map coming out.
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {}},
        "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://issuer"},
    },
    "azure-native:managedidentity:UserAssignedIdentity": {
        "clientId": "the-client-id",
        "principalId": "the-principal-id",
        "tenantId": "the-tenant-id",
    },
}
"""Per type, what the provider adds and our code reads."""

NAMED_BY = {
    "azure-native:resources:ResourceGroup": "resourceGroupName",
    "azure-native:storage:StorageAccount": "accountName",
    "azure-native:storage:BlobContainer": "containerName",
    "azure-native:managedidentity:UserAssignedIdentity": "resourceName",
    "azure-native:managedidentity:FederatedIdentityCredential": "federatedIdentityCredentialResourceName",
    "azure-native:containerservice:ManagedCluster": "resourceName",
    "azure-native:containerservice:AgentPool": "agentPoolName",
    "azure-native:network:VirtualNetwork": "virtualNetworkName",
    "azure-native:network:PublicIPPrefix": "publicIpPrefixName",
    "azure-native:network:NatGateway": "natGatewayName",
    "azure-native:network:NetworkSecurityGroup": "networkSecurityGroupName",
}
"""Input that becomes the output `name`."""

_KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: aks
clusters: [{name: aks, cluster: {server: "https://api.example:443", certificate-authority-data: Y2E=}}]
contexts: [{name: aks, context: {cluster: aks, user: someone}}]
users: [{name: someone, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: kubelogin}}}]
"""

LOOKED_UP: dict[str, dict[str, Any]] = {
    "azure-native:containerservice:getManagedCluster": {
        "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://issuer"},
    },
    "azure-native:managedidentity:getUserAssignedIdentity": {
        "clientId": "the-client-id",
        "principalId": "the-principal-id",
        "tenantId": "the-tenant-id",
    },
    "azure-native:containerservice:listManagedClusterUserCredentials": {
        "kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(_KUBECONFIG.encode()).decode()}],
    },
}
"""Per function, its answer; components look nothing else up."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One registered resource.

    Attributes:
        provider: reference of an explicit provider, `<urn>::<id>`; empty for the default one.
        deleted_with: URN of the resource whose deletion takes it along; empty for none.
        import_: id of an existing resource to take over; empty for none.
        waits_for: URNs, of whom it depends on by an option or by an input.
        hooks: by occasion, names of the hooks.
        request: as it went to the engine, for an option that has no field here.
    """

    type: str
    name: str
    urn: str
    parent: str
    provider: str
    waits_for: frozenset[str]
    inputs: dict[str, Any]
    protect: bool
    retain_on_delete: bool
    deleted_with: str
    delete_before_replace: bool
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    import_: str
    aliases: int
    hooks: dict[str, tuple[str, ...]]
    request: RegisterResourceRequest


class Answers(pulumi.runtime.Mocks):
    """Answers what a cloud would compute, and refuses look-ups without a row."""

    def __init__(self, looked_up: Mapping[str, dict[str, Any]]) -> None:
        self._looked_up = looked_up

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if not args.custom:
            return None, args.inputs
        name = args.inputs.get(NAMED_BY.get(args.typ, "name"), args.name)
        return f"/{args.typ}/{args.name}", {"name": name, **args.inputs, **COMPUTED.get(args.typ, {})}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        if args.token not in self._looked_up:
            raise AssertionError(f"{args.token}: components look nothing up")
        return self._looked_up[args.token], []


class Graph(MockMonitor):
    """Every registration of one run, components included, in no particular order.

    Attributes:
        declared: what was registered or read.
        outputs: by URN, what a component or the stack registered as its outputs.
        hooks: names of all hooks that were registered.
    """

    def __init__(self, looked_up: Mapping[str, dict[str, Any]]) -> None:
        super().__init__(Answers(looked_up))
        self.declared: list[Declared] = []
        self.outputs: dict[str, dict[str, Any]] = {}
        self.hooks: list[str] = []

    def RegisterResource(self, request: RegisterResourceRequest) -> RegisterResourceResponse:
        response: RegisterResourceResponse = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            self.declared.append(_declared(request, response.urn))
        return response

    def ReadResource(self, request: ReadResourceRequest) -> ReadResourceResponse:
        response: ReadResourceResponse = super().ReadResource(request)
        asked = RegisterResourceRequest(
            type=request.type,
            name=request.name,
            parent=request.parent,
            provider=request.provider,
            dependencies=request.dependencies,
            object=request.properties,
        )
        self.declared.append(_declared(asked, response.urn))
        return response

    def RegisterResourceOutputs(self, request: RegisterResourceOutputsRequest) -> Any:
        self.outputs[request.urn] = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)

    def RegisterErrorHook(self, request: RegisterResourceHookRequest) -> Any:
        self.hooks.append(request.name)
        return super().RegisterErrorHook(request)

    def of_type(self, suffix: str) -> list[Declared]:
        """All whose type ends so, in order of name."""
        return sorted((r for r in self.declared if r.type.endswith(suffix)), key=lambda resource: resource.name)

    def only(self, suffix: str) -> Declared:
        """The one whose type ends so."""
        [resource] = self.of_type(suffix)
        return resource

    def named(self, name: str, suffix: str = "") -> Declared:
        """The one of this logical name, of a type that ends so."""
        [resource] = [r for r in self.of_type(suffix) if r.name == name]
        return resource

    def under(self, component: Declared) -> list[Declared]:
        """Its direct children."""
        return [resource for resource in self.declared if resource.parent == component.urn]

    def waits(self, later: Declared, earlier: Declared) -> bool:
        """Whether `later` comes after `earlier`, directly or through others."""
        by_urn, seen = {resource.urn: resource for resource in self.declared}, set[str]()
        ends = [later.urn]
        while ends:
            resource = by_urn.get(ends.pop())
            if resource is None or resource.urn in seen:
                continue
            seen.add(resource.urn)
            ends += [*resource.waits_for, resource.provider.rpartition("::")[0]]
        return later.urn != earlier.urn and earlier.urn in seen


def deploy(
    build: Callable[[], object], *, stack: str = STACK, looked_up: Mapping[str, dict[str, Any]] | None = None
) -> Graph:
    """Run `build` to its last registration, so that what is absent can be asserted as well as what is there."""
    graph = Graph({**LOOKED_UP, **(looked_up or {})})
    pulumi.runtime.set_mocks(graph.mocks, project=PROJECT, stack=stack, monitor=graph, organization="organization")
    pulumi.runtime.test(build)()
    return graph


def _declared(request: RegisterResourceRequest, urn: str) -> Declared:
    hooks = {field.name: tuple(getattr(request.hooks, field.name)) for field in request.hooks.DESCRIPTOR.fields}
    return Declared(
        type=request.type,
        name=request.name,
        urn=urn,
        parent=request.parent,
        provider=request.provider,
        waits_for=frozenset(request.dependencies),
        inputs=rpc.deserialize_properties(request.object),
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        deleted_with=request.deletedWith,
        delete_before_replace=request.deleteBeforeReplace,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        import_=request.importId,
        aliases=len(request.aliases),
        hooks={occasion: names for occasion, names in hooks.items() if names},
        request=request,
    )
