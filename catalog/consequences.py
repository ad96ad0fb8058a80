"""What a change of a resource does to what runs on it: facts about Azure and AKS, one row each, with their source.

Read by `fleet` for its verdicts. A type or property without a row is taken for safe to create and to update; to delete
or replace anything is at least disruptive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A type whose replacement or deletion is destructive.

    Attributes:
        type: prefix of the Pulumi type token.
        loses: what goes with it, in a phrase.
        takes: prefixes of the types that go because it goes.
    """

    type: str
    loses: str
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What the change of a property does.

    Attributes:
        type: prefix of the Pulumi type token.
        property: regular expression that matches the beginning of the path.
        effect: what happens, in a phrase.
        verdict: `refused` where Azure says no half way through a run.
        source: page and when it was read.
    """

    type: str
    property: str
    effect: str
    verdict: Literal["safe", "disruptive", "refused"]
    source: str


LOSSES = (
    Loss(
        type="azure-native:containerservice:ManagedCluster",
        loses="the cluster and every job on it",
        takes=("azure-native:containerservice:", "kubernetes:"),
    ),
    Loss(type="azure-native:containerservice:AgentPool", loses="the nodes of the pool and what runs on them"),
    Loss(
        type="azure-native:storage:StorageAccount", loses="all data of its containers", takes=("azure-native:storage:",)
    ),
    Loss(type="azure-native:storage:BlobContainer", loses="the data in the container"),
    Loss(type="azure-native:resources:ResourceGroup", loses="everything in the group", takes=("azure-native:",)),
    Loss(type="azure-native:network:VirtualNetwork", loses="the network under the cluster"),
    Loss(
        type="azure-native:managedidentity:UserAssignedIdentity",
        loses="every grant and credential of the identity",
        takes=("azure-native:managedidentity:FederatedIdentityCredential", "azure-native:authorization:RoleAssignment"),
    ),
    Loss(type="azure-native:managedidentity:FederatedIdentityCredential", loses="the sign-in of its service account"),
    Loss(type="azure-native:authorization:RoleAssignment", loses="what the grant allows"),
    Loss(type="azuread:index/servicePrincipal:ServicePrincipal", loses="the vendor's sign-in, for the whole tenant"),
    Loss(type="anyscale:index:CloudResource", loses="the registration: no new job starts in this region"),
    Loss(type="anyscale:index:Cloud", loses="the Anyscale cloud with its history"),
)

CONSEQUENCES = (
    Consequence(
        type="azure-native:containerservice:ManagedCluster",
        property="kubernetesVersion",
        effect="upgrades the control plane; nodes roll when their pools are upgraded",
        verdict="disruptive",
        source="AKS upgrade-cluster, read 2026-11",
    ),
)


def loss(type_: str) -> Loss | None:
    """The row of a type, or None."""
    return next((row for row in LOSSES if type_.startswith(row.type)), None)


def consequence(type_: str, path: str) -> Consequence | None:
    """The first row that a property of a type meets, or None."""
    return next((row for row in CONSEQUENCES if type_.startswith(row.type) and re.match(row.property, path)), None)
