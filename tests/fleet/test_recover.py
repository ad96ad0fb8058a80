from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from catalog.arm_ids import ARM_IDS, CONVERGES
from fleet import recover
from fleet.engine.answers import StackRow
from fleet.engine.lock import life
from fleet.engine.process import Engine, Finished
from fleet.errors import FleetError
from fleet.show import recovery
from fleet.typed import Typed
from simulator.standins.azure.core import KINDS

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


def test_a_stack_that_nobody_holds_and_nothing_is_under_way_in_has_nothing_to_recover(tmp_path: Path) -> None:
    found = Pulumi(tmp_path).examine()
    assert (found.commands, found.exit_code) == ((), 0)
    assert "nothing to recover" in shown(found)


def test_looking_runs_nothing_and_tells_the_commands_in_order(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path, ("creating", POOL_MADE))
    pulumi.lock = f"{LOCKED}ann@elsewhere (pid 12) at 2026-11-23T16:13:27Z"

    found = pulumi.examine()

    assert pulumi.ran == [] and found.exit_code == 2
    lines = [command.line for command in found.commands]
    assert [line.split()[1] for line in lines] == ["cancel", "import", "refresh"], (
        "cleared last: a killed recovery begins again"
    )
    assert f"{POOL_TYPE} eastus-cpu {POOL_ID} --stack eastus" in lines[1]
    assert f"--parent=parent={STACK}" in lines[1] and f"--provider=provider={AZURE} " in lines[1]
    assert all(line in shown(found) for line in lines)
    assert "look on elsewhere whether process 12 runs" in shown(found)


def test_from_another_folder_every_command_to_type_names_the_project_s(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path, ("creating", POOL_MADE), ("creating", RELEASE_MADE))
    pulumi.lock = f"{LOCKED}ann@elsewhere (pid 12) at 2026-11-23T16:13:27Z"
    there = Typed(folder=Path("project"))

    found = recover.examine(cast(Engine, pulumi), "eastus", there)

    assert len(found.commands) == 5 and all("--cwd project --stack eastus" in each.line for each in found.commands)
    assert "`fleet recover eastus --yes --folder project` does it" in shown(found, there)
    done = recover.carry_out(cast(Engine, pulumi), found)
    assert "Next: fleet preview --folder project --stack eastus" in shown(done, there)
    assert not any("--cwd" in words for words in pulumi.ran), "the engine is started in its folder"


def test_a_lock_of_another_machine_is_taken_only_when_told(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path)
    pulumi.lock = f"{LOCKED}ann@elsewhere (pid 12) at 2026-11-23T16:13:27Z"
    [lock] = pulumi.examine().locks
    assert (lock.holder, lock.since, lock.run) == ("ann@elsewhere (pid 12)", "2026-11-23T16:13:27Z", "unknown")
    assert pulumi.carry_out().exit_code == 0
    assert pulumi.verbs == ["cancel"]


def test_a_run_that_is_alive_keeps_its_lock_whatever_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleet.engine.lock.life", lambda host, pid: ("alive", f"process {pid} is a running pulumi"))
    pulumi = Pulumi(tmp_path, ("creating", POOL_MADE))
    pulumi.lock = f"{LOCKED}ann@here (pid 12) at 2026-11-23T16:13:27Z"
    done = pulumi.carry_out()
    assert pulumi.ran == [] and done.exit_code == 1
    assert "The run is not over (ann@here (pid 12): process 12 is a running pulumi)" in done.error


def test_what_became_of_a_process_is_told_only_where_it_can_be_seen() -> None:
    here = socket.gethostname()
    with subprocess.Popen(["true"]) as gone:
        pass
    assert life(here, str(gone.pid))[0] == "dead"
    assert life("elsewhere", str(os.getpid()))[0] == "unknown"
    run, why = life(here, str(os.getpid()))
    assert run == "dead" and "python" in why, "its number was given to something else"


def test_a_process_named_pulumi_is_alive(tmp_path: Path) -> None:
    (tmp_path / "pulumi").symlink_to("/bin/sleep")
    with subprocess.Popen([tmp_path / "pulumi", "60"]) as running:
        assert life(socket.gethostname(), str(running.pid))[0] == "alive"
        running.kill()


def test_an_update_that_a_service_holds_is_a_lock_too(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path)
    pulumi.url = "https://app.pulumi.com/somebody"
    assert [lock.run for lock in pulumi.examine().locks] == ["unknown"]


def test_a_backend_that_does_not_say_who_holds_it_is_no_free_stack(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path)
    pulumi.lock = "error: incorrect passphrase"
    with pytest.raises(FleetError, match="PULUMI_CONFIG_PASSPHRASE"):
        pulumi.examine()


def test_an_unknown_stack_is_told_as_such_and_not_made(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path)
    pulumi.unreadable = "error: no stack named 'eastus' found"
    pulumi.lock = "Created stack 'eastus'"
    with pytest.raises(FleetError, match="knows no stack eastus"):
        pulumi.examine()


