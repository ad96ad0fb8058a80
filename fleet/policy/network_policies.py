"""Every namespace is closed to others but for what is let in by name."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Json, Step
from fleet.policy.inputs import UNKNOWN, at, might_be
from fleet.policy.rule import Planned, Rule


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    name = at(step.new_inputs, "metadata.name")
    policies = planned.of("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    if name != UNKNOWN and not any(_closes(policy.new_inputs, name) for policy in policies):
        yield (
            f"no network policy denies what enters {name}, so that any pod of the cluster may connect to its pods: add "
            "a row to components/network_policies.py"
        )


def _closes(policy: Json, namespace: object) -> bool:
    kinds = at(policy, "spec.policyTypes") or ()  # not known as one of them, or in place of all
    return (
        might_be(at(policy, "metadata.namespace"), namespace)
        and might_be(at(policy, "spec.podSelector") or {}, {})
        and ("Ingress" in kinds or UNKNOWN in kinds)
        and might_be(at(policy, "spec.ingress") or [], [])
    )


RULE = Rule(
    id="network-policies",
    severity="error",
    source="CKV2_K8S_6; CIS AKS 4.4.2",
    types=("kubernetes:core/v1:Namespace",),
    broken=_broken,
)
