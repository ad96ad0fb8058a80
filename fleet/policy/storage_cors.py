"""Only pages that are named may fetch data in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import many
from fleet.policy.rule import Planned, Rule

_ORIGIN = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?")


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    for rule in many(step.new_inputs, "cors.corsRules"):
        for origin in many(rule, "allowedOrigins"):
            if not _ORIGIN.fullmatch(str(origin)):
                yield (
                    f"cors.corsRules allows {origin}, so that pages of others read data in the name of whoever opens "
                    "them: name one https:// origin in full in components/data_account.py"
                )


RULE = Rule(
    id="storage-cors",
    severity="error",
    source="Azure Storage: Cross-Origin Resource Sharing (rest/api/storageservices)",
    types=("azure-native:storage:BlobServiceProperties",),
    broken=_broken,
)
