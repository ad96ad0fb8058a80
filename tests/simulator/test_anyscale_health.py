"""An operator is healthy because the world is right, and unhealthy because of the one thing that is wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from anyscale_session import PRINCIPAL, Json, Session, anyscale

from simulator.world import Record, World

GROUP = "/subscriptions/s/resourceGroups/ray-eastus"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ray"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/raydata"
CONTAINER = f"{ACCOUNT}/blobServices/default/containers/anyscale"
CLIENT = "1f0e2d3c-0000-4000-8000-00000000c001"
AUDIENCE = "api://086bc555-6989-4362-ba30-fded273e432b/.default"
ISSUER = "https://oidc.example/eastus/"
DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"


def azure(key: str, kind: str, record_id: str, *, inputs: Json | None = None, outputs: Json | None = None) -> Record:
    return Record(
        provider="azure-native",
        type=f"azure-native:{kind}",
        id=record_id,
        key=key,
        stack="eastus",
        inputs=inputs or {},
        outputs=outputs or {},
    )


def kubernetes(key: str, kind: str, inputs: Json, *, stack: str = "eastus") -> Record:
    return Record(
        provider="kubernetes", type=f"kubernetes:{kind}", id=key, key=key, stack=stack, inputs=inputs, outputs={}
    )


def named(name: str, namespace: str) -> Json:
    return {"metadata": {"name": name, "namespace": namespace}}


def a_right_world(resource_id: str) -> list[Record]:
    values = {
        "global": {"cloudDeploymentId": resource_id, "auth": {"iamIdentity": CLIENT, "audience": AUDIENCE}},
        "networking": {"gateway": {"enabled": True, "name": "ray", "namespace": "gateways"}},
    }
    chart: Json = {
        "chart": "anyscale-operator",
        "version": "1.8.0",
        "namespace": "anyscale-operator",
        "values": values,
    }
    credential: Json = {
        "issuer": ISSUER,
        "subject": "system:serviceaccount:anyscale-operator:anyscale-operator",
        "audiences": ["api://AzureADTokenExchange"],
    }
    grant: Json = {
        "principalId": PRINCIPAL,
        "roleDefinitionId": f"/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{DATA_CONTRIBUTOR}",
        "scope": CONTAINER,
    }
    return [
        azure(
            "cluster",
            "containerservice:ManagedCluster",
            f"{GROUP}/c",
            outputs={"oidcIssuerProfile": {"issuerURL": ISSUER}},
        ),
        azure(
            "identity",
            "managedidentity:UserAssignedIdentity",
            IDENTITY,
            outputs={"clientId": CLIENT, "principalId": PRINCIPAL},
        ),
        azure(
            "credential",
            "managedidentity:FederatedIdentityCredential",
            f"{IDENTITY}/federatedIdentityCredentials/operator",
            inputs=credential,
        ),
        azure(
            "container",
            "storage:BlobContainer",
            CONTAINER,
            inputs={"accountName": "raydata", "containerName": "anyscale"},
        ),
        azure("grant", "authorization:RoleAssignment", f"{CONTAINER}/grant", inputs=grant),
        kubernetes("claim", "core/v1:PersistentVolumeClaim", named("blob-fuse2", "anyscale-operator")),
        kubernetes("gateway", "gateway.networking.k8s.io/v1:Gateway", named("ray", "gateways")),
        kubernetes("release", "helm.sh/v3:Release", chart),
    ]


def registered(session: Session) -> tuple[str, str]:
    """Ids of a cloud and of a resource around which the world is right."""
    cloud_id = session.cloud()
    resource_id = session.added(cloud_id, file_storage={"persistent_volume_claim": "blob-fuse2"})
    for record in a_right_world(resource_id):
        session.world.put(record)
    return cloud_id, resource_id


def test_an_operator_in_a_right_world_is_healthy(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _ = registered(session)
        resource = session.resources(cloud_id)[0]

        assert resource["operator_status"] == "HEALTHY"
        assert "heard_of" not in resource, "what the simulator remembers is not part of the contract"
        assert resource["operator_status_details"]["operator_version"] == "1.8.0"
        assert [check["name"] for check in resource["operator_status_details"]["check_results"]] == [
            "IAM_IDENTITY",
            "STORAGE_BUCKET",
            "CLOUD_RESOURCES",
            "GATEWAY_RESOURCES",
        ]


def changed(key: str, **inputs: object) -> Callable[[World], None]:
    def change(world: World) -> None:
        record = world.get(key)
        assert record is not None
        record.inputs.update(inputs)

    return change


def without(key: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        assert world.remove(key) is not None

    return change


def installed_with(section: str, **values: object) -> Callable[[World], None]:
    def change(world: World) -> None:
        record = world.get("release")
        assert record is not None
        record.inputs["values"].setdefault(section, {}).update(values)

    return change


def in_another_stack(key: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        record = world.get(key)
        assert record is not None
        record.stack = "westus3"

    return change


def on_another_identity(world: World) -> None:
    record = world.get("credential")
    assert record is not None
    record.id = f"{IDENTITY}-other/federatedIdentityCredentials/operator"


@pytest.mark.parametrize(
    ("wrong", "check", "words"),
    [
        (without("identity"), "IAM_IDENTITY", CLIENT),
        (installed_with("global", auth={"iamIdentity": PRINCIPAL}), "IAM_IDENTITY", "needs the client id"),
        (installed_with("global", auth={"iamIdentity": CLIENT, "audience": "api://x"}), "IAM_IDENTITY", "api://x"),
        (without("credential"), "IAM_IDENTITY", "federated credential"),
        (changed("credential", issuer="https://oidc.example/westus3/"), "IAM_IDENTITY", "federated credential"),
        (changed("credential", subject="system:serviceaccount:default:ray"), "IAM_IDENTITY", "federated credential"),
        (changed("credential", audiences=["api://other"]), "IAM_IDENTITY", "federated credential"),
        (installed_with("operator", serviceAccount={"name": "other"}), "IAM_IDENTITY", "anyscale-operator:other"),
        (on_another_identity, "IAM_IDENTITY", "federated credential"),
        (without("container"), "STORAGE_BUCKET", "does not exist"),
        (changed("container", containerName="other"), "STORAGE_BUCKET", "does not exist"),
        (without("grant"), "STORAGE_BUCKET", "may not write"),
        (changed("grant", principalId=CLIENT), "STORAGE_BUCKET", "may not write"),
        (changed("grant", roleDefinitionId=f"/roleDefinitions/{READER}"), "STORAGE_BUCKET", "may not write"),
        (changed("grant", scope=f"{CONTAINER}2"), "STORAGE_BUCKET", "may not write"),
        (without("claim"), "CLOUD_RESOURCES", "blob-fuse2"),
        (changed("claim", **named("blob-fuse2", "default")), "CLOUD_RESOURCES", "anyscale-operator"),
        (in_another_stack("claim"), "CLOUD_RESOURCES", "blob-fuse2"),
        (without("gateway"), "GATEWAY_RESOURCES", "ray"),
    ],
)
def test_an_operator_is_unhealthy_for_the_one_thing_that_is_wrong(
    tmp_path: Path, wrong: Callable[[World], None], check: str, words: str
) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _ = registered(session)
        wrong(session.world)
        resource = session.resources(cloud_id)[0]
        failed = {
            result["name"]: result["details"]
            for result in resource["operator_status_details"]["check_results"]
            if result["status"] != "HEALTHY"
        }

        assert resource["operator_status"] == "UNHEALTHY"
        assert list(failed) == [check], "only what is wrong is reported"
        assert words in failed[check]


def test_an_identity_other_than_the_registered_one_is_found(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _ = registered(session)
        identity = session.world.get("identity")
        assert identity is not None
        identity.outputs["principalId"] = "another"
        results = session.resources(cloud_id)[0]["operator_status_details"]["check_results"]

        assert [r["name"] for r in results if r["status"] == "UNHEALTHY"] == ["IAM_IDENTITY"]


@pytest.mark.parametrize("scope", [ACCOUNT, ACCOUNT.upper(), GROUP, "/subscriptions/s"])
def test_a_role_on_anything_around_the_container_counts(tmp_path: Path, scope: str) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _ = registered(session)
        changed("grant", scope=scope)(session.world)

        assert session.resources(cloud_id)[0]["operator_status"] == "HEALTHY"


@pytest.mark.parametrize(
    "wrong",
    [
        installed_with("global", cloudDeploymentId="cldrsrc_of_another"),
        changed("release", chart="another-chart"),
        in_another_stack("cluster"),
    ],
)
def test_an_operator_is_unheard_of_until_it_is_installed_with_its_id_in_a_cluster(
    tmp_path: Path, wrong: Callable[[World], None]
) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _ = registered(session)
        wrong(session.world)
        resource = session.resources(cloud_id)[0]

        assert resource["operator_status"] == "UNSPECIFIED"
        assert "operator_status_details" not in resource


@pytest.mark.parametrize("gone", ["release", "cluster"])
def test_an_operator_that_was_heard_of_is_disconnected_once_it_is_gone(tmp_path: Path, gone: str) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _ = registered(session)
        session.resources(cloud_id)
        without(gone)(session.world)

        assert session.resources(cloud_id)[0]["operator_status"] == "DISCONNECTED"


def test_a_place_outside_azure_needs_no_azure(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _ = registered(session)
        other = session.added(
            cloud_id,
            name="on-premises",
            provider="GENERIC",
            region="hall-2",
            object_storage={"bucket_name": "s3://ray"},
            kubernetes_config=None,
        )
        chart: Json = {"chart": "anyscale-operator", "values": {"global": {"cloudDeploymentId": other}}}
        session.world.put(kubernetes("other-release", "helm.sh/v3:Release", chart, stack="hall-2"))

        assert session.resources(cloud_id)[1]["operator_status"] == "HEALTHY"


@pytest.mark.parametrize("dictated", ["UNHEALTHY", {"status": "UNHEALTHY", "check_results": []}])
def test_a_test_may_dictate_the_status(tmp_path: Path, dictated: str | Json) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, resource_id = registered(session)
        session.world.anyscale["operator_status"] = {resource_id: dictated}

        assert session.resources(cloud_id)[0]["operator_status"] == "UNHEALTHY"
