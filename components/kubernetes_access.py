"""How the program speaks to a cluster that has no local accounts."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import yaml
from pulumi_azure_native import containerservice as aks

ENTRA_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""Application of the AKS API servers in Entra, the same in every tenant."""

SIGN_IN = ("get-token", "--login", "azurecli", "--server-id", ENTRA_SERVER)
"""Arguments of kubelogin, the same on a laptop and in CI, so that neither changes the other's state. Its environment
variable AAD_LOGIN_METHOD goes before `--login`; without either it asks for a device code, which hangs unread."""


def kubernetes_provider(
    name: str,
    *,
    cluster: aks.ManagedCluster,
    resource_group_name: pulumi.Input[str],
    after: Sequence[pulumi.Resource],
    parent: pulumi.Resource,
) -> kubernetes.Provider:
    """A provider that signs in with Entra.

    It never gives up an unreachable cluster by itself: objects would leave the state while they live on. A cluster that
    is lost for good takes them along (`deleted_with`), or PULUMI_K8S_DELETE_UNREACHABLE says so for one run.

    Args:
        after: the grants without which the API server lets nobody in.
    """
    credentials = aks.list_managed_cluster_user_credentials_output(
        resource_group_name=resource_group_name, resource_name=cluster.name, format="exec"
    )
    return kubernetes.Provider(
        f"{name}-kubernetes",
        kubeconfig=pulumi.Output.secret(credentials.kubeconfigs.apply(lambda found: kubeconfig(found[0].value))),
        # Only another cluster replaces what is in it, never another kubeconfig.
        cluster_identifier=cluster.id,
        enable_server_side_apply=True,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )


def kubeconfig(encoded: str) -> str:
    """Host, certificate authority and tenant as Azure tells them, the way to sign in ours."""
    told: dict[str, Any] = yaml.safe_load(base64.b64decode(encoded))
    cluster = told["clusters"][0]["cluster"]
    sign_in: dict[str, Any] = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": [*SIGN_IN, *_tenant(told["users"][0]["user"]["exec"].get("args") or [])],
        "installHint": "kubelogin signs in to AKS: `az aks install-cli` or `brew install Azure/kubelogin/kubelogin`",
        "interactiveMode": "Never",
        "provideClusterInfo": False,
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "cluster",
                    "cluster": {
                        "server": cluster["server"],
                        "certificate-authority-data": cluster["certificate-authority-data"],
                    },
                }
            ],
            "users": [{"name": "entra", "user": {"exec": sign_in}}],
            "contexts": [{"name": "cluster", "context": {"cluster": "cluster", "user": "entra"}}],
            "current-context": "cluster",
        }
    )


def _tenant(told: list[str]) -> list[str]:
    """Whoever knows several tenants would else get a token of the wrong one."""
    return told[told.index("--tenant-id") :][:2] if "--tenant-id" in told else []
