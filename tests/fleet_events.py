"""Events of the engine, as its log has them, for tests."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

REGION = "anyscale-on-aks:components:Region"
CLUSTER = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"
ACCOUNT = "azure-native:storage:StorageAccount"


def urn(type: str, name: str, *, within: str = REGION) -> str:
    return f"urn:pulumi:eastus::anyscale-on-aks::{within}${type}::{name}"


def metadata(op: str, type: str, name: str, **more: Any) -> Json:
    """Of a resource: `old` and `new` inputs, `detailed` path to kind, `was_protected`, `protected`."""
    old, new = (
        None if more.get(key) is None else {"inputs": more[key], "protect": more.get(protect, False)}
        for key, protect in (("old", "was_protected"), ("new", "protected"))
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


def said(severity: str, message: str) -> Json:
    return {"diagnosticEvent": {"severity": severity, "prefix": f"{severity}: ", "message": message}}
