"""What goes wrong on the way: the next `up`, or the same one, ends where an undisturbed one would have."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine.deployment import Deployment

from simulator import anyscale, standins

ADD = r".*/add_resource"
ANYSCALE_FAULTS = {
    "registered, but the answer was lost": anyscale.Fault(path=ADD, status=504, committed=True),
    "not registered, and the answer was lost": anyscale.Fault(path=ADD, status=504, times=2),
    "the connection broke after it was registered": anyscale.Fault(path=ADD, dropped=True, committed=True),
    "too many requests": anyscale.Fault(path=".*/clouds", method="GET", status=429, retry_after=0, times=2),
    "the cloud was made, but the answer was lost": anyscale.Fault(
        path=".*/clouds", method="POST", status=504, committed=True
    ),
    "a list that fails for a moment": anyscale.Fault(path=".*/resources", method="GET", status=503, times=2),
}
AZURE_FAULTS = {
    "a fresh identity is not everywhere yet": standins.Fault(
        type_suffix=":RoleAssignment", operation="create", error="PrincipalNotFound: does not exist", times=3
    ),
    "another write on the identity": standins.Fault(
        type_suffix=":FederatedIdentityCredential",
        operation="create",
        error="ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
    ),
    "a grant that the API server does not know yet": standins.Fault(
        type_suffix=":Namespace",
        operation="create",
        error="User does not have access to the resource in Azure. Update role assignment to allow access.",
        times=2,
    ),
    "another operation on the cluster": standins.Fault(
        type_suffix=":AgentPool",
        operation="create",
        error="OperationNotAllowed: Operation is not allowed: Another operation is in progress",
        times=2,
    ),
}


def no_duplicates(deployment: Deployment) -> None:
    clouds = list(deployment.world.anyscale["clouds"].values())
    assert len(clouds) == 1, "a second cloud would split the fleet"
    names = [resource["name"] for resource in clouds[0]["resources"]]
    assert len(names) == len(set(names)) == 1


@pytest.mark.parametrize("fault", ANYSCALE_FAULTS.values(), ids=ANYSCALE_FAULTS)
def test_one_up_is_enough_when_anyscale_stumbles(tmp_path: Path, fault: anyscale.Fault) -> None:
    faults = anyscale.Faults([fault])
    with Deployment.at(tmp_path, anyscale_faults=faults) as deployment:
        deployment.init("eastus")
        deployment.up("eastus")

        assert faults.unused == (), "the fault has not struck"
        assert deployment.outputs("eastus")["operatorStatus"] == "HEALTHY"
        no_duplicates(deployment)


@pytest.mark.parametrize("fault", AZURE_FAULTS.values(), ids=AZURE_FAULTS)
def test_one_up_is_enough_when_azure_needs_a_moment(tmp_path: Path, fault: standins.Fault) -> None:
    with Deployment.at(tmp_path, faults=standins.Faults(fault)) as deployment:
        deployment.init("eastus")
        done = deployment.up("eastus")

        assert "passes by itself" in done.stdout, "the fault has not struck, or nobody was told"
        assert deployment.outputs("eastus")["operatorStatus"] == "HEALTHY"


def test_a_lack_of_quota_is_not_tried_again_and_says_what_to_do(tmp_path: Path) -> None:
    fault = standins.Fault(type_suffix=":AgentPool", operation="create", error="QuotaExceeded: cores", times=0)
    with Deployment.at(tmp_path, faults=standins.Faults(fault)) as deployment:
        deployment.init("eastus")
        done = deployment.up("eastus", check=False)

        assert done.returncode != 0
        assert "ask for quota" in done.stdout
        assert "passes by itself" not in done.stdout
