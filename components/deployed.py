"""What a finished `up` leaves to the next run of its own stack, as outputs."""

from __future__ import annotations

from typing import Any

import pulumi

from components.stack_outputs import stack_outputs
from stack import contract, fixed
from stack.contract import DeployedValues
from stack.spec import StackSpec


def values() -> DeployedValues | None:
    """What stands, or None where nothing was ever finished, or by a program of another contract."""
    outputs = stack_outputs(pulumi.get_stack())
    try:
        return contract.read(DeployedValues, outputs)
    except contract.ContractError as nothing:
        pulumi.log.debug(f"nothing to compare with: this stack {nothing}")
        return None


def export(spec: StackSpec, cluster_digest: pulumi.Output[str]) -> None:
    """Export each field of `contract.DeployedValues`; the engine keeps the old ones until a whole run has succeeded."""
    known = pulumi.Output.from_input
    left: dict[str, pulumi.Output[Any]] = {
        "fixed": known(fixed.fixed(spec)),
        "lifecycle": known(spec.settings.lifecycle),
        "containers": known(fixed.containers(spec)),
        "cluster_digest": cluster_digest,
    }
    for field, output in contract.output_names(DeployedValues).items():
        pulumi.export(output, left[field])
