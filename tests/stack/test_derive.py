from __future__ import annotations

import subprocess
import sys

import pytest
from specs import ROOT, a_spec, stack_values

from stack.derive import derive
from stack.load import load


def test_the_primary_is_the_stack_that_owns_the_cloud() -> None:
    assert (a_spec("eastus").primary, a_spec("westus3").primary) == (True, False)


@pytest.mark.parametrize(
    ("region", "asked", "replication"),
    [
        ("eastus", None, "Standard_ZRS"),
        ("westcentralus", None, "Standard_LRS"),
        ("eastus", "Standard_LRS", "Standard_LRS"),
    ],
)
def test_data_are_zone_redundant_where_the_region_has_zones(region: str, asked: str | None, replication: str) -> None:
    pools = [{"name": "cpu", "vmSize": "Standard_D8ds_v5", "maxCount": 1}]
    spec = a_spec(azure={"location": region}, nodePools=pools, storage={"replication": asked})
    assert spec.replication == replication


def test_upgrade_channels_follow_the_size_unless_asked() -> None:
    assert (a_spec().upgrade_channel, a_spec().node_image_channel) == ("patch", "NodeImage")
    giant = a_spec(sizedFor="one-giant-job")
    assert (giant.upgrade_channel, giant.node_image_channel) == ("none", "None"), "an upgrade would drain a long job"
    asked = a_spec(cluster={"upgrades": {"kubernetes": "none", "nodeImage": "SecurityPatch"}})
    assert (asked.upgrade_channel, asked.node_image_channel) == ("none", "SecurityPatch")


@pytest.mark.parametrize(
    ("lifecycle", "protected", "keeps_data"),
    [("protected", True, True), ("retiring", False, True), ("disposable", False, False)],
)
def test_a_lifecycle_says_what_may_go(lifecycle: str, *, protected: bool, keeps_data: bool) -> None:
    spec = a_spec(lifecycle=lifecycle)
    assert (spec.protected, spec.keeps_data) == (protected, keeps_data)


def test_tags_tell_the_stack_beside_those_asked_for() -> None:
    assert a_spec(tags={"team": "ml"}).tags == {"managed-by": "pulumi", "stack": "eastus", "team": "ml"}


def test_the_same_file_gives_the_same_spec() -> None:
    values = stack_values()
    assert derive("eastus", load("eastus", values)) == derive("eastus", load("eastus", values))


def test_what_a_file_means_is_known_without_an_sdk() -> None:
    code = "import sys, stack.__main__; print([m for m in sys.modules if m.partition('.')[0] in ('pulumi', 'azure')])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert loaded.strip() == "[]", "stack/ and catalog/ are values; components make resources of them"
