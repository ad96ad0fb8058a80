from __future__ import annotations

from typing import Any

import pytest

from pulumi_anyscale import cloud_resource
from pulumi_anyscale.errors import Refusal, Unavailable
from tests.pulumi_anyscale.anyscale_fake import DEPLOYMENT, ID, IDENTITY, LIST, FakeAnyscale, registration, with_cloud


def read(anyscale: FakeAnyscale, inputs: dict[str, Any]) -> dict[str, Any] | None:
    found = cloud_resource.read(ID, inputs, {}, anyscale.operation())
    return found.inputs if found else None


def test_a_refresh_sees_no_drift_in_what_anyscale_does_not_show() -> None:
    anyscale = with_cloud()
    shown = {key: value for key, value in DEPLOYMENT.items() if key != "azure_config"}
    anyscale.register({**shown, "object_storage": {"bucket_name": DEPLOYMENT["object_storage"]["bucket_name"]}})  # type: ignore[index]

    assert read(anyscale, registration()) == registration(), "a missing tenant or endpoint is no opinion"


def test_a_refresh_sees_no_drift_in_anyscales_own_defaults_and_spelling() -> None:
    anyscale = with_cloud()
    anyscale.register(
        {
            **DEPLOYMENT,
            "networking_mode": "PUBLIC",
            "object_storage": {**DEPLOYMENT["object_storage"], "region": "eastus"},  # type: ignore[dict-item]
            "kubernetes_config": {"anyscale_operator_iam_identity": IDENTITY.upper(), "zones": []},
        }
    )

    assert read(anyscale, registration()) == registration()


def test_a_refresh_sees_the_drift_that_matters() -> None:
    anyscale = with_cloud()
    other = "99999999-8888-4777-8666-555555555555"
    anyscale.register(
        {
            **DEPLOYMENT,
            "kubernetes_config": {"anyscale_operator_iam_identity": other, "zones": ["3"]},
            "file_storage": {},
        }
    )

    seen = read(anyscale, registration())

    assert seen == registration(operatorIdentity=other, zones=["3"], persistentVolumeClaim=None)


def test_an_import_takes_everything_that_is_shown() -> None:
    anyscale = with_cloud()
    anyscale.register({**DEPLOYMENT, "networking_mode": "PUBLIC"})

    assert read(anyscale, {}) == registration(networkingMode="PUBLIC")


def test_what_is_not_registered_is_gone_and_what_cannot_be_read_is_not() -> None:
    anyscale = with_cloud()
    assert read(anyscale, registration()) is None
    anyscale.fail(LIST, status=503, times=3)
    with pytest.raises(Unavailable):
        read(anyscale, registration())
    anyscale.clouds.clear()
    assert read(anyscale, registration()) is None, "no cloud, no registration"


@pytest.mark.parametrize("object_id", ["k8s-azure-eastus", "cld_1:", ":name", "cld_1/../cld_2:name"])
def test_an_import_by_something_else_than_cloud_and_name_is_explained(object_id: str) -> None:
    with pytest.raises(Refusal, match="cld_...:name"):
        cloud_resource.read(object_id, {}, {}, with_cloud().operation())
