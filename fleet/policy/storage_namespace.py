"""Folders are folders: what BlobFuse2 and Anyscale rely on."""

from __future__ import annotations

from fleet.policy.inputs import ACCOUNT, Demand, demands
from fleet.policy.rule import Rule

RULE = Rule(
    id="storage-namespace",
    severity="error",
    source="Anyscale: abfss:// needs Data Lake Storage; BlobFuse2: use-adls (github.com/Azure/azure-storage-fuse)",
    types=(ACCOUNT,),
    broken=demands(
        Demand(
            path="isHnsEnabled",
            allowed=(True,),
            why="abfss:// and the mounts fail, and a rename copies every file",
            remedy="set it back in components/data_account.py; an account that lacks it cannot be adopted",
        )
    ),
)
