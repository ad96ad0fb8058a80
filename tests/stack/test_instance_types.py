from __future__ import annotations

from typing import Any

import pytest
from specs import a_spec

from catalog.sizing import SIZINGS
from catalog.vm_sizes import VM_SIZES
from stack.instance_types import largest
from stack.spec import InstanceTypeSpec


def types(*sizes: str, **changes: Any) -> list[InstanceTypeSpec]:
    pools = [{"name": f"p{index}", "vmSize": size, "maxCount": 1} for index, size in enumerate(sizes)]
    return list(a_spec(nodePools=pools, **changes).instance_types)


@pytest.mark.parametrize(
    ("size", "cpus", "memory_gib"),
    [
        ("Standard_D4ds_v5", 3, 11),  # 4,000 - 140 - 500 m; 16 GiB less 2 %, 2,250, 100, 1,024 and 1,024 MiB
        ("Standard_D16ds_v5", 15, 58),  # 16,000 - 260 - 500 m
        ("Standard_NC24ads_A100_v4", 23, 211),  # 24,000 - 340 - 500 m: halfway between 260 and 420
        ("Standard_ND96isr_H200_v5", 94, 1808),  # 96,000 - 1,060 - 500 m: 740 and 10 for each core above 64
    ],
)
def test_a_whole_node_gives_what_aks_and_the_agents_leave(size: str, cpus: int, memory_gib: int) -> None:
    assert largest(VM_SIZES[size], 1024, SIZINGS["many-jobs"]) == (cpus, memory_gib)


@pytest.mark.parametrize("size", sorted(VM_SIZES))
@pytest.mark.parametrize("sizing", SIZINGS)
def test_a_whole_node_never_gives_what_it_has_not(size: str, sizing: str) -> None:
    row = VM_SIZES[size]
    cpus, memory_gib = largest(row, 1024, SIZINGS[sizing])

    assert row.vcpus - 2 <= cpus < row.vcpus
    assert row.memory_gib * 0.6 < memory_gib < row.memory_gib


def test_the_parts_of_a_node_fit_it_together_with_their_mount_processes() -> None:
    for made in types("Standard_ND96isr_H100_v5"):
        parts = 8 // made.gpus
        whole = largest(VM_SIZES["Standard_ND96isr_H100_v5"], 1024, SIZINGS["many-jobs"])
        assert made.cpus * parts <= whole[0]
        assert (made.memory_gib + 1) * parts <= whole[1] + 1, "each part has a mount process of 1 GiB beside it"


def test_gpus_are_never_split_and_each_count_has_a_type() -> None:
    assert [(made.gpus, made.gpu.name if made.gpu else "") for made in types("Standard_ND96isr_H100_v5")] == [
        (1, "H100"),
        (2, "H100"),
        (4, "H100"),
        (8, "H100"),
    ]
    assert [made.gpus for made in types("Standard_NC16as_T4_v3")] == [1]


def test_types_are_named_by_what_they_have_and_two_like_pools_give_one() -> None:
    names = [made.name for made in types("Standard_NC16as_T4_v3", "Standard_NC16as_T4_v3", "Standard_D8ds_v5")]

    assert names == ["3CPU-13GB", "7CPU-27GB", "15CPU-103GB-1xT4"]


def test_types_asked_for_stand_beside_those_that_follow() -> None:
    asked = [
        {"name": "small", "cpus": 1, "memoryGib": 2},
        {"name": "gpu", "cpus": 8, "memoryGib": 16, "gpus": 1, "accelerator": "T4"},
    ]
    made = {spec.name: spec for spec in a_spec(anyscale={"instanceTypes": asked}).instance_types}

    assert (made["small"].cpus, made["small"].memory_gib, made["small"].gpu) == (1, 2, None)
    assert made["gpu"].gpu is not None
    assert made["gpu"].gpu.name == "T4"
    assert "15CPU-58GB" in made


def test_a_larger_mount_process_leaves_less_for_ray() -> None:
    options = [
        "--block-cache",
        "--block-cache-pool-size=8192",
        "--cancel-list-on-mount-seconds=0",
        "--disable-writeback-cache",
    ]
    storage = {"mounts": [{"name": "blob-fuse2", "options": options}]}

    assert types("Standard_D16ds_v5", storage=storage)[-1].memory_gib == 58 - 7
