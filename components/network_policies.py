"""Network policies: who may connect to the pods of our namespaces.

Ingress only. What leaves a pod is open: a deny there would first have to admit node-local DNS and the hosts themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_kubernetes.meta.v1 import LabelSelectorArgsDict, ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import NetworkPolicy, NetworkPolicyIngressRuleArgsDict

from components import device_plugin, gateway
from components.in_cluster import InCluster
from stack.spec import StackSpec

ENVOY_PORTS = (10080, 10443)
"""Where the proxies listen for 80 and 443: Envoy Gateway moves ports below 1,024 up by 10,000."""

WEBHOOK_PORT = 9443
"""Where the API server calls the controller."""

NAMESPACE_LABEL = "kubernetes.io/metadata.name"
"""Kubernetes itself puts the name of each namespace there."""

ANY_POD: LabelSelectorArgsDict = {}


@dataclass(frozen=True, kw_only=True)
class PolicyRow:
    """A network policy.

    Attributes:
        name: also of the object.
        pods: selector of the pods it guards.
        allows: ingress rules; none denies everything.
    """

    name: str
    namespace: str
    pods: LabelSelectorArgsDict = field(default_factory=lambda: ANY_POD)
    allows: Sequence[NetworkPolicyIngressRuleArgsDict] = ()


def policy_rows(spec: StackSpec) -> tuple[PolicyRow, ...]:
    """All policies of a region."""
    operator = spec.names.operator_namespace
    from_envoy: NetworkPolicyIngressRuleArgsDict = {
        "from_": [{"namespace_selector": {"match_labels": {NAMESPACE_LABEL: gateway.NAMESPACE}}}]
    }
    # Without `from`, since on Cilium no address range matches a node or a load balancer that passes through one.
    clients: NetworkPolicyIngressRuleArgsDict = {"ports": [{"port": port, "protocol": "TCP"} for port in ENVOY_PORTS]}
    api_server: NetworkPolicyIngressRuleArgsDict = {"ports": [{"port": WEBHOOK_PORT, "protocol": "TCP"}]}
    closed = (operator, gateway.NAMESPACE, *([device_plugin.NAMESPACE] if any(p.gpu for p in spec.pools) else []))
    return (
        *(PolicyRow(name="deny-ingress", namespace=namespace) for namespace in closed),
        *(_within(namespace) for namespace in (operator, gateway.NAMESPACE)),
        PolicyRow(name="allow-gateway", namespace=operator, allows=[from_envoy]),
        PolicyRow(
            name="allow-clients",
            namespace=gateway.NAMESPACE,
            pods={"match_labels": {"app.kubernetes.io/component": "proxy"}},
            allows=[clients],
        ),
        PolicyRow(
            name="allow-api-server",
            namespace=gateway.NAMESPACE,
            pods={"match_labels": {"control-plane": "envoy-gateway"}},
            allows=[api_server],
        ),
    )


def _within(namespace: str) -> PolicyRow:
    """Ray's nodes talk to each other on ports of their own choosing, and Envoy to its controller."""
    return PolicyRow(name="allow-same-namespace", namespace=namespace, allows=[{"from_": [{"pod_selector": ANY_POD}]}])


def network_policies(
    name: str, spec: StackSpec, *, place: InCluster, parent: pulumi.Resource, after: Sequence[pulumi.Resource]
) -> list[NetworkPolicy]:
    """Make them all.

    Args:
        after: the namespaces.
    """
    return [
        NetworkPolicy(
            f"{name}-{row.namespace}-{row.name}",
            metadata=ObjectMetaArgs(name=row.name, namespace=row.namespace),
            spec={"pod_selector": row.pods, "policy_types": ["Ingress"], "ingress": list(row.allows)},
            opts=place.options(parent, after=after),
        )
        for row in policy_rows(spec)
    ]
