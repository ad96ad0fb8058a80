from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
import pytest
import yaml
from graph import Graph, deploy
from pulumi.runtime.rpc import _special_sig_key
from pulumi_azure_native import containerservice

from components.kubernetes_access import kubeconfig, kubernetes_provider

ENTRA_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"


def encoded(*arguments: str) -> str:
    """A kubeconfig as Azure answers it, whose exec entry has these arguments."""
    told = {
        "clusters": [
            {
                "name": "aks",
                "cluster": {"server": "https://aks.hcp.eastus.azmk8s.io:443", "certificate-authority-data": "Q0E="},
            }
        ],
        "users": [{"name": "clusterUser", "user": {"exec": {"command": "kubelogin", "args": list(arguments)}}}],
    }
    return base64.b64encode(yaml.safe_dump(told).encode()).decode()


def ours(*arguments: str) -> dict[str, Any]:
    return json.loads(kubeconfig(encoded(*arguments)))


def sign_in(*arguments: str) -> dict[str, Any]:
    [user] = ours(*arguments)["users"]
    return user["user"]["exec"]


def made() -> Graph:
    def build() -> None:
        cluster = containerservice.ManagedCluster("eastus-cluster", resource_group_name="rg", resource_name_="aks")
        grant = pulumi.CustomResource("test:index:Grant", "grant", {})
        kubernetes_provider("eastus", cluster=cluster, resource_group_name="rg", after=[grant], parent=cluster)

    return deploy(build)


def test_host_and_authority_are_azure_s() -> None:
    [cluster] = ours("get-token")["clusters"]

    assert cluster["cluster"] == {
        "server": "https://aks.hcp.eastus.azmk8s.io:443",
        "certificate-authority-data": "Q0E=",
    }


def test_the_current_context_leads_to_that_cluster_and_that_user() -> None:
    told = ours("get-token")
    [context] = told["contexts"]

    assert told["current-context"] == context["name"]
    assert context["context"] == {"cluster": told["clusters"][0]["name"], "user": told["users"][0]["name"]}


def test_nobody_is_asked_for_a_device_code() -> None:
    command = sign_in("get-token", "--login", "devicecode", "--server-id", ENTRA_SERVER)

    assert command["command"] == "kubelogin", "a shell before it would not start everywhere"
    assert command["args"] == ["get-token", "--login", "azurecli", "--server-id", ENTRA_SERVER]
    assert command["interactiveMode"] == "Never", "in CI nobody answers"


@pytest.mark.parametrize("mode", ["workloadidentity", "spn", "azurepipelines"])
def test_a_laptop_and_ci_write_the_same_state(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    before = ours("get-token")
    monkeypatch.setenv("AAD_LOGIN_METHOD", mode)
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "https://token")

    assert ours("get-token") == before, "the mode is kubelogin's to read when it runs"


def test_the_tenant_is_azure_s_where_it_tells_one() -> None:
    told = ("get-token", "--tenant-id", "the-tenant", "--server-id", ENTRA_SERVER)

    assert sign_in(*told)["args"][-2:] == ["--tenant-id", "the-tenant"], "whoever has several gets a token of this one"
    assert "--tenant-id" not in sign_in("get-token")["args"]


def test_the_kubeconfig_is_a_secret() -> None:
    told = made().only("pulumi:providers:kubernetes").inputs["kubeconfig"]

    assert _special_sig_key in told, "it maps the estate"
    assert "https://api.example:443" in told["value"]


def test_another_kubeconfig_replaces_nothing_in_the_cluster() -> None:
    provider = made().only("pulumi:providers:kubernetes").inputs

    assert provider["clusterIdentifier"].endswith("eastus-cluster"), "only another cluster does"


def test_an_unreachable_cluster_is_not_given_up_by_itself() -> None:
    provider = made().only("pulumi:providers:kubernetes").inputs

    assert "deleteUnreachable" not in provider, "a moment without network would drop live objects from the state"


def test_the_provider_waits_for_the_grants() -> None:
    graph = made()

    assert graph.waits(graph.only("pulumi:providers:kubernetes"), graph.named("grant"))
