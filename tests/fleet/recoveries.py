"""Stacks as killed runs leave them, and an engine that answers for them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, cast

from rich.console import Console

from fleet import recover
from fleet.engine.answers import StackRow
from fleet.engine.process import Engine, Finished
from fleet.show import recovery
from fleet.typed import Typed

SUBSCRIPTION = "3f1c9a04-be77-4e01-b51c-3d0a86bc5551"
AZURE = "urn:pulumi:eastus::p::pulumi:providers:azure-native::default_3_29_0"
STACK = "urn:pulumi:eastus::p::pulumi:pulumi:Stack::p-eastus"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
POOL_ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks/agentPools/cpu"
POOL = {"resourceGroupName": "rg", "resourceName": "aks", "agentPoolName": "cpu"}
POOL_TYPE = "azure-native:containerservice:AgentPool"
HERE = Typed()
LOCKED = "error: could not create stack: the stack is currently locked by 1 lock(s).\n  file:///x.json: created by "


def resource(kind: str, name: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    about = {"urn": f"urn:pulumi:eastus::p::{kind}::{name}", "type": kind, "inputs": inputs, "custom": True}
    return {**about, "parent": STACK, "provider": f"{AZURE}::5e1f", **more}


POOL_MADE = resource(POOL_TYPE, "eastus-cpu", POOL)
RELEASE_MADE = resource(recover.RELEASE, "eastus-gateway", {"name": "envoy", "namespace": "gateways"})


class Pulumi:
    """An engine whose answers are given: what it was told to run is kept."""

    def __init__(self, folder: Path, *under_way: tuple[str, dict[str, Any]], resources: tuple[Any, ...] = ()) -> None:
        self.folder, self.ran = folder, list[tuple[str, ...]]()
        self.lock, self.refused = "error: stack 'eastus' already exists", dict[str, str]()
        azure = {"urn": AZURE, "id": "5e1f", "inputs": {"subscriptionId": SUBSCRIPTION}}
        pending = [{"type": operation, "resource": each} for operation, each in under_way]
        self.state: dict[str, Any] = {"resources": [azure, *resources], "pending_operations": pending}
        self.unreadable = ""
        self.url = folder.as_uri()
        self.typed = HERE

    def backend(self) -> str:
        return self.url

    def known(self) -> dict[str, Any]:
        return {"eastus": StackRow(name="eastus", update_in_progress=True)}

    def export(self, stack: str) -> dict[str, Any]:
        return self.state

    def ask(self, *words: str) -> Finished:
        if words[:2] == ("stack", "export"):
            said = self.unreadable or json.dumps({"version": 3, "deployment": self.state})
            return Finished(code=int(bool(self.unreadable)), events=(), said=said)
        if words[:2] == ("stack", "init"):
            return Finished(code=1, events=(), said=self.lock)
        self.ran.append(words)
        return Finished(code=0, events=(), said="")

    def run(self, stack: str, *words: str) -> Finished:
        self.ran.append(words)
        said = next((said for key, said in self.refused.items() if key in words), "")
        return Finished(code=int(bool(said)), events=(), said=said)

    def examine(self) -> recover.Recovery:
        return recover.examine(cast(Engine, self), "eastus", HERE)

    def carry_out(self) -> recover.Recovery:
        return recover.carry_out(cast(Engine, self), self.examine())

    @property
    def verbs(self) -> list[str]:
        return [words[0] for words in self.ran]


def verbs(found: recover.Recovery) -> list[str]:
    return [command.words[1] for command in found.commands]


def shown(found: recover.Recovery, typed: Typed = HERE) -> str:
    written = io.StringIO()
    recovery.render(found, Console(width=60, file=written), typed)
    return written.getvalue()
