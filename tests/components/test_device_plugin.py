from __future__ import annotations

from specs import a_spec

from components.device_plugin import device_plugin_values


def tolerated(**changes: object) -> list[str]:
    pool = {"name": "t4", "vmSize": "Standard_NC16as_T4_v3", "maxCount": 1, **changes}
    tolerations = device_plugin_values(a_spec(nodePools=[pool]))["tolerations"]
    assert {toleration["operator"] for toleration in tolerations} == {"Exists"}, "whatever value the taint has"
    return [toleration["key"] for toleration in tolerations]


def test_the_plugin_tolerates_every_taint_of_a_gpu_node() -> None:
    assert tolerated() == [
        "kubernetes.azure.com/scalesetpriority",
        "node.anyscale.com/accelerator-type",
        "node.anyscale.com/capacity-type",
        "nvidia.com/gpu",
    ], "a node whose plugin is kept off offers no GPU, and pods wait for ever"


def test_the_plugin_tolerates_taints_that_a_stack_file_adds_to_a_gpu_pool() -> None:
    assert "team" in tolerated(taints=["team=vision:NoSchedule"])


def test_the_plugin_runs_on_gpu_nodes_and_on_no_other() -> None:
    affinity = device_plugin_values(a_spec())["affinity"]["nodeAffinity"]
    [term] = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]

    assert term == {"matchExpressions": [{"key": "kubernetes.azure.com/accelerator", "operator": "Exists"}]}, (
        "the chart's own affinity wants labels that AKS nodes do not have"
    )
