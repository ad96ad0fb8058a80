"""Ray's dashboards and services answer those who are named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog.risks import INGRESS_FROM_INTERNET
from fleet.engine.steps import Step
from fleet.policy.inbound import GROUP, SECURITY_RULE, allowed_in, sources
from fleet.policy.inputs import at, entry, from_internet, many, might_be
from fleet.policy.rule import Planned, Rule

_SERVICE, _PROXY = "kubernetes:core/v1:Service", "kubernetes:gateway.envoyproxy.io/*:EnvoyProxy"
_INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal"
_WHY = f"so that {INGRESS_FROM_INTERNET.what}: name ranges in anyscale.ingress.clients"


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    if step.type in (GROUP, SECURITY_RULE):
        for where, rule in allowed_in(step):
            if any(from_internet(source) for source in sources(rule)):
                yield f"{where} lets in the whole internet, {_WHY}"
    elif (service := _load_balancer(step)) is not None:
        ranges = at(service, "ranges")
        if not ranges:
            yield f"a load balancer without loadBalancerSourceRanges, {_WHY}"
        for found in filter(from_internet, many(service, "ranges")):
            yield f"loadBalancerSourceRanges has {found}, {_WHY}"


def _load_balancer(step: Step) -> dict[str, Any] | None:
    """Source ranges of a public load balancer; None where there is none, or nobody can say."""
    if step.type == _SERVICE:
        service, annotated = at(step.new_inputs, "spec"), at(step.new_inputs, "metadata")
    else:
        service = annotated = at(step.new_inputs, "spec.provider.kubernetes.envoyService")
    # Envoy Gateway makes a load balancer where no type is named, Kubernetes an address inside the cluster.
    kind = at(service, "type") or ("ClusterIP" if step.type == _SERVICE else "LoadBalancer")
    if kind != "LoadBalancer" or might_be(entry(annotated, "annotations", _INTERNAL), "true"):
        return None
    return {"ranges": at(service, "loadBalancerSourceRanges")}


RULE = Rule(
    id="ingress-clients",
    severity="error",
    source="AZU-0047; Azure Policy: Kubernetes clusters should use internal load balancers",
    types=(GROUP, SECURITY_RULE, _SERVICE, _PROXY),
    broken=_broken,
    waiver=INGRESS_FROM_INTERNET.name,
)
