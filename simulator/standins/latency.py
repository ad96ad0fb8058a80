"""How long the real clouds take, so that a rehearsal can feel like one.

Owns the table. Figures are typical seconds of a healthy day, rounded, seen in public deployment logs; they serve to
order things (a cluster is slow, a tag is not), not to promise anything.
"""

from __future__ import annotations

from dataclasses import dataclass

SECONDS: dict[tuple[str, str], float] = {
    ("containerservice:ManagedCluster", "create"): 300,
    ("containerservice:ManagedCluster", "update"): 180,
    ("containerservice:ManagedCluster", "delete"): 270,
    ("containerservice:AgentPool", "create"): 180,
    ("containerservice:AgentPool", "update"): 60,
    ("containerservice:AgentPool", "delete"): 150,
    ("network:NatGateway", "create"): 30,
    ("network:PrivateEndpoint", "create"): 60,
    ("privatedns:PrivateZone", "create"): 40,
    ("privatedns:VirtualNetworkLink", "create"): 40,
    ("resources:ResourceGroup", "delete"): 60,
    ("storage:StorageAccount", "create"): 20,
    ("helm.sh/v3:Release", "create"): 60,
    ("helm.sh/v3:Release", "update"): 45,
    ("helm.sh/v3:Release", "delete"): 20,
}
"""(end of the type token, operation) to seconds."""

OTHERWISE = {"azure-native": 5.0, "azuread": 3.0, "kubernetes": 1.0}
"""Provider to seconds of every other write."""


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Seconds a write takes; `factor` 1 is as slow as the clouds, 0 answers at once."""

    factor: float = 0.0

    def seconds(self, provider: str, type: str, operation: str) -> float:
        for (suffix, doing), seconds in SECONDS.items():
            if doing == operation and type.endswith(suffix):
                return seconds * self.factor
        return OTHERWISE[provider] * self.factor
