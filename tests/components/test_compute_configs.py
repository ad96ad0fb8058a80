from __future__ import annotations

from typing import Any

import yaml
from specs import a_spec

from components.compute_configs import compute_configs


def parsed(name: str, stack: str = "eastus", **changes: object) -> Any:
    return yaml.safe_load(compute_configs(a_spec(stack, **changes))[name])["advanced_instance_config"]["spec"]


def test_every_mount_but_the_one_that_anyscale_mounts_itself_has_a_snippet() -> None:
    assert list(compute_configs(a_spec())) == ["checkpoints", "datasets", "models"], (
        "blob-fuse2 is in every pod already"
    )


def test_a_snippet_puts_the_claim_into_the_container_of_the_job_at_the_mount_s_path() -> None:
    spec = parsed("checkpoints")

    assert spec["volumes"] == [
        {"name": "checkpoints", "persistentVolumeClaim": {"claimName": "checkpoints", "readOnly": False}}
    ]
    assert spec["containers"] == [
        {
            "name": "ray",
            "volumeMounts": [{"name": "checkpoints", "mountPath": "/mnt/checkpoints", "readOnly": False}],
        }
    ], "by that name Anyscale merges it into its own container"


def test_what_lives_in_the_primary_is_read_only_elsewhere() -> None:
    assert parsed("datasets", "eastus")["volumes"][0]["persistentVolumeClaim"]["readOnly"] is False
    assert parsed("datasets", "westus3")["volumes"][0]["persistentVolumeClaim"]["readOnly"] is True
    assert parsed("datasets", "westus3")["containers"][0]["volumeMounts"][0]["readOnly"] is True


def test_a_mount_of_one_s_own_gets_a_snippet_too() -> None:
    own = {"mounts": [{"name": "features", "path": "/mnt/features"}]}

    assert parsed("features", storage=own)["containers"][0]["volumeMounts"][0]["mountPath"] == "/mnt/features"
