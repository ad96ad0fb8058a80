"""Values of the anyscale-operator chart, typed: the chart has no schema and takes a mistyped key in silence.

Source: values and templates of anyscale-operator 1.8.0 (github.com/anyscale/helm-charts, 2026-08).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NotRequired, TypedDict

import pulumi

from catalog.gpus import GPUS
from components.identity import ClientId
from components.vendor_principal import APPLICATION
from stack.spec import InstanceTypeSpec, StackSpec

SERVICE_ACCOUNT = "anyscale-operator"
"""Service account of the operator and, as the vendor documents, of the Ray pods."""

AUDIENCE = f"api://{APPLICATION}/.default"
"""For which the operator asks Entra for a token: the vendor's application."""

GATEWAY = "anyscale"
"""Name of the Gateway, in the operator's namespace."""

NODE_WAIT_MARGIN_MINUTES = 5
"""How much longer a pod may wait than a node may take: the image is still to be pulled."""

UNPRIVILEGED_ID = 10001
"""User and group of the operator's own containers; above 10,000, so that it is nobody on the host."""


class Toleration(TypedDict):
    """A toleration of a pod."""

    key: str
    operator: Literal["Exists"]
    effect: NotRequired[Literal["NoSchedule"]]


RUNS_ON_SYSTEM_POOL: tuple[Toleration, ...] = ({"key": "CriticalAddonsOnly", "operator": "Exists"},)
"""The system pool is tainted for what the cluster cannot do without, and every other pool for Ray."""


class InstanceTypeResources(TypedDict):
    """What a pod of an instance type asks for."""

    CPU: int
    memory: str
    GPU: NotRequired[int]
    accelerators: NotRequired[list[str]]


class InstanceTypeValues(TypedDict):
    """An instance type, in the words of the chart."""

    resources: InstanceTypeResources
    nodeSelector: NotRequired[dict[str, str]]


class AuthValues(TypedDict):
    """Who the operator is. There is no token: the cluster's own identity is trusted."""

    iamIdentity: pulumi.Input[ClientId]
    audience: str


class GlobalValues(TypedDict):
    """Which registration this operator serves."""

    cloudDeploymentId: pulumi.Input[str]
    cloudProvider: Literal["azure"]
    auth: AuthValues


class GatewayValues(TypedDict):
    """Through which Gateway Ray is reached."""

    enabled: bool
    name: str
    namespace: str
    hostname: str


class NetworkingValues(TypedDict):
    """Ingress."""

    gateway: GatewayValues


class WorkloadValues(TypedDict):
    """What applies to Ray's pods."""

    serviceAccount: dict[Literal["name"], str]
    instanceTypes: dict[Literal["additional"], dict[str, InstanceTypeValues]]
    accelerator: dict[Literal["nodeSelectors", "tolerations"], Any]
    enableAnyscaleRayHeadNodePDB: bool
    enableProcessTracing: bool
    enableCrossNamespaceResourceManagement: bool


class OperatorDeploymentValues(TypedDict):
    """The operator itself."""

    replicas: int
    tolerations: list[Toleration]
    securityContext: dict[str, Any]
    serviceAccount: dict[Literal["name"], str]
    container: NotRequired[dict[Literal["resources"], Any]]
    vector: NotRequired[dict[Literal["resources"], Any]]
    config: dict[Literal["unscheduledPodReaper"], dict[Literal["terminationThreshold"], str]]


OperatorValues = TypedDict(
    "OperatorValues",
    {
        "global": GlobalValues,
        "networking": NetworkingValues,
        "workloads": WorkloadValues,
        "operator": OperatorDeploymentValues,
    },
)
"""The part of the chart's values that this program sets."""

# Ours: the operator and its log shipper grow with the number of Ray pods. Absent rows take the chart's own figures.
RESOURCES_BY_SIZING: Mapping[str, Mapping[Literal["container", "vector"], Any]] = MappingProxyType(
    {
        "one-giant-job": {
            "container": {"requests": {"cpu": "4", "memory": "4Gi"}, "limits": {"memory": "8Gi"}},
            "vector": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"memory": "2Gi"}},
        }
    }
)


