"""What the vendor's own client needs of the control plane, the simulated one gives; and it asks for what we ask for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clients.vendor_client import Deployed, Simulated

RESOURCE: dict[str, Any] = {
    "name": "k8s-azure-eastus",
    "provider": "AZURE",
    "compute_stack": "K8S",
    "region": "eastus",
    "object_storage": {
        "bucket_name": "abfss://anyscale@raydata.dfs.core.windows.net",
        "endpoint": "https://raydata.blob.core.windows.net",
    },
    "file_storage": {"persistent_volume_claim": "blob-fuse2"},
    "azure_config": {"tenant_id": "72f988bf-0000-4000-8000-00000000d001"},
    "kubernetes_config": {"anyscale_operator_iam_identity": "9b7c1a52-0000-4000-8000-00000000a001"},
}
"""A registration as anybody may write it; what a stack exports is the subject of a test of its own."""

OF_ITS_OWN = {"name", "cloud_resource_id", "cloud_deployment_id", "created_at", "is_default", "heard_of"}
"""Fields in which two registrations of one place differ: the first is the primary, and it alone has an operator."""


def resource_file(folder: Path, **changes: Any) -> str:
    """A `cloud_resource.yaml`; JSON is YAML."""
    path = folder / "cloud_resource.yaml"
    path.write_text(json.dumps({**RESOURCE, **changes}))
    return str(path)


def test_it_lists_every_cloud(simulated: Simulated) -> None:
    ids = [simulated.make_cloud(f"cloud-{number}") for number in range(3)]

    listed = simulated.cli("cloud", "list", "--no-interactive", "--page-size", "2", "-o", "json")

    assert listed.returncode == 0, listed.stderr
    assert [cloud["id"] for cloud in json.loads(listed.stdout)] == ids, "its paging and ours agree"


def test_it_registers_a_resource_from_a_file(simulated: Simulated, tmp_path: Path) -> None:
    simulated.make_cloud("ray")

    said = simulated.cli("cloud", "resource", "create", "--cloud", "ray", "-f", resource_file(tmp_path))

    (cloud,) = simulated.clouds
    assert [resource["name"] for resource in cloud["resources"]] == ["k8s-azure-eastus"], said.stdout + said.stderr
    assert simulated.bodies("PUT", "/add_resource") == [RESOURCE], "the file is sent as it stands"


def test_it_registers_from_a_stack_output_what_our_own_client_registered(eastus: Deployed, tmp_path: Path) -> None:
    (cloud,) = eastus.simulated.clouds
    (ours,) = eastus.simulated.bodies("PUT", "/add_resource")
    (line,) = [line for line in eastus.cloud_resource_yaml.splitlines() if line.startswith("name: ")]
    assert line == f"name: {ours['name']}", "the output is of this registration"
    file = tmp_path / "cloud_resource.yaml"
    file.write_text(eastus.cloud_resource_yaml.replace(line, "name: under-a-fresh-name"))

    said = eastus.simulated.cli("cloud", "resource", "create", "--cloud", cloud["name"], "-f", str(file))

    _, theirs = eastus.simulated.bodies("PUT", "/add_resource")
    assert theirs == {**ours, "name": "under-a-fresh-name"}, said.stdout + said.stderr
    mine, added = eastus.simulated.clouds[0]["resources"]
    differing = {key for key in {*mine, *added} if mine.get(key) != added.get(key)}
    assert differing == OF_ITS_OWN, "the world holds the same, whoever sent it"


def test_a_second_registration_of_a_name_changes_nothing(simulated: Simulated, tmp_path: Path) -> None:
    simulated.make_cloud("ray")
    create = ("cloud", "resource", "create", "--cloud", "ray", "-f", resource_file(tmp_path))
    simulated.cli(*create)
    said = simulated.cli(*create)

    assert "already exists in this cloud" in said.stdout, "our error is in a form that it understands"
    assert [len(cloud["resources"]) for cloud in simulated.clouds] == [1]


def test_it_shows_a_cloud_with_its_resources(simulated: Simulated, tmp_path: Path) -> None:
    cloud_id = simulated.make_cloud("ray")
    simulated.cli("cloud", "resource", "create", "--cloud", "ray", "-f", resource_file(tmp_path))

    shown = json.loads(simulated.cli("cloud", "get", "--name", "ray", "--output-format", "json").stdout)

    resource_id = simulated.clouds[0]["resources"][0]["cloud_resource_id"]
    assert shown == {"name": "ray", "id": cloud_id, "resources": [{**RESOURCE, "cloud_resource_id": resource_id}]}


def test_it_reads_the_list_of_clusters_that_a_drain_reads(simulated: Simulated, tmp_path: Path) -> None:
    cloud_id = simulated.make_cloud("ray")
    simulated.cli("cloud", "resource", "create", "--cloud", "ray", "-f", resource_file(tmp_path))
    simulated.run_job("nightly-training", simulated.clouds[0]["resources"][0]["cloud_resource_id"])

    listed = simulated.cli("cluster", "list", "--include-all-projects")

    assert listed.returncode == 0, f"a field that its model requires is absent: {listed.stderr[-600:]}"
    row = next(line.split() for line in listed.stdout.splitlines() if "nightly-training" in line)
    assert row[:4] == ["nightly-training", "ses_nightly-training", "Running", cloud_id], listed.stdout


def test_it_registers_and_deletes_a_whole_cloud(simulated: Simulated, tmp_path: Path) -> None:
    registered = simulated.cli(
        *("cloud", "register", "--name", "ray", "--provider", "azure", "--yes"),
        *("--resource-file", resource_file(tmp_path)),
    )

    (cloud,) = simulated.clouds
    assert (cloud["name"], cloud["provider"], len(cloud["resources"])) == ("ray", "AZURE", 1)
    assert cloud["resources"][0]["cloud_resource_id"] in registered.stdout + registered.stderr
    simulated.cli("cloud", "delete", "--name", "ray", "--yes")
    assert simulated.clouds == []


def test_it_takes_a_secondary_resource_away_again(simulated: Simulated, tmp_path: Path) -> None:
    simulated.make_cloud("ray")
    for region in ("eastus", "westus3"):
        file = resource_file(tmp_path, name=f"k8s-azure-{region}", region=region)
        simulated.cli("cloud", "resource", "create", "--cloud", "ray", "-f", file)

    said = simulated.cli("cloud", "resource", "delete", "--cloud", "ray", "--resource", "k8s-azure-westus3", "--yes")

    assert [r["name"] for r in simulated.clouds[0]["resources"]] == ["k8s-azure-eastus"], said.stdout + said.stderr
