from __future__ import annotations

from typing import Any

import pulumi
import pytest
from graph import Declared, Graph, deploy
from regions import SHARED_ACCOUNT, a_storage
from specs import a_spec

from catalog.roles import ROLES
from stack.spec import StackSpec


def a_region(stack: str = "eastus", **changes: Any) -> Graph:
    return deploy(lambda: a_storage(a_spec(stack, **changes)), stack=stack)


def account(**changes: Any) -> dict[str, Any]:
    return a_region(**changes).only(":StorageAccount").inputs


def rights(stack: str = "eastus", **changes: Any) -> dict[str, str]:
    """Role by scope, of the region's identity."""
    names = {role.id: role.name for role in ROLES}
    made = a_region(stack, **changes).of_type(":RoleAssignment")
    assert {grant.inputs["principalId"] for grant in made} == {"the-principal-id"}
    return {g.inputs["scope"]: names[g.inputs["roleDefinitionId"].rpartition("/")[2]] for g in made}


def kept_resources(graph: Graph) -> list[Declared]:
    kinds = (":ResourceGroup", ":StorageAccount", ":BlobServiceProperties", ":BlobContainer")
    return [resource for kind in kinds for resource in graph.of_type(kind)]


def test_the_account_opens_to_entra_tokens_and_to_nothing_else() -> None:
    made = account()

    assert made["allowSharedKeyAccess"] is False, "no long-lived secret"
    assert made["defaultToOAuthAuthentication"] is True
    assert made["allowBlobPublicAccess"] is False
    assert made["isLocalUserEnabled"] is False
    assert made["isSftpEnabled"] is False
    assert made["allowCrossTenantReplication"] is False
    assert made["allowedCopyScope"] == "AAD"
    assert made["enableHttpsTrafficOnly"] is True
    assert made["minimumTlsVersion"] == "TLS1_2"
    assert made["sasPolicy"] == {"sasExpirationPeriod": "07.00:00:00", "expirationAction": "Log"}


def test_what_can_be_chosen_only_at_creation_is_chosen_then() -> None:
    made = account()

    assert made["isHnsEnabled"] is True, "abfss, atomic renames and real folders need it"
    assert made["encryption"]["requireInfrastructureEncryption"] is True
    assert made["sku"]["name"] == a_spec().replication


def test_premium_storage_is_an_account_of_another_kind_without_tiers() -> None:
    premium = account(storage={"replication": "Premium_ZRS"})

    assert (premium["kind"], premium.get("accessTier")) == ("BlockBlobStorage", None)
    assert (account()["kind"], account()["accessTier"]) == ("StorageV2", "Hot")


@pytest.mark.parametrize(
    ("storage", "reached", "default"), [({}, "Enabled", "Allow"), ({"access": "private"}, "Disabled", "Deny")]
)
def test_private_access_closes_the_public_endpoint(storage: dict[str, str], reached: str, default: str) -> None:
    made = account(storage=storage)

    assert made["publicNetworkAccess"] == reached
    assert made["networkRuleSet"]["defaultAction"] == default


def test_only_the_console_may_fetch_from_a_browser() -> None:
    [rule] = a_region().only(":BlobServiceProperties").inputs["cors"]["corsRules"]

    assert rule["allowedOrigins"] == ["https://console.anyscale.com"], "any other page would read with the user's link"
    assert rule["allowedMethods"] == ["GET", "HEAD", "PUT"]


def test_deleted_data_come_back_for_as_long_as_was_asked() -> None:
    made = a_region(storage={"retention": {"blobDays": 3, "containerDays": 5}}).only(":BlobServiceProperties").inputs

    assert made["deleteRetentionPolicy"] == {"enabled": True, "days": 3, "allowPermanentDelete": False}
    assert made["containerDeleteRetentionPolicy"] == {"enabled": True, "days": 5}
    assert "isVersioningEnabled" not in made, "Azure refuses it with a hierarchical namespace"


@pytest.mark.parametrize("stack", ["eastus", "westus3"])
def test_a_region_makes_the_containers_whose_home_it_is_and_no_other(stack: str) -> None:
    made = [c.inputs for c in a_region(stack).of_type(":BlobContainer")]

    assert sorted(c["containerName"] for c in made) == ["anyscale", "checkpoints", "cluster-storage"]
    assert {c["publicAccess"] for c in made} == {"None"}


def test_nothing_is_ever_deleted_unless_a_mount_asks() -> None:
    assert not a_region().of_type(":ManagementPolicy")

    mounts = [{"name": "checkpoints", "lifecycle": {"coolAfterDays": 14, "deleteAfterDays": 90}}]
    [rule] = a_region(storage={"mounts": mounts}).only(":ManagementPolicy").inputs["policy"]["rules"]
    definition = rule["definition"]
    assert definition["filters"]["prefixMatch"] == ["checkpoints/"], "the rule must not reach another mount's data"
    assert definition["actions"]["baseBlob"] == {
        "tierToCool": {"daysAfterModificationGreaterThan": 14},
        "delete": {"daysAfterModificationGreaterThan": 90},
    }


def test_a_mount_that_only_cools_deletes_nothing() -> None:
    mounts = [{"name": "checkpoints", "lifecycle": {"coolAfterDays": 14}}]
    [rule] = a_region(storage={"mounts": mounts}).only(":ManagementPolicy").inputs["policy"]["rules"]

    assert rule["definition"]["actions"]["baseBlob"] == {"tierToCool": {"daysAfterModificationGreaterThan": 14}}


