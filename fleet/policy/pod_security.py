"""Every namespace says how far its pods may go."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import UNKNOWN, at, entry
from fleet.policy.rule import Planned, Rule

PRIVILEGED = {
    "anyscale-operator": "the workload-identity webhook adds a privileged init container to its pods",
    "nvidia-device-plugin": "it mounts the kubelet's folder of plugins from the host",
}
"""Namespaces that need it, and why."""

_LABEL, _HERE = "pod-security.kubernetes.io/enforce", "in components/namespace.py"


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    name = at(step.new_inputs, "metadata.name")
    level, version = (entry(step.new_inputs, "metadata.labels", key) for key in (_LABEL, f"{_LABEL}-version"))
    if level not in ("restricted", "baseline", "privileged", UNKNOWN):
        yield (
            f"{_LABEL} is {level or 'absent'}, so that a pod in it may take over its node: name restricted or baseline "
            f"{_HERE}"
        )
    elif level == "privileged" and name != UNKNOWN and name not in PRIVILEGED:
        yield (
            f"{_LABEL} is privileged, so that a pod in it may take over its node: name restricted or baseline {_HERE}, "
            "or add a row with its reason to fleet/policy/pod_security.py"
        )
    if version in (None, "latest"):
        yield f"{_LABEL}-version is {version or 'absent'}, so that an upgrade may refuse pods that ran: pin it {_HERE}"


RULE = Rule(
    id="pod-security",
    severity="error",
    source="Azure Policy PSPBaselineStandard; CIS AKS 4.2.1 to 4.2.5",
    types=("kubernetes:core/v1:Namespace",),
    broken=_broken,
)
