from __future__ import annotations

import pytest
from specs import a_spec

from catalog.gpus import GPUS, MEMORY_LABEL, PRODUCT_LABEL
from catalog.vm_sizes import VM_SIZES
from stack.pools import os_disk
from stack.spec import PoolSpec

WHOLE = sorted(size.name for size in VM_SIZES.values() if size.gpus or not size.gpu)


def pool(size: str = "Standard_D16ds_v5", *, sized_for: str = "many-jobs", **keys: object) -> PoolSpec:
    region = next(r for r in ("eastus", "eastus2", "westus3") if not VM_SIZES[size].absent_from(r))
    asked = {"name": "p", "vmSize": size, "maxCount": 1, **keys}
    [made] = a_spec(azure={"location": region}, nodePools=[asked], sizedFor=sized_for).pools
    return made


def test_a_cpu_pool_is_for_pods_that_ask_for_on_demand_nodes() -> None:
    made = pool()

    assert made.taints == ("node.anyscale.com/capacity-type=ON_DEMAND:NoSchedule",)
    assert made.labels == {"node.anyscale.com/capacity-type": "ON_DEMAND"}
    assert (made.max_surge, made.max_unavailable) == ("33%", "0")


def test_a_spot_pool_carries_what_azure_would_add_for_else_each_preview_differs() -> None:
    made = pool(spot=True)

    assert made.labels["kubernetes.azure.com/scalesetpriority"] == "spot"
    assert "kubernetes.azure.com/scalesetpriority=spot:NoSchedule" in made.taints
    assert "node.anyscale.com/capacity-type=SPOT:NoSchedule" in made.taints


def test_a_gpu_pool_is_kept_for_gpu_pods_and_upgrades_without_a_spare_node() -> None:
    made = pool("Standard_NC16as_T4_v3")

    assert {"node.anyscale.com/accelerator-type=GPU:NoSchedule", "nvidia.com/gpu=present:NoSchedule"} <= set(
        made.taints
    )
    assert made.labels[PRODUCT_LABEL] == "NVIDIA-T4"
    assert made.labels["nvidia.com/gpu.count"] == "1"
    assert (made.max_surge, made.max_unavailable) == ("0", "1"), "a spare GPU is rarely to be had"


@pytest.mark.parametrize("name", GPUS)
def test_the_selectors_of_a_gpu_find_its_pools_and_no_other(name: str) -> None:
    selectors = GPUS[name].selectors.items()
    found = {size for size in WHOLE if selectors <= pool(size).labels.items()}

    assert found == {size for size in WHOLE if VM_SIZES[size].gpu == name}, "each GPU is asked for by its own name"
    assert found, "a GPU without a size is of no use"


def test_the_two_a100_share_a_product_and_differ_in_memory() -> None:
    small, large = pool("Standard_ND96asr_v4"), pool("Standard_NC24ads_A100_v4")

    assert small.labels[PRODUCT_LABEL] == large.labels[PRODUCT_LABEL] == "NVIDIA-A100"
    assert (small.labels[MEMORY_LABEL], large.labels[MEMORY_LABEL]) == ("40960", "81920"), "in MiB"


def test_taints_and_labels_have_one_order_with_those_asked_for() -> None:
    made = pool(spot=True, taints=["a=b:NoExecute", "z=y:NoSchedule"], labels={"z": "1", "a": "2"})

    assert made.taints[-1].startswith("kubernetes.azure.com/"), "where AKS puts its own; else a preview shows a change"
    assert list(made.taints[:-1]) == sorted(made.taints[:-1])
    assert {"a=b:NoExecute", "z=y:NoSchedule"} < set(made.taints)
    assert list(made.labels) == sorted(made.labels)
    assert made.labels["a"] == "2"


@pytest.mark.parametrize(
    ("size", "asked", "disk"),
    [
        ("Standard_D16ds_v5", None, ("Ephemeral", 128)),
        ("Standard_NC24ads_A100_v4", None, ("Ephemeral", 60)),
        ("Standard_NC24ads_A100_v4", 64, ("Ephemeral", 64)),
        ("Standard_NC24ads_A100_v4", 128, ("Managed", 128)),
        ("Standard_NC48ads_A100_v4", None, ("Ephemeral", 128)),
        ("Standard_D4ds_v5", 512, ("Managed", 512)),
    ],
)
def test_a_disk_is_ephemeral_only_where_it_fits(size: str, asked: int | None, disk: tuple[str, int]) -> None:
    assert os_disk(VM_SIZES[size], asked) == disk, "AKS refuses an ephemeral disk above the temporary one"


def test_a_giant_cluster_waits_a_day_for_a_node_to_drain() -> None:
    assert pool(sized_for="one-giant-job").drain_timeout_minutes == 1440
    assert pool().drain_timeout_minutes == 30


def test_the_system_pool_spreads_over_zones_where_there_are_some() -> None:
    assert a_spec().system_pool.zones == ("1", "2", "3")
    assert a_spec(sizedFor="trial").system_pool.zones == (), "a trial takes what is there"
    single = [{"name": "cpu", "vmSize": "Standard_D8ds_v5", "maxCount": 1}]
    assert a_spec(azure={"location": "westcentralus"}, nodePools=single).system_pool.zones == ()


def test_only_a_giant_cluster_scales_its_system_pool() -> None:
    assert [a_spec(sizedFor=size).system_pool.max_count for size in ("trial", "many-jobs", "one-giant-job")] == [
        None,
        None,
        10,
    ]
