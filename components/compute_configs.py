"""Compute-config snippets for the mounts that Anyscale does not put into every pod.

Anyscale merges `advanced_instance_config` into the pods it makes, lists by name (docs.anyscale.com, compute
configuration options for Kubernetes). Each mount is a process with a memory pool of its own, so a job takes only
those it reads.
"""

from __future__ import annotations

import yaml

from stack.spec import MountSpec, StackSpec

RAY_CONTAINER = "ray"
"""Container of a Ray pod in which the job runs."""


def compute_configs(spec: StackSpec) -> dict[str, str]:
    """YAML by mount; several are combined by joining their two lists."""
    return {mount.name: _snippet(mount) for mount in spec.mounts if not mount.registered}


def _snippet(mount: MountSpec) -> str:
    claim = {"claimName": mount.name, "readOnly": mount.read_only}
    seen_at = {"name": mount.name, "mountPath": mount.path, "readOnly": mount.read_only}
    pod = {
        "volumes": [{"name": mount.name, "persistentVolumeClaim": claim}],
        "containers": [{"name": RAY_CONTAINER, "volumeMounts": [seen_at]}],
    }
    return yaml.safe_dump({"advanced_instance_config": {"spec": pod}}, sort_keys=False)
