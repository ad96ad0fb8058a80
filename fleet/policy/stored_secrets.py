"""Nothing that opens anything stands in the state, or in the cluster by our hand."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import UNKNOWN, at
from fleet.policy.rule import Planned, Rule

_PROVIDER = "pulumi:providers:kubernetes"


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    if step.type != _PROVIDER:
        yield (
            f"a {step.type.rpartition(':')[2]} is made, so that a secret which does not end by itself stands in the "
            "state and where it is used: let the identity sign in by a federated credential (components/identity.py)"
        )
    elif at(step.new_inputs, "kubeconfig") not in (None, UNKNOWN):
        yield (
            "kubeconfig is no secret to the engine, so that it stands in the state and in previews as text: seal it in "
            "components/kubernetes_access.py"
        )


RULE = Rule(
    id="stored-secrets",
    severity="error",
    source="Azure Well-Architected SE:09; Kubernetes: good practices for Secrets",
    types=(
        _PROVIDER,
        "azuread:*Password",
        "azuread:*Certificate",
        "kubernetes:core/v1:Secret",
    ),
    broken=_broken,
)
