from __future__ import annotations

import inspect
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from pulumi_anyscale import resources
from pulumi_anyscale.cloud import CLOUD
from pulumi_anyscale.cloud_resource import CLOUD_RESOURCE
from pulumi_anyscale.drain import DRAIN
from pulumi_anyscale.handler import Handler
from pulumi_anyscale.operator_ready import OPERATOR_READY
from pulumi_anyscale.properties import UNKNOWN, changes
from tests.pulumi_anyscale.anyscale_fake import IDENTITY, registration


def refused(inputs: dict[str, Any]) -> dict[str, str]:
    return {failure.name: failure.reason for failure in CLOUD_RESOURCE.check(inputs).failures}


def test_a_registration_on_each_provider_is_accepted() -> None:
    elsewhere = {"bucketEndpoint": None, "tenantId": None}
    for accepted in (
        registration(),
        registration(
            provider="AWS",
            region="us-east-1",
            bucketName="s3://b",
            operatorIdentity="arn:aws:iam::123456789012:role/ray",
            **elsewhere,
        ),
        registration(
            provider="GCP",
            region="us-east1",
            bucketName="gs://b",
            operatorIdentity="ray@project.iam.gserviceaccount.com",
            **elsewhere,
        ),
        registration(
            provider="GENERIC",
            region="rack-7",
            bucketName="s3://b",
            operatorIdentity=None,
            tenantId=None,
            bucketEndpoint="http://minio:9000",
        ),
    ):
        assert refused(accepted) == {}


def test_all_failures_are_listed_at_once() -> None:
    assert set(refused({"regoin": "eastus", "provider": "azure", "zones": "1"})) == {
        "regoin",
        "provider",
        "zones",
        "cloudId",
        "name",
        "region",
        "bucketName",
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("regoin", "x", "did you mean 'region'?"),
        ("provider", "azure", "did you mean 'AZURE'?"),
        ("computeStack", "VM", "not one of K8S"),
        ("region", "East US", "write it like 'eastus'"),
        ("bucketName", "azure://anyscale", "abfss://container@account.dfs.core.windows.net"),
        ("bucketName", "abfss://anyscale@account.dfs.core.windows.net/sub", "abfss://"),
        ("bucketEndpoint", "https://account.blob.core.windows.net/path", "bare origin"),
        ("bucketEndpoint", "http://account.blob.core.windows.net", "https://host"),
        ("operatorIdentity", "ray-identity", "principal (object) id"),
        ("operatorIdentity", None, "required for AZURE"),
        ("tenantId", "contoso", "GUID"),
        ("tenantId", IDENTITY, "the same GUID"),
        ("networkingMode", "private", "did you mean 'PRIVATE'?"),
        ("persistentVolumeClaim", "Blob_Fuse", "Kubernetes claim"),
        ("zones", ["eastus-1"], "no zone of AZURE"),
        ("zones", [1], "a list of text"),
        ("name", "", "not text"),
        ("redisEndpoint", 6379, "not text"),
    ],
)
def test_each_rule_of_a_registration_says_what_to_do(name: str, value: object, said: str) -> None:
    found = refused({**registration(), name: value})

    assert set(found) == {name}
    assert said in found[name]


def test_other_providers_take_neither_azures_identity_nor_its_tenant() -> None:
    assert "ARN" in refused(registration(provider="AWS", bucketName="s3://b", tenantId=None))["operatorIdentity"]
    assert "token" in refused(registration(provider="GENERIC", tenantId=None))["operatorIdentity"]
    assert "only AZURE" in refused(registration(provider="GENERIC", operatorIdentity=None))["tenantId"]


@pytest.mark.parametrize("name", sorted(registration()))
def test_unknown_values_are_taken_on_trust(name: str) -> None:
    assert refused({**registration(), name: UNKNOWN}) == {}
    assert refused({**registration(), "zones": [UNKNOWN]}) == {}


def test_checked_inputs_have_defaults_and_one_spelling() -> None:
    given = registration(
        provider=None,
        computeStack=None,
        bucketEndpoint="https://a.blob.core.windows.net/",
        bucketRegion="eastus",
        zones=[],
    )

    inputs = CLOUD_RESOURCE.check(given).inputs

    assert (inputs["provider"], inputs["computeStack"]) == ("AZURE", "K8S")
    assert inputs["bucketEndpoint"] == "https://a.blob.core.windows.net", "Azure's own answer ends in a slash"
    assert not {"bucketRegion", "zones"} & set(inputs), "both say nothing, and must not look like a change later"


def test_the_other_resources_check_their_rows() -> None:
    assert {f.name for f in CLOUD.check({"region": "East US", "name": "ray"}).failures} == {"region"}
    assert (
        OPERATOR_READY.check({"cloudId": "c", "cloudResourceId": "r", "trigger": "1"}).inputs["timeoutSeconds"] == 900
    )
    drain = {"cloudId": "c", "cloudResourceId": "r", "clusterId": "k"}
    assert {f.name for f in DRAIN.check({**drain, "primary": "yes", "timeoutSeconds": 0}).failures} == {
        "primary",
        "timeoutSeconds",
    }
    assert {f.name for f in DRAIN.check(drain).failures} == {"primary"}


@pytest.mark.parametrize("handler", [CLOUD, CLOUD_RESOURCE, OPERATOR_READY, DRAIN], ids=lambda row: row.type_name)
def test_the_typed_resource_and_the_rows_have_the_same_inputs_and_defaults(handler: Handler) -> None:
    typed = inspect.signature(getattr(resources, handler.type_name.rpartition(":")[2])).parameters
    given = {to_camel(name): typed[name].default for name in typed if name not in ("resource_name", "opts")}

    assert {name: None if told is inspect.Parameter.empty else told for name, told in given.items()} == {
        row.name: row.default for row in handler.inputs
    }


def test_an_unknown_is_a_change_and_an_equal_value_is_none() -> None:
    old = registration(zones=["1"])

    assert changes(CLOUD_RESOURCE.inputs, old, dict(old)) == []
    found = changes(CLOUD_RESOURCE.inputs, old, {**old, "operatorIdentity": UNKNOWN, "zones": [UNKNOWN]})
    assert [change.row.name for change in found] == ["operatorIdentity", "zones"]
    assert "known after apply" in str(found[0])


def test_what_replaces_is_exactly_this() -> None:
    replacing = {
        handler.type_name.rpartition(":")[2]: [row.name for row in handler.inputs if row.replaces]
        for handler in (CLOUD, CLOUD_RESOURCE, OPERATOR_READY, DRAIN)
    }

    assert replacing == {
        "Cloud": ["name", "provider", "region"],
        "CloudResource": [
            "cloudId",
            "name",
            "provider",
            "computeStack",
            "region",
            "networkingMode",
            "bucketName",
            "bucketEndpoint",
            "bucketRegion",
            "operatorIdentity",
            "tenantId",
        ],
        "OperatorReady": ["cloudId", "cloudResourceId"],
        "Drain": ["cloudId", "cloudResourceId", "clusterId"],
    }
