"""A region that is gone for good, cluster first: what is left of it is taken away, and it can be built anew."""

from __future__ import annotations

import json

from engine.deployment import Deployment

from simulator.standins import drift


def lose(deployed: Deployment) -> None:
    """The cluster is gone, and Anyscale hears nothing from it."""
    drift.somebody_deletes(deployed.world, deployed.only("ManagedCluster", "aks-ray-westus3").key)


def take_away(deployed: Deployment) -> str:
    """What docs/deploy.md says for a lost region; what it printed."""
    deployed.edit("westus3", lambda settings: settings.update(lifecycle="retiring"))
    deployed.pulumi("state", "unprotect", "--all", "--yes", "--stack", "westus3")
    done = deployed.simulator.run(
        *("pulumi", "destroy", "--yes", "--refresh=false", "--stack", "westus3"), PULUMI_K8S_DELETE_UNREACHABLE="true"
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def test_a_lost_region_is_taken_away_but_its_data_and_what_anyscale_still_waits_for(deployed: Deployment) -> None:
    lose(deployed)

    said = take_away(deployed)

    assert "going on without" in said
    assert "left k8s-azure-westus3 registered" in said
    left = {record.type.rpartition(":")[2] for record in deployed.world.records() if record.stack == "westus3"}
    assert left == {"ResourceGroup", "StorageAccount", "BlobContainer", "BlobServiceProperties"}


def forget_the_objects(deployed: Deployment) -> None:
    """What docs/deploy.md says once a refresh has taken the cluster out of the state: what was in it goes too."""
    state = json.loads(deployed.pulumi("stack", "export", "--stack", "westus3").stdout)
    urns = [resource["urn"] for resource in state["deployment"]["resources"]]
    [provider] = [urn for urn in urns if urn.endswith("::westus3-kubernetes")]
    deployed.pulumi("state", "delete", provider, "--target-dependents", "--force", "--yes", "--stack", "westus3")


def test_an_up_that_meets_a_lost_cluster_says_so_and_the_region_can_still_be_taken_away(deployed: Deployment) -> None:
    lose(deployed)
    done = deployed.up("westus3", check=False)
    assert "unreachable" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr

    forget_the_objects(deployed)
    deployed.edit("westus3", lambda settings: settings.update(lifecycle="retiring"))
    deployed.pulumi("state", "unprotect", "--all", "--yes", "--stack", "westus3")
    deployed.pulumi("destroy", "--yes", "--stack", "westus3")


def test_a_lost_cluster_is_built_anew_under_the_old_registration(deployed: Deployment) -> None:
    before = deployed.outputs("westus3")["cloudResourceId"]
    lose(deployed)
    deployed.up("westus3", check=False)

    forget_the_objects(deployed)
    deployed.up("westus3")

    after = deployed.outputs("westus3")
    assert (after["cloudResourceId"], after["operatorStatus"]) == (before, "HEALTHY")
    assert deployed.preview("westus3").changes == set()
