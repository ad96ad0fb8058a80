"""The API server answers those who are named."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.risks import API_SERVER_FROM_INTERNET
from fleet.engine.steps import Step
from fleet.policy.inputs import CLUSTER, UNKNOWN, at, from_internet, many
from fleet.policy.rule import Planned, Rule


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    profile, ranges = "apiServerAccessProfile", "apiServerAccessProfile.authorizedIPRanges"
    if at(step.new_inputs, f"{profile}.enablePrivateCluster") in (True, UNKNOWN):
        return
    if not at(step.new_inputs, ranges):
        yield (
            f"{ranges} is empty, so that {API_SERVER_FROM_INTERNET.what}: name ranges in network.apiServerClients, and "
            "pass them on in components/cluster.py"
        )
    for found in filter(from_internet, many(step.new_inputs, ranges)):
        yield (
            f"{ranges} has {found}, so that {API_SERVER_FROM_INTERNET.what}: name your own in network.apiServerClients"
        )


RULE = Rule(
    id="api-server-clients",
    severity="error",
    source="CKV_AZURE_6; AZU-0041; PSRule Azure.AKS.AuthorizedIPs; CIS AKS 5.4.1",
    types=(CLUSTER,),
    broken=_broken,
    waiver=API_SERVER_FROM_INTERNET.name,
)
