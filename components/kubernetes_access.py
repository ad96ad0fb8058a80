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

SIGN_IN = (
    "mode=${AAD_LOGIN_METHOD:-${ACTIONS_ID_TOKEN_REQUEST_URL:+workloadidentity}}; "
    f'exec kubelogin get-token --login "${{mode:-azurecli}}" --server-id {ENTRA_SERVER}'
)
"""kubelogin's own default asks for a device code, which hangs where nobody reads it. The mode comes from the environment when
a token is needed, so that a laptop and CI write the same state; without one, GitHub's id token, else the Azure CLI."""


def kubernetes_provider(
    name: str,
    *,
    cluster: aks.ManagedCluster,
    resource_group_name: pulumi.Input[str],
    after: Sequence[pulumi.Resource],
    parent: pulumi.Resource,
) -> kubernetes.Provider:
    """A provider that signs in with Entra.

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
    """Host and certificate authority as Azure tells them, the way to sign in ours."""
    told: dict[str, Any] = yaml.safe_load(base64.b64decode(encoded))
    cluster = told["clusters"][0]["cluster"]
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
            "users": [
                {
                    "name": "entra",
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1beta1",
                            "command": "sh",
                            "args": ["-c", SIGN_IN],
                            "installHint": "kubelogin signs in to AKS: `az aks install-cli` or `brew install kubelogin`",
                            "interactiveMode": "Never",
                            "provideClusterInfo": False,
                        }
                    },
                }
            ],
            "contexts": [{"name": "cluster", "context": {"cluster": "cluster", "user": "entra"}}],
            "current-context": "cluster",
        }
    )
