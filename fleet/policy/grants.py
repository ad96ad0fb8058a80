"""Grants give roles that this program knows, on one thing each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.roles import ROLES
from fleet.engine.steps import Step
from fleet.policy.inputs import UNKNOWN, at
from fleet.policy.rule import Planned, Rule

_IDS = {role.id for role in ROLES}
_WIDE = re.compile(
    r"/?|/subscriptions/[^/]+(/resourceGroups/[^/]+)?/?|/providers/Microsoft\.Management/.*", re.IGNORECASE
)


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    role, scope = at(step.new_inputs, "roleDefinitionId"), at(step.new_inputs, "scope")
    if role != UNKNOWN and str(role).rpartition("/")[2].lower() not in _IDS:
        yield (
            f"roleDefinitionId is {role}, so that somebody may do what nobody here looked at: grant a row of "
            "catalog/roles.py, or add one with its reason"
        )
    if scope != UNKNOWN and _WIDE.fullmatch(str(scope or "")):
        yield (
            f"scope is {scope}, so that the grant also holds for everything that is made there later: grant on the one "
            "resource, in the component that owns it"
        )


RULE = Rule(
    id="grants",
    severity="error",
    source="CKV_AZURE_39; PSRule Azure.RBAC.LimitOwner; Azure RBAC: steps to assign a role, scope",
    types=("azure-native:authorization:RoleAssignment",),
    broken=_broken,
)