def test_what_was_never_made_is_no_failure_and_any_other_refusal_is(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path, ("creating", POOL_MADE))
    pulumi.refused[POOL_ID] = f"error: resource '{POOL_ID}' does not exist"
    done = pulumi.carry_out()
    assert [result.outcome for result in done.results] == ["not there", "done"] and done.exit_code == 0

    pulumi.ran, pulumi.refused = [], {POOL_ID: "error: AuthorizationFailed"}
    done = pulumi.carry_out()
    assert pulumi.verbs == ["import"], "what is under way is not forgotten before it is known what became of it"
    assert done.exit_code == 1 and "AuthorizationFailed" in done.error
    assert "Not recovered" in shown(done)


@pytest.mark.parametrize(
    ("kind", "inputs", "wanted"),
    [
        ("kubernetes:core/v1:Namespace", {"metadata": {"name": "a"}}, "a"),
        ("kubernetes:core/v1:Secret", {"metadata": {"name": "a", "namespace": "b"}}, "b/a"),
        (recover.RELEASE, {"name": "a", "namespace": "b"}, "b/a"),
        (POOL_TYPE, POOL, POOL_ID),
    ],
)
def test_ids_come_from_the_inputs(tmp_path: Path, kind: str, inputs: dict[str, Any], wanted: str) -> None:
    [each] = Pulumi(tmp_path, ("creating", resource(kind, "x", inputs))).examine().under_way
    assert each.id == wanted


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("random:index/randomId:RandomId", {}),
        (POOL_TYPE, {"resourceGroupName": "rg"}),
        ("kubernetes:core/v1:Secret", {"metadata": {"4dabf18193072939515e22adb298388d": "secret", "ciphertext": "x"}}),
    ],
)
def test_what_nobody_can_tell_the_id_of_is_left_to_the_user(tmp_path: Path, kind: str, inputs: dict[str, Any]) -> None:
    found = Pulumi(tmp_path, ("creating", resource(kind, "x", inputs))).examine()
    assert found.under_way[0].by_hand and [c.words[1] for c in found.commands] == ["refresh"]
    assert f"Left to you: {kind} x" in shown(found)


@pytest.mark.parametrize("kind", ["anyscale:index:Cloud", "azure-native:storage:BlobServiceProperties"])
def test_what_converges_is_not_imported(tmp_path: Path, kind: str) -> None:
    found = Pulumi(tmp_path, ("creating", resource(kind, "x", {"name": "x"}))).examine()
    assert [c.words[1] for c in found.commands] == ["refresh"] and not found.under_way[0].by_hand


def test_updates_and_deletions_are_settled_by_the_refresh(tmp_path: Path) -> None:
    found = Pulumi(tmp_path, ("updating", POOL_MADE), ("deleting", POOL_MADE)).examine()
    assert [c.words[1] for c in found.commands] == ["refresh"]


def test_a_recovery_that_was_killed_too_imports_nothing_twice(tmp_path: Path) -> None:
    imported = {**POOL_MADE, "id": POOL_ID}
    assert "import" not in verbs(Pulumi(tmp_path, ("creating", POOL_MADE), resources=(imported,)).examine())
    other = {**POOL_MADE, "id": f"{POOL_ID}2"}
    found = Pulumi(tmp_path, ("creating", POOL_MADE), resources=(other,)).examine()
    assert "import" not in verbs(found) and found.under_way[0].by_hand, "its replacement may be an orphan"


@pytest.mark.parametrize(
    ("more", "flag"), [({}, "false"), ({"protect": True}, "true"), ({"retainOnDelete": True}, "true")]
)
def test_what_is_to_outlive_its_stack_is_never_without_protection(
    tmp_path: Path, more: dict[str, bool], flag: str
) -> None:
    found = Pulumi(tmp_path, ("creating", {**POOL_MADE, **more})).examine()
    assert f"--protect={flag}" in found.commands[0].words


@pytest.mark.parametrize(("status", "goes"), [("deployed", False), ("pending-install", True), ("failed", True)])
def test_a_release_that_helm_did_not_bring_up_is_uninstalled(tmp_path: Path, status: str, goes: bool) -> None:
    pulumi = Pulumi(tmp_path, ("creating", RELEASE_MADE))
    found = pulumi.examine()
    pulumi.state["resources"].append({**RELEASE_MADE, "id": "x", "outputs": {"status": {"status": status}}})
    done = recover.carry_out(cast(Engine, pulumi), found)
    assert ("destroy" in pulumi.verbs) is goes
    assert done.results[1].outcome == ("done" if goes else "not needed")
    assert found.commands[1].words[4:6] == ("--target", RELEASE_MADE["urn"])


