"""From outside nothing but HTTPS reaches the network."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inbound import GROUP, SECURITY_RULE, allowed_in, ports, sources
from fleet.policy.inputs import UNKNOWN, at, from_outside
from fleet.policy.rule import Planned, Rule


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    for where, rule in allowed_in(step):
        outside = sorted(str(source) for source in sources(rule) if source is not None and from_outside(source))
        other = sorted(str(port) for port in ports(rule) if port not in (None, "443"))
        protocol = at(rule, "protocol")
        if outside and (other or protocol not in ("Tcp", UNKNOWN)):
            yield (
                f"{where} lets {', '.join(outside)} reach {protocol} {', '.join(other) or '443'}, so that nodes can be "
                "attacked on what was never meant for users: leave Tcp 443 alone in components/network.py"
            )


RULE = Rule(
    id="ingress-ports",
    severity="error",
    source="CKV_AZURE_9, CKV_AZURE_10, CKV_AZURE_77, CKV_AZURE_160; AZU-0047",
    types=(GROUP, SECURITY_RULE),
    broken=_broken,
)
