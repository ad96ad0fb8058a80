"""Events of the engine, as its log has them, for tests."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

REGION = "anyscale-on-aks:components:Region"
CLUSTER = "azure-native:containerservice:ManagedCluster"
STACK = "pulumi:pulumi:Stack"
POOL = "azure-native:containerservice:AgentPool"
ACCOUNT = "azure-native:storage:StorageAccount"


def urn(type: str, name: str, *, within: str = REGION) -> str:
    return f"urn:pulumi:eastus::anyscale-on-aks::{within}${type}::{name}"


def metadata(op: str, type: str, name: str, **more: Any) -> Json:
    """Of a resource: `old` and `new` inputs, `detailed` path to kind, and `was_` or not, `protected`, `retained`."""
    old, new = (
        None
        if more.get(key) is None
        else {"inputs": more[key], "protect": more.get(protect, False), "retainOnDelete": more.get(retain, False)}
        for key, protect, retain in (("old", "was_protected", "was_retained"), ("new", "protected", "retained"))
    )
    detailed = {path: {"diffKind": kind, "inputDiff": True} for path, kind in more.get("detailed", {}).items()}
    return {
        "op": op,
        "urn": urn(type, name),
        "type": type,
        "old": old,
        "new": new,
        "keys": more.get("keys"),
        "diffs": more.get("diffs"),
        "detailedDiff": detailed or None,
    }


def before(op: str, type: str, name: str, **more: Any) -> Json:
    return {"resourcePreEvent": {"metadata": metadata(op, type, name, **more)}}


def after(op: str, type: str, name: str, **more: Any) -> Json:
    return {"resOutputsEvent": {"metadata": metadata(op, type, name, **more)}}


def said(severity: str, message: str, *, name: str = "") -> Json:
    """Of the run; with `name`, of that resource."""
    about = {"urn": urn(POOL, name)} if name else {}
    return {"diagnosticEvent": {"severity": severity, "prefix": f"{severity}: ", "message": message, **about}}
