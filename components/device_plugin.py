"""The NVIDIA device plugin, by which pods can ask for GPUs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi

from catalog.charts import NVIDIA_DEVICE_PLUGIN
from components.helm import chart_release
from components.in_cluster import InCluster
from components.namespace import DEVICE_PLUGIN, secured_namespace
from stack.spec import StackSpec

NAMESPACE = "nvidia-device-plugin"

GPU_NODE_LABEL = "kubernetes.azure.com/accelerator"
"""AKS puts it on every node of a GPU size."""

GPU_TAINT_KEYS = (
    "kubernetes.azure.com/scalesetpriority",
    "node.anyscale.com/accelerator-type",
    "node.anyscale.com/capacity-type",
    "nvidia.com/gpu",
)
"""What keeps pods off GPU nodes; a plugin that is kept off too leaves them without a GPU to offer."""


def device_plugin_values(spec: StackSpec) -> dict[str, Any]:
    """Chart values: on every GPU node, whatever taints its pool has, and on no other."""
    asked = {taint.partition("=")[0] for pool in spec.pools if pool.gpu for taint in pool.taints}
    has_gpu = {"matchExpressions": [{"key": GPU_NODE_LABEL, "operator": "Exists"}]}
    return {
        # The chart's own affinity wants labels of Node Feature Discovery, which AKS nodes do not have.
        "affinity": {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [has_gpu]}}
        },
        "tolerations": [{"key": key, "operator": "Exists"} for key in sorted({*GPU_TAINT_KEYS, *asked})],
    }


@dataclass(frozen=True, kw_only=True)
class NvidiaDevicePluginArgs:
    """What an `NvidiaDevicePlugin` needs."""

    spec: StackSpec
    place: InCluster


class NvidiaDevicePlugin(pulumi.ComponentResource):
    """The plugin and its namespace.

    Owns what makes GPUs schedulable. Does not own the driver: AKS installs that with the node image.
    """

    def __init__(self, name: str, args: NvidiaDevicePluginArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:NvidiaDevicePlugin", name, {}, opts)
        namespace = secured_namespace(
            f"{name}-device-plugin-namespace",
            NAMESPACE,
            security=DEVICE_PLUGIN,
            opts=args.place.options(self),
        )
        chart_release(
            f"{name}-device-plugin",
            NVIDIA_DEVICE_PLUGIN,
            release_name="nvidia-device-plugin",
            namespace=NAMESPACE,
            values=device_plugin_values(args.spec),
            opts=args.place.options(self, after=[namespace]),
        )
        self.register_outputs({})
