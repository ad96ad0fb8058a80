"""What cannot be made again is protected while the stack is."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import ACCOUNT, CLUSTER, CONTAINER, UNKNOWN, at
from fleet.policy.rule import Planned, Rule

_GROUP = "azure-native:resources:ResourceGroup"


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    if planned.settings.lifecycle != "protected" or step.protected:
        return
    if step.type != _GROUP or _holds_data(step, planned):
        yield (
            "protect is off while lifecycle is 'protected', so that one wrong edit deletes it with all it holds: give "
            "it the options of components/protection.py, or let lifecycle be retiring"
        )


def _holds_data(group: Step, planned: Planned) -> bool:
    name = at(group.new_inputs, "resourceGroupName")
    held = {at(account.new_inputs, "resourceGroupName") for account in planned.of(ACCOUNT)} - {UNKNOWN}
    return name in held


RULE = Rule(
    id="protection",
    severity="error",
    source="Pulumi: protect; Azure Verified Modules: lock interface",
    types=(
        _GROUP,
        CLUSTER,
        ACCOUNT,
        CONTAINER,
        "azure-native:storage:BlobServiceProperties",
        "anyscale:index:Cloud",
        "anyscale:index:Drain",
    ),
    broken=_broken,
)
