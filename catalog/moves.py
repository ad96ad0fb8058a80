"""What the clouds change by themselves, and are meant to: components ignore it, and it is no drift.

Sources: AKS cluster autoscaler page; azure-native issue 1532 (both read 2026-11).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Move:
    """A property that is not ours once its resource exists.

    Attributes:
        type: prefix of the Pulumi type token.
        property: regular expression that matches the beginning of the path.
        whose: who changes it, in a phrase.
    """

    type: str
    property: str
    whose: str


MOVES = (
    Move(type="azure-native:containerservice:AgentPool", property=r"count$", whose="the autoscaler's"),
    Move(
        type="azure-native:containerservice:ManagedCluster",
        property=r"agentPoolProfiles\[",
        whose="AKS lists every pool there; each is a resource of its own",
    ),
)


def moves_by_itself(type_: str, path: str) -> bool:
    """Whether a cloud changes this by itself."""
    return any(type_.startswith(row.type) and re.match(row.property, path) for row in MOVES)
