"""What is deleted by mistake can be brought back for a week."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import UNKNOWN, Demand, at
from fleet.policy.rule import Planned, Rule

FEWEST_DAYS = 7
"""The least that Azure advises (data-protection-overview, read 2026-11)."""

_POLICIES = {
    "deleteRetentionPolicy": "storage.retention.blobDays",
    "containerDeleteRetentionPolicy": "storage.retention.containerDays",
}
_FOR_GOOD = Demand(
    path="deleteRetentionPolicy.allowPermanentDelete",
    allowed=(False, None),
    why="what is deleted can be deleted for good at once",
    remedy="set it back in components/data_account.py",
)


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    if planned.settings.lifecycle == "disposable":  # its data are said to be worth nothing
        return
    for policy, setting in _POLICIES.items():
        days, enabled = at(step.new_inputs, f"{policy}.days"), at(step.new_inputs, f"{policy}.enabled")
        if UNKNOWN in (days, enabled):
            continue
        if enabled is not True or not isinstance(days, int | float) or days < FEWEST_DAYS:
            yield (
                f"{policy} keeps deleted data {days if enabled and days else 0} days, so that a mistake of last week "
                f"cannot be undone: make {setting} {FEWEST_DAYS} or more"
            )
    yield from _FOR_GOOD.unmet(step.new_inputs)


RULE = Rule(
    id="storage-soft-delete",
    severity="error",
    source="CKV2_AZURE_38; AZU-0056; PSRule AZR-000197",
    types=("azure-native:storage:BlobServiceProperties",),
    broken=_broken,
)