def test_data_live_in_a_group_of_their_own() -> None:
    graph, spec = a_region(), a_spec()

    assert graph.only(":ResourceGroup").inputs["resourceGroupName"] == spec.names.data_resource_group
    assert spec.names.data_resource_group != spec.names.resource_group, "deleting a group deletes what is in it"


@pytest.mark.parametrize(
    ("lifecycle", "protected", "retained"),
    [("protected", True, True), ("retiring", False, True), ("disposable", False, False)],
)
def test_group_account_service_and_containers_share_one_fate(lifecycle: str, protected: bool, retained: bool) -> None:
    for resource in kept_resources(a_region(lifecycle=lifecycle)):
        assert (resource.protect, resource.retain_on_delete) == (protected, retained), resource.name


def test_grants_and_rules_go_with_the_stack_even_where_the_data_stay() -> None:
    mounts = [{"name": "checkpoints", "lifecycle": {"coolAfterDays": 14}}]
    graph = a_region(lifecycle="retiring", storage={"mounts": mounts})

    for resource in (*graph.of_type(":RoleAssignment"), graph.only(":ManagementPolicy")):
        assert not resource.retain_on_delete, f"{resource.name} is made anew by the stack that adopts the data"


def test_what_an_earlier_stack_left_is_adopted_by_its_id() -> None:
    spec = a_spec()
    group = f"/subscriptions/{spec.settings.azure.subscription_id}/resourceGroups/{spec.names.data_resource_group}"
    in_account = f"{group}/providers/Microsoft.Storage/storageAccounts/{spec.names.storage_account}"
    service = f"{in_account}/blobServices/default"

    adopting = kept_resources(a_region(storage={"adopt": True}))

    assert [resource.import_ for resource in adopting] == [
        group,
        in_account,
        service,
        f"{service}/containers/anyscale",
        f"{service}/containers/checkpoints",
        f"{service}/containers/cluster-storage",
    ]
    assert not [r for r in kept_resources(a_region()) if r.import_], "a first deployment has nothing to adopt"


def test_a_region_writes_to_its_own_containers_and_reads_those_of_the_primary() -> None:
    write, read = "Storage Blob Data Contributor", "Storage Blob Data Reader"

    assert rights("westus3") == {
        "/azure-native:storage:BlobContainer/westus3-anyscale": write,
        "/azure-native:storage:BlobContainer/westus3-checkpoints": write,
        "/azure-native:storage:BlobContainer/westus3-cluster-storage": write,
        f"{SHARED_ACCOUNT}/blobServices/default/containers/datasets": read,
        f"{SHARED_ACCOUNT}/blobServices/default/containers/models": read,
        # The one grant on an account opens no data: it signs the console's links, since keys are off.
        "/azure-native:storage:StorageAccount/westus3-data": "Storage Blob Delegator",
    }


def test_a_region_that_joins_from_another_subscription_names_the_role_in_the_primary_s() -> None:
    own = a_spec("westus3").settings.azure.subscription_id
    grants = [grant.inputs for grant in a_region("westus3").of_type(":RoleAssignment")]

    assert {g["roleDefinitionId"].split("/")[2] for g in grants if g["scope"].startswith(SHARED_ACCOUNT)} == {"s"}
    assert {g["roleDefinitionId"].split("/")[2] for g in grants if not g["scope"].startswith(SHARED_ACCOUNT)} == {own}


def test_the_primary_writes_what_the_others_read() -> None:
    shared = {role for scope, role in rights("eastus").items() if scope.startswith(SHARED_ACCOUNT)}

    assert shared == {"Storage Blob Data Contributor"}


def test_a_mount_that_is_read_only_at_home_is_only_read() -> None:
    roles = rights(storage={"mounts": [{"name": "published", "readOnly": True}]})

    assert roles["/azure-native:storage:BlobContainer/eastus-published"] == "Storage Blob Data Reader"


def told(spec: StackSpec) -> list[Any]:
    values: list[Any] = []

    def build() -> None:
        made = a_storage(spec)
        pulumi.Output.all(made.bucket_url, made.bucket_endpoint, made.registered_claim).apply(values.extend)

    deploy(build)
    return values


def test_anyscale_is_told_a_bucket_an_endpoint_and_a_claim() -> None:
    spec = a_spec()
    name = spec.names.storage_account

    assert told(spec) == [
        f"abfss://anyscale@{name}.dfs.core.windows.net",
        f"https://{name}.blob.core.windows.net",
        "blob-fuse2",
    ]


def test_whoever_starts_pods_waits_for_every_grant_and_every_claim() -> None:
    waits_for: list[str] = []

    def build() -> None:
        made = a_storage(a_spec())
        pulumi.ComponentResource("test:index:Pods", "pods", opts=pulumi.ResourceOptions(depends_on=list(made.ready)))

    graph = deploy(build)
    waits_for.extend(graph.only(":Pods").waits_for)
    needed = [*graph.of_type(":RoleAssignment"), *graph.of_type(":PersistentVolumeClaim")]
    assert {resource.urn for resource in needed} <= set(waits_for), "a pod that cannot mount fails after minutes"
