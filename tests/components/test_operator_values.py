"""The chart has no schema: what is asserted here is all that keeps a mistyped key from being taken in silence."""

from __future__ import annotations

from typing import Any, cast

import pytest
from specs import a_spec

from components.identity import ClientId
from components.operator_values import operator_values
from stack.spec import StackSpec


def values_of(spec: StackSpec) -> Any:
    made = operator_values(spec, cloud_resource_id="cldrsrc_1", client_id=ClientId("the-client-id"))
    return cast("Any", made)


def test_the_operator_serves_its_registration_as_the_identity_and_carries_no_token() -> None:
    assert values_of(a_spec())["global"] == {
        "cloudDeploymentId": "cldrsrc_1",
        "cloudProvider": "azure",
        "auth": {
            "iamIdentity": "the-client-id",
            "audience": "api://086bc555-6989-4362-ba30-fded273e432b/.default",
        },
    }, "region is deprecated, the control plane is the chart's default, and a token would be a long-lived secret"


def test_the_gateway_is_found_by_a_name_that_is_known_before_its_address() -> None:
    spec = a_spec("westus3")
    gateway = values_of(spec)["networking"]["gateway"]

    assert gateway == {
        "enabled": True,
        "name": "anyscale",
        "namespace": "anyscale-operator",
        "hostname": f"{spec.names.dns_label}.westus3.cloudapp.azure.com",
    }, "without a gateway workspaces hang in STARTING"


def test_the_operator_tolerates_the_only_pool_that_is_not_for_ray() -> None:
    assert values_of(a_spec())["operator"]["tolerations"] == [{"key": "CriticalAddonsOnly", "operator": "Exists"}]


def test_ray_pods_run_under_the_federated_service_account() -> None:
    values = values_of(a_spec())

    assert values["workloads"]["serviceAccount"] == {"name": "anyscale-operator"}, "else no blob mount finds a token"
    assert values["operator"]["serviceAccount"] == {"name": "anyscale-operator"}, (
        "one account, one federated credential"
    )


def test_every_gpu_that_a_job_can_name_selects_nodes() -> None:
    selectors = values_of(a_spec())["workloads"]["accelerator"]["nodeSelectors"]["additional"]

    assert selectors == {
        "T4": "NVIDIA-T4",
        "A10": "NVIDIA-A10",
        "A100-40G": "NVIDIA-A100",
        "A100-80G": "NVIDIA-A100",
        "H100": "NVIDIA-H100",
        "H200": "NVIDIA-H200",
    }, "a name without a selector lets the pod land on any GPU"


def test_gpu_pods_tolerate_the_taint_that_the_chart_forgets() -> None:
    tolerations = values_of(a_spec())["workloads"]["accelerator"]["tolerations"]["additional"]

    assert tolerations == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]


def test_each_instance_type_of_the_spec_is_offered_with_what_it_needs() -> None:
    spec = a_spec(
        nodePools=[
            {"name": "cpu", "vmSize": "Standard_D16ds_v5", "maxCount": 2},
            {"name": "a100", "vmSize": "Standard_NC24ads_A100_v4", "maxCount": 2},
        ]
    )
    offered = values_of(spec)["workloads"]["instanceTypes"]["additional"]
    plain = next(asked for asked in spec.instance_types if asked.gpu is None)
    gpu = next(asked for asked in spec.instance_types if asked.gpu is not None)

    assert list(offered) == [asked.name for asked in spec.instance_types], "none is lost, and the order is the spec's"
    assert offered[plain.name] == {"resources": {"CPU": plain.cpus, "memory": f"{plain.memory_gib}Gi"}}
    assert offered[gpu.name] == {
        "resources": {"CPU": gpu.cpus, "memory": f"{gpu.memory_gib}Gi", "GPU": 1, "accelerators": ["A100-80G"]},
        "nodeSelector": {"nvidia.com/gpu.product": "NVIDIA-A100", "nvidia.com/gpu.memory": "81920"},
    }, "the product label alone does not tell an A100 of 80 GiB from one of 40"


@pytest.mark.parametrize(
    ("upgrades", "guarded"),
    [
        ({"kubernetes": "patch", "nodeImage": "None"}, False),
        ({"kubernetes": "none", "nodeImage": "NodeImage"}, False),
        ({"kubernetes": "none", "nodeImage": "None"}, True),
    ],
)
def test_the_disruption_budget_that_blocks_upgrades_is_there_only_where_aks_upgrades_nothing(
    upgrades: dict[str, str], guarded: bool
) -> None:
    spec = a_spec(cluster={"upgrades": upgrades})

    assert values_of(spec)["workloads"]["enableAnyscaleRayHeadNodePDB"] is guarded


def test_ray_pods_get_no_capability_and_the_operator_no_other_namespace() -> None:
    workloads = values_of(a_spec())["workloads"]

    assert workloads["enableProcessTracing"] is False, "the chart's default adds SYS_PTRACE to every Ray container"
    assert workloads["enableCrossNamespaceResourceManagement"] is False, "would copy its secrets elsewhere"


def test_a_waiting_pod_outlives_the_wait_for_its_node() -> None:
    spec = a_spec()
    reaper = values_of(spec)["operator"]["config"]["unscheduledPodReaper"]

    assert spec.sizing.autoscaler["max_node_provision_time"] == "15m"
    assert reaper == {"terminationThreshold": "20m"}, "the chart's 10m ends pods whose node is still being made"


def test_the_operator_is_not_root() -> None:
    context = values_of(a_spec())["operator"]["securityContext"]

    assert context["runAsNonRoot"] is True
    assert min(context["runAsUser"], context["runAsGroup"]) >= 10_000, "nobody on the host has this number"
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_only_a_giant_job_gets_a_larger_operator_than_the_chart_s() -> None:
    giant = values_of(a_spec(sizedFor="one-giant-job"))["operator"]

    assert giant["container"]["resources"]["requests"] == {"cpu": "4", "memory": "4Gi"}
    assert giant["vector"]["resources"]["limits"] == {"memory": "2Gi"}
    assert "container" not in values_of(a_spec(sizedFor="trial"))["operator"], "the chart's figures fit a small cluster"
