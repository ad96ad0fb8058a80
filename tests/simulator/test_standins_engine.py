"""The stand-ins behind the real engine: previews, answers in the shapes of the typed SDK, refresh, destroy, import."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standins_client import ACCOUNT, CLUSTER, SUBSCRIPTION

from simulator.sandbox import Simulator
from simulator.standins import drift

pytestmark = pytest.mark.engine

HERE = Path(__file__).parent
ENGINE_FLAGS = ("--stack", "a", "--non-interactive")


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    project = tmp_path / "project"
    project.mkdir()
    shutil.copy(HERE / "standins_program.py", project / "__main__.py")
    (project / "Pulumi.yaml").write_text("name: probe\nruntime: python\n")
    config = {"azure-native:location": "eastus", "azure-native:subscriptionId": SUBSCRIPTION}
    (project / "Pulumi.a.yaml").write_text(json.dumps({"config": config}))
    with Simulator(tmp_path / "sandbox", project=project) as running:
        pulumi(running, "stack", "init", "a", flags=())
        yield running


def pulumi(simulator: Simulator, *words: str, flags: tuple[str, ...] = ENGINE_FLAGS, edition: str = "1") -> str:
    done = simulator.run("pulumi", *words, *flags, EDITION=edition)
    assert done.returncode == 0, f"pulumi {' '.join(words)}: {done.stdout[-4000:]}{done.stderr[-2000:]}"
    return done.stdout


def changes(simulator: Simulator, *words: str, edition: str = "1") -> dict[str, str]:
    """Logical name to operation of everything that a preview would change."""
    steps: list[dict[str, Any]] = json.loads(pulumi(simulator, "preview", "--json", *words, edition=edition))["steps"]
    quiet = ("same", "create-replacement", "delete-replaced", "read", "refresh")
    return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] not in quiet}


def test_a_program_of_every_type_lives_its_whole_life(simulator: Simulator) -> None:
    changes(simulator)
    assert simulator.world.journal == (), "a preview writes nothing"

    pulumi(simulator, "up", "--yes", "--skip-preview")
    typed = json.loads(pulumi(simulator, "stack", "output", "--json"))["typed"]
    assert all(typed.values()), f"every output came through the typed SDK: {typed}"
    assert typed["status"] == "deployed 1.8.0" and typed["phase"] == "Active", "Kubernetes' own shapes too"

    assert changes(simulator, "--refresh") == {}, "nothing changed in the clouds, nothing changes in the plan"
    writes = len(simulator.world.journal)
    pulumi(simulator, "up", "--yes", "--skip-preview", "--refresh")
    assert len(simulator.world.journal) == writes, "an up without a change writes nothing"

    drift.autoscale(simulator.world, f"{CLUSTER}/agentPools/cpu", 5)
    drift.patch_upgrade(simulator.world, CLUSTER)
    assert changes(simulator, "--refresh") == {}, "the autoscaler and patch upgrades are nobody's drift"

    told = changes(simulator, "--refresh", edition="2")
    assert told["cluster"] == "update", "a tag is changed in place"
    assert "namespace" not in told and "operator" not in told, "what is in the cluster stays"

    pulumi(simulator, "destroy", "--yes", "--skip-preview")
    assert list(simulator.world.records()) == [], "nothing is left"


def test_what_exists_can_be_imported(simulator: Simulator) -> None:
    pulumi(simulator, "up", "--yes", "--skip-preview")
    pulumi(simulator, "state", "delete", "--yes", "urn:pulumi:a::probe::azure-native:storage:ManagementPolicy::policy")
    id = f"{ACCOUNT}/managementPolicies/default"
    words = ("import", "azure-native:storage:ManagementPolicy", "policy", id, "--yes", "--generate-code=false")
    pulumi(simulator, *words, "--protect=false")
    assert changes(simulator) == {}, "an adopted thing differs in nothing from one that was made"
