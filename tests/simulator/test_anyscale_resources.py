from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from anyscale_session import PRINCIPAL, Json, anyscale, registration

from simulator.anyscale import Polls

NO_IDENTITY: Json = {"kubernetes_config": None}


def bucket(name: str, **more: Any) -> Json:
    return {"object_storage": {"bucket_name": name, **more}}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"provider": "AZUR"}, "provider"),
        ({"compute_stack": "VM"}, "compute_stack"),
        ({"compute_stack": "K8"}, "compute_stack"),
        ({"region": None}, "region"),
        ({"object_storage": None}, "object_storage.bucket_name"),
        (bucket("s3://anyscale"), "object_storage.bucket_name"),
        (bucket("abfss://anyscale"), "object_storage.bucket_name"),
        (bucket("abfss://anyscale@raydata.blob.core.windows.net"), "object_storage.bucket_name"),
        ({"provider": "AWS", **bucket("gs://anyscale")}, "object_storage.bucket_name"),
        ({"provider": "AWS", **bucket("s3://my-bucket")}, "object_storage.bucket_name"),
        (NO_IDENTITY, "kubernetes_config.anyscale_operator_iam_identity"),
        (
            {"file_storage": {"persistent_volume_claim": "a", "csi_ephemeral_volume_driver": "b"}},
            "file_storage",
        ),
        ({"object_store": {}}, "object_store"),
        ({"azure_config": {"tenantId": "t"}}, "azure_config.tenantId"),
        ({"azure_config": "tenant"}, "azure_config"),
    ],
)
def test_a_registration_that_breaks_a_rule_is_422_and_says_where(tmp_path: Path, changes: Json, place: str) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        answer = session.add(cloud_id, **changes)

        assert answer.status_code == 422, answer.text
        assert [problem["loc"] for problem in answer.json()["error"]["detail"]] == [["body", *place.split(".")]]
        assert session.resources(cloud_id) == [], "nothing is made of what is refused"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        bucket("azure://anyscale"),
        {"provider": "AWS", **bucket("s3://anyscale")},
        {"provider": "GCP", **bucket("gs://anyscale")},
        {"provider": "GENERIC", **bucket("minio://anyscale"), **NO_IDENTITY},
        {"networking_mode": "PRIVATE", "azure_config": {"tenant_id": "t"}},
    ],
)
def test_one_cloud_takes_resources_of_every_provider(tmp_path: Path, changes: Json) -> None:
    with anyscale(tmp_path) as session:
        assert session.add(session.cloud(), **changes).status_code == 200


def test_the_answer_repeats_the_request_and_adds_the_ids(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        echo = session.add(cloud_id, name=None).json()["result"]
        read = session.resources(cloud_id)[0]

        assert echo["name"] == "", "a name that the server chose is only in what is read back"
        assert read["name"] == "k8s-azure-eastus"
        assert echo["cloud_resource_id"] == echo["cloud_deployment_id"] == read["cloud_resource_id"]
        assert echo["cloud_resource_id"].startswith("cldrsrc_")
        assert "is_default" not in echo


def test_names_that_the_server_chooses_are_numbered_where_taken(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        for _ in range(3):
            session.added(cloud_id, name=None)

        assert [resource["name"] for resource in session.resources(cloud_id)] == [
            "k8s-azure-eastus",
            "k8s-azure-eastus-1",
            "k8s-azure-eastus-2",
        ]


def test_a_second_resource_of_the_same_name_is_409(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        session.added(cloud_id)
        again = session.add(cloud_id)

        assert again.status_code == 409
        assert again.json()["error"]["detail"] == (
            "A cloud deployment with the name k8s-azure-eastus already exists in this cloud."
        )
        assert session.add(session.cloud("other")).status_code == 200, "a name is unique within its cloud only"


def test_a_resource_cannot_be_added_before_the_cloud_is_there(tmp_path: Path) -> None:
    with anyscale(tmp_path, polls=Polls(activation=2)) as session:
        cloud_id = session.cloud()

        assert [session.add(cloud_id).status_code for _ in range(3)] == [504, 504, 200]


def test_only_clouds_with_their_own_resources_take_a_second_one(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud(is_bring_your_own_resource=False)
        session.added(cloud_id)

        assert session.add(cloud_id, name="second").status_code == 400


@pytest.mark.parametrize(("region", "shown"), [("eastus", {}), ("westus3", {"region": "westus3"})])
def test_a_bucket_region_is_shown_only_where_it_differs(tmp_path: Path, region: str, shown: Json) -> None:
    name = "abfss://anyscale@raydata.dfs.core.windows.net"
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        session.added(cloud_id, **bucket(name, region=region))

        assert session.resources(cloud_id)[0]["object_storage"] == {"bucket_name": name, **shown}


def test_resources_are_found_by_name_and_by_id_and_the_first_is_the_primary(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        first, second = session.added(cloud_id), session.added(cloud_id, name="second")
        base = f"/api/v2/clouds/{cloud_id}"
        named = session.http.post(f"{base}/find_cloud_resource_by_name", params={"cloud_resource_name": "second"})
        default = session.http.get(f"{base}/resource").json()["result"]
        missing = session.http.post(f"{base}/find_cloud_resource_by_name", params={"cloud_resource_name": "third"})

        assert (named.json()["result"]["cloud_resource_id"], named.json()["result"]["is_default"]) == (second, False)
        assert (default["cloud_resource_id"], default["is_default"]) == (first, True)
        assert missing.status_code == 404


def test_the_primary_resource_cannot_be_removed_but_others_can(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        session.added(cloud_id)
        session.added(cloud_id, name="second")
        primary = session.remove(cloud_id, "k8s-azure-eastus")

        assert primary.status_code == 400
        assert "primary resource" in primary.json()["error"]["detail"], "clients tell it by this text"
        assert session.remove(cloud_id, "second").status_code == 204
        assert session.remove(cloud_id, "second").status_code == 404


def test_an_update_replaces_the_whole_registration(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        resource_id = session.added(cloud_id, azure_config={"tenant_id": "t"})
        changed = registration(
            cloud_resource_id=resource_id,
            kubernetes_config={"anyscale_operator_iam_identity": PRINCIPAL, "zones": ["1"]},
        )

        assert session.http.put(f"/api/v2/clouds/{cloud_id}/resources", json=[changed]).status_code == 200
        after = session.resources(cloud_id)[0]
        assert after["kubernetes_config"]["zones"] == ["1"]
        assert "azure_config" not in after, "what the update leaves out is gone"
        assert (after["cloud_resource_id"], after["is_default"]) == (resource_id, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "renamed"},
        {"region": "westus3"},
        bucket("abfss://other@raydata.dfs.core.windows.net"),
        {"kubernetes_config": {"anyscale_operator_iam_identity": "somebody-else"}},
    ],
)
def test_an_update_cannot_make_another_resource_of_it(tmp_path: Path, changes: Json) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        resource_id = session.added(cloud_id)
        before = session.resources(cloud_id)
        changed = registration(cloud_resource_id=resource_id, **changes)
        answer = session.http.put(f"/api/v2/clouds/{cloud_id}/resources", json=[changed])

        assert answer.status_code == 400
        assert "Cannot update fields" in answer.json()["error"]["detail"]
        assert session.resources(cloud_id) == before
