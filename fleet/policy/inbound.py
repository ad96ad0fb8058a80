"""How rules read what security groups let in."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Json, Step
from fleet.policy.inputs import at, many

GROUP, SECURITY_RULE = "azure-native:network:NetworkSecurityGroup", "azure-native:network:SecurityRule"


def allowed_in(step: Step) -> Iterator[tuple[str, Json]]:
    """Rules that let traffic in, of a group or the one rule of its own, each with its path."""
    inline = [(f"securityRules[{at(rule, 'name')}]", rule) for rule in many(step.new_inputs, "securityRules")]
    for where, rule in inline if step.type == GROUP else [(step.name, step.new_inputs)]:
        if at(rule, "access") == "Allow" and at(rule, "direction") == "Inbound":
            yield where, rule


def sources(rule: Json) -> list[object]:
    """From where, as far as it is known."""
    return _both(rule, "sourceAddressPrefix", "sourceAddressPrefixes")


def ports(rule: Json) -> list[object]:
    """To which ports, as far as it is known."""
    return _both(rule, "destinationPortRange", "destinationPortRanges")


def _both(rule: Json, one: str, several: str) -> list[object]:
    return [*many({"one": [at(rule, one)]}, "one"), *many(rule, several)]
