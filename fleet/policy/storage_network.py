"""An account that is asked to be private has no public door."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import ACCOUNT, Demand
from fleet.policy.rule import Planned, Rule

_WHY = "the internet reaches the account, while storage.access is 'private'"
_REMEDY = "set it back in components/data_account.py"
_DEMANDS = (
    Demand(path="publicNetworkAccess", allowed=("Disabled",), why=_WHY, remedy=_REMEDY),
    Demand(path="networkRuleSet.defaultAction", allowed=("Deny",), why=_WHY, remedy=_REMEDY),
)


def _broken(step: Step, planned: Planned) -> Iterator[str]:
    if planned.settings.storage.access == "private":
        for demand in _DEMANDS:
            yield from demand.unmet(step.new_inputs)


RULE = Rule(
    id="storage-network",
    severity="error",
    source="CKV_AZURE_35, CKV_AZURE_59, CKV2_AZURE_33; AZU-0012; PSRule AZR-000202",
    types=(ACCOUNT,),
    broken=_broken,
)
