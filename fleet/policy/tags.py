"""Everything in Azure says whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import entry, might_be
from fleet.policy.rule import Planned, Rule
from stack.check_tags import OWN_TAGS

UNTAGGED = frozenset(
    {
        "azure-native:authorization:RoleAssignment",
        "azure-native:containerservice:MaintenanceConfiguration",
        "azure-native:managedidentity:FederatedIdentityCredential",
        "azure-native:network:PrivateDnsZoneGroup",
        "azure-native:storage:BlobContainer",
        "azure-native:storage:BlobServiceProperties",
        "azure-native:storage:ManagementPolicy",
    }
)
"""Types that cannot carry tags."""


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    if step.type in UNTAGGED:
        return
    asked: dict[str, str | None] = {**planned.settings.tags, **dict.fromkeys(OWN_TAGS)}
    missing = sorted(key for key, value in asked.items() if not _carries(step, key, value))
    if missing:
        yield (
            f"tags lacks {', '.join(missing)}, so that no bill or search finds it: pass on the tags of the spec where "
            "it is made"
        )


def _carries(step: Step, key: str, value: str | None) -> bool:
    found = entry(step.new_inputs, "tags", key)
    return found is not None and (value is None or might_be(found, value))


RULE = Rule(
    id="tags",
    severity="error",
    source="PSRule Azure.Resource.UseTags; Azure Policy: Require a tag on resources",
    types=("azure-native:*",),
    broken=_broken,
)
