"""What the program may ask of Azure without making anything."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from simulator.standins import rules
from simulator.standins.azure.kind import Kind, key_of
from simulator.standins.refusal import azure
from simulator.standins.rules import Ask
from simulator.world import Record

Json = dict[str, Any]


def client_config(ask: Ask) -> Json:
    """Who runs the program."""
    subscription = ask.settings.get("subscriptionId", rules.NOWHERE)
    ids = {"clientId": rules.CALLER_CLIENT, "objectId": rules.CALLER_OBJECT, "tenantId": rules.TENANT}
    return {**ids, "subscriptionId": subscription}


def found(ask: Ask, kind: Kind, args: Json) -> Record:
    """The record that the arguments of a look-up name, or Azure's refusal."""
    subscription = ask.settings.get("subscriptionId", rules.NOWHERE)
    id = kind.path.format_map({"subscriptionId": subscription, **args})
    record = ask.world.get(key_of(id))
    if record is None:
        raise azure(404, "ResourceNotFound", f"The Resource '{id}' was not found.")
    return record


def user_credentials(cluster: Record) -> Json:
    """A kubeconfig without any secret: where the API server is, and that whoever asks signs in to Entra."""
    name, fqdn = cluster.outputs["name"], cluster.outputs["fqdn"]
    authority = base64.b64encode(f"certificate authority of {fqdn}".encode()).decode()
    login = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": ["get-token", "--login", "devicecode", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630"],
    }
    kubeconfig = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": name, "cluster": {"server": f"https://{fqdn}:443", "certificate-authority-data": authority}}
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": f"clusterUser_{name}"}}],
        "current-context": name,
        "users": [{"name": f"clusterUser_{name}", "user": {"exec": login}}],
    }
    value = base64.b64encode(json.dumps(kubeconfig, indent=2).encode()).decode()
    return {"kubeconfigs": [{"name": "clusterUser", "value": value}]}


LISTS: dict[str, tuple[str, Callable[[Record], Json]]] = {
    "containerservice:listManagedClusterUserCredentials": ("containerservice:ManagedCluster", user_credentials),
}
"""Function to the type whose record answers it."""
