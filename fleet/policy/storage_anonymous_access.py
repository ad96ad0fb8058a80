"""Nobody reads data without a name."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import ACCOUNT, CONTAINER, Demand
from fleet.policy.rule import Planned, Rule

_WHY, _REMEDY = "anyone who knows its address may read", "set it back in components/data_account.py"
_DEMANDS = {
    ACCOUNT: Demand(path="allowBlobPublicAccess", allowed=(False,), why=_WHY, remedy=_REMEDY),
    CONTAINER: Demand(path="publicAccess", allowed=("None", None), why=_WHY, remedy=_REMEDY),
}


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    yield from _DEMANDS[step.type].unmet(step.new_inputs)


RULE = Rule(
    id="storage-anonymous-access",
    severity="error",
    source="CKV_AZURE_34, CKV_AZURE_190, CKV2_AZURE_47; AZU-0007; PSRule AZR-000198, AZR-000199",
    types=(ACCOUNT, CONTAINER),
    broken=_broken,
)
