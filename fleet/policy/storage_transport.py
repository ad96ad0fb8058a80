"""Data travel encrypted."""

from __future__ import annotations

from fleet.policy.inputs import ACCOUNT, Demand, demands
from fleet.policy.rule import Rule

_BACK = "set it back in components/data_account.py"

RULE = Rule(
    id="storage-transport",
    severity="error",
    source="CKV_AZURE_3, CKV_AZURE_44; AZU-0008, AZU-0011; PSRule AZR-000196, AZR-000200",
    types=(ACCOUNT,),
    broken=demands(
        Demand(path="enableHttpsTrafficOnly", allowed=(True, None), why="data travel in the clear", remedy=_BACK),
        Demand(
            path="minimumTlsVersion",
            allowed=("TLS1_2", "TLS1_3"),
            why="clients may agree on a version that is broken",
            remedy=_BACK,
        ),
    ),
)
