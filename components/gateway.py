"""Ingress: Envoy Gateway, and the Gateway through which browsers reach Ray's dashboards and services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from catalog.charts import ENVOY_GATEWAY
from components import namespace as namespaces
from components.helm import chart_release
from components.in_cluster import InCluster
from components.operator_values import GATEWAY, RUNS_ON_SYSTEM_POOL
from stack.spec import StackSpec

NAMESPACE = "envoy-gateway-system"
"""Where the controller runs, and the Envoy proxies it makes."""

GATEWAY_CLASS = "envoy"

GATEWAY_API = "gateway.networking.k8s.io/v1"

ENVOY_REPLICAS = 2
"""Two, on two nodes: with `externalTrafficPolicy: Local` a node without a proxy takes no traffic."""

JOB_HOSTS, SERVICE_HOSTS = "*.i.anyscaleuserdata.com", "*.s.anyscaleuserdata.com"
"""Under which Anyscale publishes dashboards and workspaces, and services (docs.anyscale.com, networking)."""

ONCE_IT_HAS_AN_ADDRESS = {
    "pulumi.com/waitFor": "jsonpath={.status.addresses[*].value}",
    "pulumi.com/timeoutSeconds": "600",
}
"""What the Kubernetes provider waits for: not for readiness, which needs certificates that do not exist yet."""

GATEWAY_CLASS_SPEC = {
    "controllerName": "gateway.envoyproxy.io/gatewayclass-controller",
    "parametersRef": {
        "group": "gateway.envoyproxy.io",
        "kind": "EnvoyProxy",
        "name": GATEWAY,
        "namespace": NAMESPACE,
    },
}


def certificate_secrets(cloud_resource_id: str) -> tuple[str, str]:
    """Names of the TLS secrets that the operator makes: for `JOB_HOSTS` and for `SERVICE_HOSTS`."""
    resource = cloud_resource_id.replace("_", "-")  # a Kubernetes name has no underscore
    return f"anyscale-{resource}-certificate", f"anyscale-svc-{resource}-certificate"


def controller_values() -> dict[str, Any]:
    """Values of the Envoy Gateway chart; the certificate job is a hook that runs before everything else."""
    tolerations = list(RUNS_ON_SYSTEM_POOL)
    return {"deployment": {"pod": {"tolerations": tolerations}}, "certgen": {"job": {"tolerations": tolerations}}}


def envoy_proxy_spec(spec: StackSpec) -> dict[str, Any]:
    """What an Envoy proxy and its load balancer look like."""
    apart = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"gateway.envoyproxy.io/owning-gateway-name": GATEWAY}},
    }
    service: dict[str, Any] = {
        "type": "LoadBalancer",
        "externalTrafficPolicy": "Local",  # keeps the client's address
        "annotations": {"service.beta.kubernetes.io/azure-dns-label-name": spec.names.dns_label},
    }
    clients = spec.settings.anyscale.ingress.clients
    if clients:
        service["loadBalancerSourceRanges"] = list(clients)
    pod = {"tolerations": list(RUNS_ON_SYSTEM_POOL), "topologySpreadConstraints": [apart]}
    return {
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {
                "envoyDeployment": {"replicas": ENVOY_REPLICAS, "pod": pod},
                "envoyPDB": {"minAvailable": 1},
                "envoyService": service,
            },
        }
    }


def gateway_spec(cloud_resource_id: pulumi.Input[str]) -> dict[str, Any]:
    """The listeners. HTTP has no route of its own: it gives the Gateway an address before there are certificates."""
    secrets = pulumi.Output.from_input(cloud_resource_id).apply(certificate_secrets)
    return {
        "gatewayClassName": GATEWAY_CLASS,
        "listeners": [
            {"name": "http", "protocol": "HTTP", "port": 80, "allowedRoutes": {"namespaces": {"from": "Same"}}},
            _https("jobs", JOB_HOSTS, secrets[0]),
            _https("services", SERVICE_HOSTS, secrets[1]),
        ],
    }


def _https(name: str, hostname: str, secret: pulumi.Output[str]) -> dict[str, Any]:
    return {
        "name": name,
        "protocol": "HTTPS",
        "port": 443,
        "hostname": hostname,
        "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": secret}]},
        "allowedRoutes": {"namespaces": {"from": "Same"}},
    }


@dataclass(frozen=True, kw_only=True)
class IngressGatewayArgs:
    """What an `IngressGateway` needs.

    Attributes:
        cloud_resource_id: of the registration; names the certificates.
        namespace: of the operator, which makes the certificates and the routes.
    """

    spec: StackSpec
    cloud_resource_id: pulumi.Input[str]
    namespace: Namespace
    place: InCluster


class IngressGateway(pulumi.ComponentResource):
    """Envoy Gateway and one Gateway with a public address.

    Owns controller, proxies and listeners. Does not own certificates and routes: the operator makes them, so the HTTPS
    listeners are ready only after it runs; here only the Gateway's address is waited for.

    Attributes:
        gateway: the Gateway, once it has an address.
    """

    gateway: CustomResource

    def __init__(self, name: str, args: IngressGatewayArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:IngressGateway", name, {}, opts)
        place = args.place
        controller = self._controller(name, args)
        proxy = CustomResource(
            f"{name}-envoy-proxy",
            api_version="gateway.envoyproxy.io/v1alpha1",
            kind="EnvoyProxy",
            metadata=ObjectMetaArgs(name=GATEWAY, namespace=NAMESPACE),
            spec=envoy_proxy_spec(args.spec),
            opts=place.options(self, after=[controller]),
        )
        gateway_class = CustomResource(
            f"{name}-gateway-class",
            api_version=GATEWAY_API,
            kind="GatewayClass",
            metadata=ObjectMetaArgs(name=GATEWAY_CLASS),
            spec=GATEWAY_CLASS_SPEC,
            opts=place.options(self, after=[proxy]),
        )
        self.gateway = CustomResource(
            f"{name}-gateway",
            api_version=GATEWAY_API,
            kind="Gateway",
            metadata=ObjectMetaArgs(
                name=GATEWAY, namespace=args.spec.names.operator_namespace, annotations=ONCE_IT_HAS_AN_ADDRESS
            ),
            spec=gateway_spec(args.cloud_resource_id),
            opts=place.options(self, after=[gateway_class, args.namespace]),
        )
        self.register_outputs({"gateway": self.gateway})

    def _controller(self, name: str, args: IngressGatewayArgs) -> Release:
        """The chart brings the Gateway API's kinds, so it comes before every object of them."""
        namespace = namespaces.secured_namespace(
            f"{name}-gateway-namespace",
            NAMESPACE,
            security=namespaces.GATEWAY,
            opts=args.place.options(self),
        )
        return chart_release(
            f"{name}-envoy-gateway",
            ENVOY_GATEWAY,
            release_name="envoy-gateway",
            namespace=NAMESPACE,
            values=controller_values(),
            opts=args.place.options(self, after=[namespace]),
        )
