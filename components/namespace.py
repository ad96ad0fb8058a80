"""Namespaces, each with the pod-security level it is held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from catalog.kubernetes import KUBERNETES_VERSIONS
from components.in_cluster import InCluster
from stack.spec import StackSpec

MEANT_AT = min(KUBERNETES_VERSIONS)
PodSecurityLevel = Literal["privileged", "baseline", "restricted"]


@dataclass(frozen=True, kw_only=True)
class PodSecurity:
    """Pod-security admission of a namespace.

    Attributes:
        enforce: pods beyond it are refused.
        observe: pods beyond it are let in, with a warning to whoever makes them and a line in the audit log.
    """

    enforce: PodSecurityLevel
    observe: PodSecurityLevel

    @property
    def labels(self) -> dict[str, str]:
        """Labels that say so, in the meaning of the oldest Kubernetes in use, so that an upgrade changes nothing."""
        levels = {"audit": self.observe, "enforce": self.enforce, "warn": self.observe}
        prefix = "pod-security.kubernetes.io"
        pinned = {f"{prefix}/{mode}-version": f"v{MEANT_AT}" for mode in levels}
        return {f"{prefix}/{mode}": level for mode, level in levels.items()} | pinned


# The workload-identity webhook adds a privileged init container to the operator and to every Ray pod.
OPERATOR = PodSecurity(enforce="privileged", observe="baseline")
GATEWAY = PodSecurity(enforce="baseline", observe="restricted")
# The device plugin mounts the kubelet's folder of plugins from the host.
DEVICE_PLUGIN = PodSecurity(enforce="privileged", observe="privileged")


def operator_namespace(
    name: str,
    *,
    spec: StackSpec,
    provider: kubernetes.Provider,
    cluster: pulumi.Resource,
    parent: pulumi.Resource,
) -> Namespace:
    """The namespace of the Anyscale operator, the Ray pods and the claims they mount."""
    return secured_namespace(
        f"{name}-operator-namespace",
        spec.names.operator_namespace,
        security=OPERATOR,
        opts=InCluster(provider=provider, cluster=cluster).options(parent),
    )


def secured_namespace(
    name: str, physical_name: str, *, security: PodSecurity, opts: pulumi.ResourceOptions
) -> Namespace:
    """A namespace held to `security`."""
    return Namespace(name, metadata=ObjectMetaArgs(name=physical_name, labels=security.labels), opts=opts)
