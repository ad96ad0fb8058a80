"""Helm releases: what a chart brings, and when its pods would never start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.standins.azure import lookup
from simulator.standins.azure.kind import at
from simulator.standins.azure.vm_sizes import vm_size
from simulator.standins.kubernetes import clusters
from simulator.standins.refusal import Refused
from simulator.standins.rules import Ask
from simulator.standins.wire import each_string
from simulator.world import Record

Json = dict[str, Any]

RELEASE = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What is known of a chart.

    Attributes:
        pods: what runs, to the path of its tolerations in the values; each must find a node or Helm waits in vain.
        on_gpu_nodes: path of the tolerations of what must run on every node with GPUs; empty where nothing must.
        tolerates: tolerations that the chart has where the values give none.
        api_groups: groups of the custom resources that it brings.
        needs: values without which its templates fail.
    """

    pods: Mapping[str, str] = field(default_factory=dict[str, str])
    on_gpu_nodes: str = ""
    tolerates: tuple[Json, ...] = ()
    api_groups: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()


CHARTS = {
    "anyscale-operator": Chart(pods={"operator": "operator.tolerations"}, needs=("global.cloudDeploymentId",)),
    "gateway-helm": Chart(
        pods={"envoy-gateway": "deployment.pod.tolerations", "certgen": "certgen.job.tolerations"},
        api_groups=frozenset({"gateway.networking.k8s.io", "gateway.envoyproxy.io"}),
    ),
    "gateway-crds-helm": Chart(api_groups=frozenset({"gateway.networking.k8s.io", "gateway.envoyproxy.io"})),
    "kuberay-operator": Chart(pods={"kuberay-operator": "tolerations"}, api_groups=frozenset({"ray.io"})),
    "nvidia-device-plugin": Chart(
        on_gpu_nodes="tolerations",
        tolerates=(
            {"key": "CriticalAddonsOnly", "operator": "Exists"},
            {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"},
        ),
    ),
}
"""Charts by the last part of their name; others are taken to start at once."""


def chart_of(inputs: Json) -> Chart:
    return CHARTS.get(str(inputs.get("chart", "")).rstrip("/").rpartition("/")[2], Chart())


def refuse_release(ask: Ask, cluster: Record) -> None:
    """What Helm refuses, or waits for until its time is up."""
    chart, values = chart_of(ask.inputs), ask.inputs.get("values", {})
    for path in chart.needs:
        if not at(values, path):
            raise Refused(f"execution error: values.{path} is required by chart {ask.inputs['chart']}")
    for what, path in chart.pods.items():
        if why := clusters.pending_because(cluster, ask, at(values, path) or []):
            _give_up(ask, f"the pods of {what} stay Pending: {why} (values.{path})")
    _refuse_blind_gpus(ask, cluster, chart, values)


def refuse_unknown_registration(ask: Ask, anyscale_url: str) -> None:
    """The operator is ready only once the control plane knows the cloud resource that it was installed for."""
    told, known = at(ask.inputs, "values.global.cloudDeploymentId"), list[str]()
    each_string(ask.world.anyscale, known.append)
    if chart_of(ask.inputs) is CHARTS["anyscale-operator"] and known and told not in known:
        _give_up(ask, f"the operator is not ready: {anyscale_url} knows no cloud resource {told}")


def answer(inputs: Json, live: Record | None) -> Json:
    """What the provider says of a release that is up."""
    name, namespace = inputs["name"], inputs["namespace"]
    chart = str(inputs.get("chart", "")).rpartition("/")[2]
    revision = live.outputs["status"]["revision"] + 1 if live else 1
    version = inputs.get("version", "0.0.0")
    return {
        **inputs,
        "version": version,
        "resourceNames": {"Deployment.apps/apps/v1": [f"{namespace}/{what}" for what in chart_of(inputs).pods]},
        "status": {
            "status": "deployed", "name": name, "namespace": namespace, "revision": revision, "chart": chart,
            "version": version, "appVersion": version,
        },
    }  # fmt: skip


def _refuse_blind_gpus(ask: Ask, cluster: Record, chart: Chart, values: Json) -> None:
    """A device plugin that may not run on a pool leaves its GPUs unseen: nothing fails until a job waits for ever."""
    if not chart.on_gpu_nodes:
        return
    tolerations = at(values, chart.on_gpu_nodes) or list(chart.tolerates)
    taints = clusters.pool_taints(cluster, ask)
    for pool in lookup.pools_of(ask.world, cluster):
        size = vm_size(pool.get("vmSize", ""))
        kept_off = [t for t in taints.get(pool["name"], []) if not clusters.tolerated(t, tolerations)]
        if size and size.gpu and kept_off:
            why = f"its pods are kept off the GPU pool {pool['name']} by the taint {kept_off[0]}"
            _give_up(ask, f"{why} (values.{chart.on_gpu_nodes})")


def _give_up(ask: Ask, why: str) -> None:
    release = f"{ask.inputs['namespace']}/{ask.inputs['name']}"
    raise Refused(
        f'Helm release "{release}" was created, but failed to initialize completely. Use Helm CLI to investigate: '
        f"failed to become available within allocated timeout. Error: Helm Release {release}: "
        f"context deadline exceeded: {why}"
    )