def cut(folder: Path, *, bak: str, backup: str = "") -> Pulumi:
    (folder / "Pulumi.yaml").write_text("name: p\n")
    stacks, backups = folder / ".pulumi/stacks/p", folder / ".pulumi/backups/p/eastus"
    stacks.mkdir(parents=True)
    backups.mkdir(parents=True)
    (stacks / "eastus.json").write_text("{")
    (stacks / "eastus.json.bak").write_text(bak)
    (backups / "eastus.1.json").write_text("{}")
    (backups / "eastus.2.json").write_text(backup)
    pulumi = Pulumi(folder)
    pulumi.unreadable = "error: failed to load checkpoint: place 1: unexpected end of JSON input"
    return pulumi


def checkpoint(*under_way: dict[str, Any]) -> str:
    azure = {"urn": AZURE, "inputs": {"subscriptionId": SUBSCRIPTION}}
    pending = [{"type": "creating", "resource": each} for each in under_way]
    return json.dumps({"checkpoint": {"latest": {"resources": [azure], "pending_operations": pending}}})


def test_a_cut_state_is_replaced_by_the_one_before_and_what_that_had_under_way_is_recovered(tmp_path: Path) -> None:
    pulumi = cut(tmp_path, bak=checkpoint(POOL_MADE))
    found = pulumi.examine()
    assert [command.words[0] for command in found.commands] == ["cp", "pulumi", "pulumi"]
    assert found.under_way[0].id == POOL_ID
    assert SUBSCRIPTION in found.model_dump_json() and '"deployment"' not in found.model_dump_json()

    assert pulumi.carry_out().exit_code == 0
    assert (tmp_path / ".pulumi/stacks/p/eastus.json").read_text() == checkpoint(POOL_MADE)


def test_where_the_one_before_is_cut_too_an_older_one_serves_and_says_what_it_does_not_know(tmp_path: Path) -> None:
    found = cut(tmp_path, bak="", backup=checkpoint()).examine()
    assert found.replacement and found.replacement.file.endswith("eastus.2.json")
    assert "It is from before the run" in shown(found)


@pytest.mark.parametrize("broken", ["[]", "{}", '{"checkpoint": []}', '{"checkpoint": {"latest": 1}}'])
def test_what_is_no_state_does_not_take_the_place_of_one(tmp_path: Path, broken: str) -> None:
    found = cut(tmp_path, bak=broken, backup=checkpoint()).examine()
    assert found.replacement and found.replacement.file.endswith("eastus.2.json"), "an empty one would forget all"


def test_a_step_that_cannot_be_carried_out_ends_the_recovery_with_what_was_done(tmp_path: Path) -> None:
    pulumi = cut(tmp_path, bak=checkpoint(POOL_MADE))
    pulumi.lock = f"{LOCKED}ann@elsewhere (pid 12) at 2026-11-23T16:13:27Z"
    found = pulumi.examine()
    (tmp_path / ".pulumi/stacks/p/eastus.json.bak").unlink()
    done = recover.carry_out(cast(Engine, pulumi), found)
    assert [result.outcome for result in done.results] == ["done", "failed"] and done.exit_code == 1
    assert "No such file" in done.error and "\n" not in done.error


def test_a_state_that_cannot_be_read_in_the_middle_ends_the_recovery_with_what_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = Pulumi(tmp_path, ("creating", RELEASE_MADE))
    found = pulumi.examine()

    def unreadable(_: str) -> Any:
        raise FleetError("no JSON")

    monkeypatch.setattr(pulumi, "export", unreadable)
    done = recover.carry_out(cast(Engine, pulumi), found)
    assert [result.outcome for result in done.results] == ["done", "failed"]
    assert (done.error, done.exit_code) == ("no JSON", 1)


def test_a_cut_state_that_cannot_be_reached_or_replaced_is_told_with_what_to_do(tmp_path: Path) -> None:
    pulumi = cut(tmp_path, bak="{", backup="{")
    with pytest.raises(FleetError, match="no whole one is left"):
        pulumi.examine()
    pulumi.url = "azblob://state?storage_account=x"
    with pytest.raises(FleetError, match=re.escape("In azblob://state?storage_account=x put the newest")):
        pulumi.examine()


def test_the_rows_of_ids_are_those_of_the_simulated_azure() -> None:
    """And every type that the simulator knows by name has one, or converges."""
    here = {row.type.partition(":")[2]: row.path for row in ARM_IDS.values()}
    assert {name: KINDS[name].path.replace("{blobServicesName}", "default") for name in here} == here
    settled = tuple(row.type.partition(":")[2] for row in CONVERGES)
    assert [name for name in KINDS if name not in here and not name.startswith(settled)] == []


def verbs(found: recover.Recovery) -> list[str]:
    return [command.words[1] for command in found.commands]


def shown(found: recover.Recovery, typed: Typed = HERE) -> str:
    written = io.StringIO()
    recovery.render(found, Console(width=60, file=written), typed)
    return written.getvalue()
