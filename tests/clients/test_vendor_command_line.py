"""What the vendor's own client needs of the control plane, the simulated one gives; and it asks for what we ask for."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from clients.vendor_client import PROJECT, PROJECT_PYTHON, Simulated

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

OUR_INPUTS = {
    "name": "k8s-azure-eastus",
    "provider": "AZURE",
    "computeStack": "K8S",
    "region": "eastus",
    "bucketName": "abfss://anyscale@raydata.dfs.core.windows.net",
    "bucketEndpoint": "https://raydata.blob.core.windows.net",
    "persistentVolumeClaim": "blob-fuse2",
    "tenantId": "72f988bf-0000-4000-8000-00000000d001",
    "operatorIdentity": "9b7c1a52-0000-4000-8000-00000000a001",
}
"""The same registration in the words of our own resource."""


def our_document() -> dict[str, Any]:
    """What this project makes of `OUR_INPUTS`; asked for in its own environment, which this process does not have."""
    code = (
        "import json, sys; from pulumi_anyscale.documents import cloud_resource_document as document; "
        "print(json.dumps(document(json.load(sys.stdin))))"
    )
    made = subprocess.run(
        [PROJECT_PYTHON, "-c", code],
        cwd=PROJECT,
        input=json.dumps(OUR_INPUTS),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(made.stdout)


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


def test_it_sends_what_we_would_send_for_the_same_region(simulated: Simulated, tmp_path: Path) -> None:
    simulated.make_cloud("ray")

    simulated.cli("cloud", "resource", "create", "--cloud", "ray", "-f", resource_file(tmp_path))

    assert simulated.bodies("PUT", "/add_resource") == [our_document()], "field by field, under the vendor's own names"


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
