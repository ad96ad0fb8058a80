"""Every subnet is guarded, and none has a way out of its own."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Json, Step
from fleet.policy.inputs import UNKNOWN, Demand, at, many, might_be
from fleet.policy.rule import Planned, Rule

_NETWORK, _SUBNET = "azure-native:network:VirtualNetwork", "azure-native:network:Subnet"
_AKS = "Microsoft.ContainerService/managedClusters"
_WAY_OUT = Demand(
    path="defaultOutboundAccess",
    allowed=(False,),
    why="machines in it go out from addresses that nobody knows beforehand, past the NAT gateway",
    remedy="set it back in components/network.py",
)


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    inline = [(f"subnets[{at(subnet, 'name')}].", subnet) for subnet in many(step.new_inputs, "subnets")]
    for where, subnet in inline if step.type == _NETWORK else [("", step.new_inputs)]:
        yield from _WAY_OUT.unmet(subnet, where)
        if at(subnet, "networkSecurityGroup") is None and not _kept_by_aks(subnet):
            yield (
                f"{where}networkSecurityGroup is absent, so that nothing decides who may reach what is in it: name the "
                "group in components/network.py"
            )


def _kept_by_aks(subnet: Json) -> bool:
    """AKS guards the subnet of its API server itself; a security group there would cut nodes off."""
    if UNKNOWN in (at(subnet, "delegations") or ()):  # as one of them, or in place of all
        return True
    return any(might_be(at(each, "serviceName"), _AKS) for each in many(subnet, "delegations"))


RULE = Rule(
    id="subnets",
    severity="error",
    source="CKV2_AZURE_31; PSRule for Azure: `defaultOutboundAccess` of subnets is false (read 2026-11)",
    types=(_NETWORK, _SUBNET),
    broken=_broken,
)
