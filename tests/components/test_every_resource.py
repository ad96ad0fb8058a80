from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from graph import Graph, deploy
from pulumi_azure_native import network
from specs import a_spec

from components.every_resource import prepare

RISK = {"risk": "ingress-from-internet", "reason": "a public demonstration"}


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """A program run ends; this process goes on."""
    yield
    gc.enable()


def made(**changes: Any) -> Graph:
    """A network under its own name, one that was called otherwise, and a component."""

    def build() -> None:
        prepare(a_spec(**changes))
        network.VirtualNetwork("plain", resource_group_name="rg")
        renamed = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")])
        network.VirtualNetwork("new", resource_group_name="rg", opts=renamed)
        pulumi.ComponentResource("anyscale-on-aks:components:Region", "eastus", {}, renamed)
        pulumi.CustomResource("anyscale:index:Cloud", "cloud", {})

    return deploy(build)


def test_older_apis_of_the_sdk_are_no_aliases() -> None:
    assert made().named("plain").aliases == 0, "60 of each network take half of a preview's time"


def test_a_resource_that_was_renamed_keeps_its_alias() -> None:
    graph = made()
    [alias] = graph.named("new").request.aliases

    assert alias.spec.name == "old", "without it a new name means a new network"
    assert graph.named("eastus").aliases == 1


def test_resources_of_the_clouds_are_retried_and_others_are_not() -> None:
    graph = made()

    assert graph.named("plain").hooks == {"on_error": ("retries",)}
    assert graph.named("eastus").hooks == {}
    assert graph.named("cloud").hooks == {}, "the Anyscale provider retries by itself"
    assert graph.hooks == ["retries"], "one hook for all"


def test_accepted_risks_and_warnings_are_said_at_each_run(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def warn(line: str, *_: Any) -> None:
        said.append(line)

    monkeypatch.setattr(pulumi.log, "warn", warn)
    made(acceptRisk=[RISK], anyscale={"ingress": {"clients": []}}, cluster={"upgrades": {"kubernetes": "none"}})

    assert any("ingress-from-internet" in line and "a public demonstration" in line for line in said)
    assert any(line.startswith("cluster.upgrades.kubernetes") for line in said)


def test_the_collector_is_off_while_the_program_builds() -> None:
    made()

    assert not gc.isenabled(), "it takes a quarter of a preview, and a run ends soon"