def operator_values(
    spec: StackSpec, *, cloud_resource_id: pulumi.Input[str], client_id: pulumi.Input[ClientId]
) -> OperatorValues:
    """Values of the chart for one region.

    Args:
        cloud_resource_id: `cldrsrc_...` of the registration.
        client_id: of the region's identity; its *principal* id is what the registration takes.
    """
    return {
        "global": {
            "cloudDeploymentId": cloud_resource_id,
            "cloudProvider": "azure",
            "auth": {"iamIdentity": client_id, "audience": AUDIENCE},
        },
        "networking": {
            "gateway": {
                "enabled": True,
                "name": GATEWAY,
                "namespace": spec.names.operator_namespace,
                "hostname": gateway_hostname(spec),
            }
        },
        "workloads": _workloads(spec),
        "operator": _operator(spec),
    }


def gateway_hostname(spec: StackSpec) -> str:
    """The name Azure gives the Gateway's public address: known before the address is."""
    return f"{spec.names.dns_label}.{spec.region.name}.cloudapp.azure.com"


def _workloads(spec: StackSpec) -> WorkloadValues:
    return {
        "serviceAccount": {"name": SERVICE_ACCOUNT},
        "instanceTypes": {"additional": {asked.name: _instance_type(asked) for asked in spec.instance_types}},
        "accelerator": {
            "nodeSelectors": {"additional": {gpu.name: gpu.product for gpu in GPUS.values()}},
            # The chart tolerates Anyscale's own GPU taint only.
            "tolerations": {"additional": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]},
        },
        # The chart's disruption budget allows no eviction of a Ray head at all: AKS would refuse every upgrade.
        "enableAnyscaleRayHeadNodePDB": not _upgrades_itself(spec),
        # Would add SYS_PTRACE to every Ray container.
        "enableProcessTracing": False,
        # Would need a ClusterRole instead of a Role.
        "enableCrossNamespaceResourceManagement": False,
    }


def _instance_type(asked: InstanceTypeSpec) -> InstanceTypeValues:
    resources: InstanceTypeResources = {"CPU": asked.cpus, "memory": f"{asked.memory_gib}Gi"}
    if asked.gpu is None:
        return {"resources": resources}
    return {
        "resources": {**resources, "GPU": asked.gpus, "accelerators": [asked.gpu.name]},
        # The whole set of labels: the accelerator alone does not tell A100s of 40 and 80 GiB apart.
        "nodeSelector": asked.gpu.selectors,
    }


def _operator(spec: StackSpec) -> OperatorDeploymentValues:
    resources = RESOURCES_BY_SIZING.get(spec.sizing.name, {})
    values: OperatorDeploymentValues = {
        # One, as the chart has it: whether a standby that is not the leader ever reports itself ready is not
        # documented, and Helm would wait for it. Running workloads do not pass through the operator.
        "replicas": 1,
        "tolerations": list(RUNS_ON_SYSTEM_POOL),
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": UNPRIVILEGED_ID,
            "runAsGroup": UNPRIVILEGED_ID,
            "fsGroup": UNPRIVILEGED_ID,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "serviceAccount": {"name": SERVICE_ACCOUNT},
        "config": {"unscheduledPodReaper": {"terminationThreshold": f"{_unscheduled_minutes(spec)}m"}},
    }
    for part, figures in resources.items():
        values[part] = {"resources": figures}
    return values


def _upgrades_itself(spec: StackSpec) -> bool:
    return spec.upgrade_channel != "none" or spec.node_image_channel != "None"


def _unscheduled_minutes(spec: StackSpec) -> int:
    """How long a pod may wait for a node before the operator takes it for leaked and ends it."""
    provision = str(spec.sizing.autoscaler["max_node_provision_time"])
    return int(provision.removesuffix("m")) + NODE_WAIT_MARGIN_MINUTES
