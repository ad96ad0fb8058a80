"""Only Entra opens an account: no key, no user of its own, no other tenant."""

from __future__ import annotations

from fleet.policy.inputs import ACCOUNT, Demand, demands
from fleet.policy.rule import Rule

_BACK = "set it back in components/data_account.py"

RULE = Rule(
    id="storage-sign-in",
    severity="error",
    source="CKV2_AZURE_40, CKV_AZURE_244; Azure Policy: AllowSharedKeyAccess, CrossTenantReplication",
    types=(ACCOUNT,),
    broken=demands(
        Demand(
            path="allowSharedKeyAccess",
            allowed=(False,),
            why="whoever gets one of two keys has all data, and no grant can be taken from them",
            remedy=_BACK,
        ),
        Demand(
            path="isLocalUserEnabled",
            allowed=(False, None),
            why="users with passwords stand beside those of Entra",
            remedy=_BACK,
        ),
        Demand(path="isSftpEnabled", allowed=(False, None), why="data leave by SFTP, past Entra", remedy=_BACK),
        Demand(path="enableNfsV3", allowed=(False, None), why="NFS asks nobody who they are", remedy=_BACK),
        Demand(
            path="allowCrossTenantReplication",
            allowed=(False, None),
            why="data can be copied to another tenant in the background",
            remedy=_BACK,
        ),
    ),
)
