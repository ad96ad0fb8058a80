"""The floor: the same resources, registered with plain `CustomResource`, from a recorded graph.

With BENCH_IMPORTS=1 it also imports the SDK classes that the real program uses.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
from pathlib import Path
from typing import Any

import pulumi

if os.environ.get("BENCH_IMPORTS"):
    gc.disable()  # as the program does: else importing would make this floor look slow, and the program fast

graph: list[dict[str, Any]] = json.loads(Path(os.environ["BENCH_GRAPH"]).read_text())
made: dict[str, pulumi.Resource] = {}

SDKS = {"azure-native": "pulumi_azure_native", "azuread": "pulumi_azuread", "kubernetes": "pulumi_kubernetes"}


def import_class(token: str) -> None:
    """Touch the SDK class of a type token, as `from ... import` would."""
    package, module, name = token.split(":")
    if package not in SDKS:
        return
    path = [part for part in module.replace(".k8s.io", "").replace(".sh", "").split("/") if part != "index"]
    try:
        getattr(importlib.import_module(".".join([SDKS[package], *path])), name)
    except ModuleNotFoundError:  # a custom resource: one class for all of them
        importlib.import_module("pulumi_kubernetes.apiextensions")


for node in graph:
    parent = made.get(node["parent"])
    options = pulumi.ResourceOptions(parent=parent)
    token, name = node["type"], node["name"]
    if os.environ.get("BENCH_IMPORTS") and node["custom"]:
        import_class(token)
    if not node["custom"]:
        made[node["urn"]] = pulumi.ComponentResource(token, name, {}, options)
    elif token.startswith("pulumi:providers:"):
        made[node["urn"]] = pulumi.ProviderResource(token.rsplit(":", 1)[-1], name, {}, options)
    else:
        made[node["urn"]] = pulumi.CustomResource(token, name, node["inputs"], options)
