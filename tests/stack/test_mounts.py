from __future__ import annotations

import pytest
from specs import STACKS, a_spec

from catalog.mounts import BUCKET_CONTAINER, MOUNTS, PROFILES, REGISTERED_MOUNT
from stack.mount_options import option_problems, pool_mib
from stack.spec import MountSpec


def mounts(stack: str = "eastus", *asked: dict[str, object], **storage: object) -> dict[str, MountSpec]:
    return {mount.name: mount for mount in a_spec(stack, storage={"mounts": list(asked), **storage}).mounts}


def test_paths_and_claims_are_the_same_in_every_region() -> None:
    first, second = ({(m.name, m.path, m.container) for m in mounts(stack).values()} for stack in STACKS)
    assert first == second, "a job finds its data at the same place wherever it runs"


def test_exactly_one_mount_is_registered_with_anyscale_and_is_writable_everywhere() -> None:
    for stack in STACKS:
        [registered] = [mount for mount in mounts(stack).values() if mount.registered]
        assert (registered.name, registered.path) == ("blob-fuse2", "/mnt/cluster_storage")
        assert not registered.read_only
        assert registered.owned


def test_shared_data_is_written_in_the_primary_and_read_elsewhere() -> None:
    primary, joining = mounts("eastus"), mounts("westus3")

    for name in ("datasets", "models"):
        assert (primary[name].owned, primary[name].read_only) == (True, False)
        assert (joining[name].owned, joining[name].read_only) == (False, True)
        assert "-o ro" in joining[name].options
        assert "-o ro" not in primary[name].options
    assert (joining["checkpoints"].owned, joining["checkpoints"].read_only) == (True, False), "of each region its own"


def test_a_mount_can_be_set_the_other_way() -> None:
    made = mounts(
        "westus3", {"name": "checkpoints", "home": "primary", "readOnly": False}, {"name": "datasets", "home": "region"}
    )

    assert (made["checkpoints"].owned, made["checkpoints"].read_only) == (False, False)
    assert (made["datasets"].owned, made["datasets"].read_only) == (True, False)


def test_a_mount_of_ones_own_lives_in_the_region_under_its_name() -> None:
    made = mounts("westus3", {"name": "team-scratch", "lifecycle": {"deleteAfterDays": 7}})["team-scratch"]

    assert (made.container, made.path, made.home, made.read_only) == (
        "team-scratch",
        "/mnt/team_scratch",
        "region",
        False,
    )
    assert (made.cool_after_days, made.delete_after_days) == (None, 7)


def test_nothing_is_deleted_unless_asked() -> None:
    assert all(mount.delete_after_days is None for stack in STACKS for mount in mounts(stack).values())


def test_options_asked_for_replace_those_of_the_profile() -> None:
    options = [
        "--block-cache",
        "--block-cache-pool-size=256",
        "--block-cache-prefetch=12",
        "--cancel-list-on-mount-seconds=0",
        "-o ro",
    ]
    assert mounts("eastus", {"name": "models", "readOnly": True, "options": options})["models"].options == tuple(
        options
    )


def test_no_options_are_not_those_of_the_profile() -> None:
    risk = [{"risk": "mount-options-unsafe", "reason": "to see what BlobFuse2 does"}]
    spec = a_spec(storage={"mounts": [{"name": "scratch", "options": []}]}, acceptRisk=risk)
    assert next(mount.options for mount in spec.mounts if mount.name == "scratch") == ()


def test_mounts_are_in_order_of_name() -> None:
    names = list(mounts("eastus", {"name": "aaa"}))
    assert names == sorted(names)
    assert names[0] == "aaa"


def test_no_mount_uses_the_container_of_anyscale() -> None:
    assert BUCKET_CONTAINER not in {row.container for row in MOUNTS.values()}
    assert REGISTERED_MOUNT in MOUNTS


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_profile_passes_the_validator_but_the_published_one(name: str, *, read_only: bool) -> None:
    profile = PROFILES[name]
    found = list(option_problems(profile.options(read_only=read_only), read_only=read_only))

    assert bool(found) == (profile.warning is not None), "what the validator refuses is offered with a warning only"
    assert all(problem.unsafe for problem in found), "BlobFuse2 takes each profile"


def test_the_published_options_are_kept_to_the_letter_and_warned_of() -> None:
    spec = a_spec(storage={"mounts": [{"name": "blob-fuse2", "profile": "as-published"}]})

    registered = next(mount for mount in spec.mounts if mount.registered)
    assert len(registered.options) == 9
    assert "--cancel-list-on-mount-seconds=10" in registered.options
    assert any("as-published" in warning and "four minutes" in warning for warning in spec.warnings)


def test_every_block_cache_has_a_bound() -> None:
    for stack in STACKS:
        assert all(pool_mib(mount.options) >= 1024 for mount in mounts(stack).values()), "else it takes 60% of the node"
