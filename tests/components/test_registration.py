from __future__ import annotations

from typing import Any

import pulumi
import yaml
from graph import Graph, deploy

from components.identity import PrincipalId
from components.registration import AnyscaleRegistration, AnyscaleRegistrationArgs


def registered(**facts: Any) -> tuple[Graph, Any]:
    """The resource of a registration on Azure with `facts`, and its document."""
    told: list[str] = []

    def build() -> None:
        given: dict[str, Any] = {
            "cloud_id": "cld_1",
            "name": "k8s-azure-eastus",
            "region": "eastus",
            "bucket_name": "abfss://anyscale@rayeastus.dfs.core.windows.net",
            "bucket_endpoint": "https://rayeastus.blob.core.windows.net",
            "operator": PrincipalId("the-principal-id"),
            "tenant_id": "the-tenant-id",
            "persistent_volume_claim": "blob-fuse2",
        }
        pool = pulumi.CustomResource("test:index:Pool", "eastus-cpu", {})
        made = AnyscaleRegistration("eastus", AnyscaleRegistrationArgs(outlived_by=[pool], **(given | facts)))
        pulumi.Output.from_input(made.document).apply(told.append)

    graph = deploy(build)
    return graph, yaml.safe_load(told[0])


def test_a_registration_tells_anyscale_every_fact() -> None:
    graph, _ = registered(zones=["1", "2"])
    inputs = graph.only(":CloudResource").inputs

    assert {name: value for name, value in inputs.items() if value is not None} == {
        "cloudId": "cld_1",
        "name": "k8s-azure-eastus",
        "provider": "AZURE",
        "computeStack": "K8S",
        "region": "eastus",
        "bucketName": "abfss://anyscale@rayeastus.dfs.core.windows.net",
        "bucketEndpoint": "https://rayeastus.blob.core.windows.net",
        "operatorIdentity": "the-principal-id",
        "tenantId": "the-tenant-id",
        "persistentVolumeClaim": "blob-fuse2",
        "zones": ["1", "2"],
    }


def test_the_document_is_the_file_that_anyscale_s_own_cli_would_take() -> None:
    _, document = registered()

    assert document == {
        "name": "k8s-azure-eastus",
        "provider": "AZURE",
        "compute_stack": "K8S",
        "region": "eastus",
        "object_storage": {
            "bucket_name": "abfss://anyscale@rayeastus.dfs.core.windows.net",
            "endpoint": "https://rayeastus.blob.core.windows.net",
        },
        "file_storage": {"persistent_volume_claim": "blob-fuse2"},
        "azure_config": {"tenant_id": "the-tenant-id"},
        "kubernetes_config": {"anyscale_operator_iam_identity": "the-principal-id"},
    }


def test_document_and_resource_tell_the_same() -> None:
    graph, document = registered(
        provider="AWS", bucket_name="s3://b", bucket_endpoint=None, tenant_id=None, zones=["a"]
    )
    inputs = graph.only(":CloudResource").inputs

    assert document["provider"] == inputs["provider"] == "AWS", "an adapter of another cloud gives the same few facts"
    assert document["object_storage"] == {"bucket_name": inputs["bucketName"]}
    assert document["kubernetes_config"]["zones"] == inputs["zones"] == ["a"]
    assert document["compute_stack"] == inputs["computeStack"]
    assert "azure_config" not in document


def test_the_old_registration_goes_before_the_new_one_of_the_same_name() -> None:
    resource = registered()[0].only(":CloudResource")

    assert resource.delete_before_replace, "two of one name are a conflict at Anyscale"


def test_what_jobs_run_on_outlives_the_registration() -> None:
    graph, _ = registered()

    assert graph.waits(graph.only(":CloudResource"), graph.only(":Pool")), (
        "what comes later goes first: Anyscale keeps a registration in which jobs run, and they still have their nodes"
    )
