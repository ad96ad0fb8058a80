"""What each edit of a stack file makes the engine do: exactly the changes that we document, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from engine.deployment import Change, Deployment

Settings = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """An edit of one stack file, and the steps that it must cause."""

    stack: str
    change: Callable[[Settings], None]
    causes: set[Change]


def add_pool(settings: Settings) -> None:
    settings["nodePools"].append({"name": "a100", "vmSize": "Standard_NC24ads_A100_v4", "maxCount": 4, "zones": ["1"]})


def remove_pool(settings: Settings) -> None:
    settings["nodePools"] = [pool for pool in settings["nodePools"] if pool["name"] != "t4spot"]


def raise_max(settings: Settings) -> None:
    settings["nodePools"][0]["maxCount"] += 10


def mount_option(settings: Settings) -> None:
    settings["storage"] = {"mounts": [{"name": "checkpoints", "profile": "checkpoints-small"}]}


def chart_version(settings: Settings) -> None:
    settings["anyscale"]["chartVersion"] = "1.7.2"


def retention(settings: Settings) -> None:
    settings["storage"] = {"retention": {"blobDays": 30}}


def api_server_range(settings: Settings) -> None:
    settings["network"]["apiServerClients"].append("198.51.100.0/24")


def kubernetes_minor(settings: Settings) -> None:
    settings["cluster"]["kubernetesVersion"] = "1.35"


OPERATOR = {("update", "Release westus3-operator"), ("update", "OperatorReady westus3-operator-ready")}

EDITS = {
    "a GPU pool more": Edit(
        "westus3", add_pool, {("create", "AgentPool westus3-a100"), ("update", "Release westus3-operator")}
    ),
    "a raised maximum": Edit("westus3", raise_max, {("update", "AgentPool westus3-cpu")}),
    "another chart version": Edit("westus3", chart_version, OPERATOR),
    "a longer retention": Edit("westus3", retention, {("update", "BlobServiceProperties westus3-data-blobs")}),
    "an address more": Edit("westus3", api_server_range, {("update", "ManagedCluster westus3-cluster")}),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_causes_these_steps_and_no_other(deployed: Deployment, edit: Edit) -> None:
    deployed.edit(edit.stack, edit.change)

    preview = deployed.preview(edit.stack)

    assert preview.changes == edit.causes, preview.messages
