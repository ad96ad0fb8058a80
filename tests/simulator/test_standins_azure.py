"""Azure: what it accepts, computes, previews and answers, and what a deletion takes along."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from standins_client import ACCOUNT, CLUSTER, GROUP, IDENTITIES, OMIT, REGION, VNET, Refusal, Standins, build, standins

Json = dict[str, Any]


def test_azure_accepts_the_region_and_deletes_it_with_its_group(served: Standins) -> None:
    azure = served.azure()
    build(azure)
    kubernetes = served.kubernetes()
    kubernetes.create("kubernetes:core/v1:Namespace", "ns", {"metadata": {"name": "ns"}})
    azure.delete("azure-native:resources:ResourceGroup", GROUP)
    assert list(served.world.records()) == [], "a group takes all in it along: grants on it, and what its clusters hold"


@pytest.mark.parametrize("step", [step for step in REGION if step not in ("blobs", "join nodes", "join api")])
def test_what_exists_is_not_created_again(served: Standins, step: str) -> None:
    azure = served.azure()
    build(azure)
    type, inputs = REGION[step]
    with pytest.raises(Refusal, match="cannot create already existing resource"):
        azure.create(type, "again", inputs)


def test_the_blob_service_exists_from_birth_and_outlives_its_deletion(served: Standins) -> None:
    azure = served.azure()
    build(azure, {"blobs": OMIT})
    type, inputs = REGION["blobs"]
    id, _ = azure.create(type, "blobs", inputs)
    azure.delete(type, id)
    container = f"{ACCOUNT}/blobServices/default/containers/anyscale".lower()
    assert served.world.get(container), "resetting a service takes no container along"


def test_what_azure_computes_is_there_and_typed_as_azure_answers_it(served: Standins) -> None:
    made = build(served.azure())
    cluster = made["cluster"]
    assert cluster["id"] == CLUSTER, "ids are ARM ids"
    assert cluster["oidcIssuerProfile"]["issuerURL"].startswith("https://eastus.oic."), "federation needs an issuer"
    assert cluster["identity"]["userAssignedIdentities"] == {f"{IDENTITIES}/cluster": {}}, "a list in, a map out"
    assert cluster["nodeResourceGroup"] == "MC_rg_aks_eastus", "AKS names the group of the nodes"
    assert cluster["currentKubernetesVersion"].startswith("1.35."), "a patch runs for the minor that was asked"
    assert made["account"]["primaryEndpoints"]["dfs"] == "https://rayaccount.dfs.core.windows.net/", "of the account"
    assert made["prefix"]["ipPrefix"].endswith("/31"), "as long as asked"
    assert made["operator"]["clientId"] != made["operator"]["principalId"], "two ids that must not be swapped"


def test_ids_are_the_same_in_each_rehearsal_and_new_for_a_new_identity(tmp_path: Path) -> None:
    principals: list[str] = []
    for run in ("one", "two"):
        with standins(tmp_path / run) as running:
            azure = running.azure()
            principals.append(build(azure, upto="operator")["operator"]["principalId"])
    assert principals[0] == principals[1], "a rehearsal is deterministic"
    with standins(tmp_path / "two") as running:
        azure, (type, inputs) = running.azure(), REGION["operator"]
        azure.delete(type, f"{IDENTITIES}/operator")
        _, again = azure.create(type, "operator", inputs)
    assert again["principalId"] != principals[1], "an identity made anew is another principal (real-azure 25)"


def test_a_preview_knows_what_was_asked_and_nothing_that_azure_computes(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["cluster"]
    _, previewed = azure.create(type, "cluster", inputs, preview=True)
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    assert previewed["fqdn"] == unknown and previewed["oidcIssuerProfile"]["issuerURL"] == unknown, "computed"
    assert previewed["kubernetesVersion"] == "1.35", "asked"
    assert "id" not in previewed and "name" not in previewed, "left out is unknown"
    assert served.world.journal == (), "a preview writes nothing"


def test_a_preview_of_an_update_keeps_only_name_and_location(served: Standins) -> None:
    azure, (type, inputs) = served.azure(), REGION["operator"]
    build(azure, upto="operator")
    previewed = azure.update(
        type, "operator", f"{IDENTITIES}/operator", inputs, {**inputs, "tags": {"a": "b"}}, preview=True
    )
    assert previewed["principalId"] == "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "the real provider says no more"
    assert previewed["name"] == "operator", "a name never changes in place"


def test_a_resource_without_a_name_gets_one_and_is_made_before_the_old_one_goes(served: Standins) -> None:
    azure, type = served.azure(), "azure-native:resources:ResourceGroup"
    checked = azure.check(type, "group", {})
    assert checked["resourceGroupName"].startswith("group") and checked["location"] == "eastus", "autonaming, config"
    assert azure.check(type, "group", {}, checked)["resourceGroupName"] == checked["resourceGroupName"], "it stays"
    assert azure.diff(type, {}, {"location": "westus3"})[2] is False, "two names can stand side by side"


def test_subnets_declared_inline_can_be_referred_to(served: Standins) -> None:
    azure = served.azure()
    inline = {"subnets": [{"name": "nodes", "addressPrefix": "10.10.0.0/18"}]}
    build(azure, {"vnet": inline, "nat": OMIT, "prefix": OMIT}, upto="vnet")
    endpoint = {"resourceGroupName": "rg", "privateEndpointName": "e", "subnet": {"id": f"{VNET}/subnets/nodes"}}
    assert azure.create("azure-native:network:PrivateEndpoint", "e", endpoint)[0], "inline subnets exist too"


def test_credentials_of_a_cluster_hold_its_address_and_no_secret(served: Standins) -> None:
    azure, token = served.azure(), "azure-native:containerservice:listManagedClusterUserCredentials"
    args = {"resourceGroupName": "rg", "resourceName": "aks", "format": "exec"}
    build(azure, upto="join api")
    with pytest.raises(Refusal, match="ResourceNotFound"):
        azure.invoke(token, args)
    fqdn = azure.create(*REGION["cluster"][:1], "cluster", REGION["cluster"][1])[1]["fqdn"]
    [credentials] = azure.invoke(token, args)["kubeconfigs"]
    kubeconfig = base64.b64decode(credentials["value"]).decode()
    assert f"https://{fqdn}:443" in kubeconfig and "certificate-authority-data" in kubeconfig, "host and authority"
    assert "client-key-data" not in kubeconfig and "token:" not in kubeconfig, "nothing secret"


def test_look_ups_answer_what_exists(served: Standins) -> None:
    azure = served.azure()
    build(azure, upto="group")
    found = azure.invoke("azure-native:resources:getResourceGroup", {"resourceGroupName": "rg"})
    assert found["id"] == GROUP and found["location"] == "eastus", "any simulated type can be looked up"
    assert azure.invoke("azure-native:authorization:getClientConfig", {})["subscriptionId"] == GROUP.split("/")[2], (
        "mine"
    )


def test_a_type_without_a_row_is_made_read_and_deleted(served: Standins) -> None:
    azure, type = served.azure(), "azure-native:monitor:ActionGroup"
    build(azure, upto="group")
    id, _ = azure.create(type, "alerts", {"resourceGroupName": "rg", "actionGroupName": "alerts", "enabled": True})
    assert id == f"{GROUP}/providers/Microsoft.Monitor/actionGroups/alerts", "the shape most of Azure has"
    assert azure.read(type, id, {"enabled": True})[0] == id, "it exists"
    azure.delete(type, id)
    assert azure.read(type, id, {"enabled": True})[0] == "", "it is gone"
