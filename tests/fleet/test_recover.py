"""What a killed run left, and the commands that clear it up."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from fleet import recover
from fleet.engine.process import Engine
from fleet.errors import FleetError
from fleet.typed import Typed
from tests.fleet.recoveries import (
    AZURE,
    LOCKED,
    POOL_ID,
    POOL_MADE,
    POOL_TYPE,
    RELEASE_MADE,
    STACK,
    Pulumi,
    shown,
)


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
    holder = "ann@elsewhere (pid 12)"
    assert f"`fleet recover eastus --yes --holder '{holder}' --folder project` does it" in shown(found, there)
    done = recover.carry_out(cast(Engine, pulumi), found, holders=[holder])
    assert "Next: fleet preview --folder project --stack eastus" in shown(done, there)
    assert not any("--cwd" in words for words in pulumi.ran), "the engine is started in its folder"


def test_what_a_refused_command_says_to_type_names_the_project_s_folder(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path, ("creating", POOL_MADE))
    pulumi.typed = Typed(folder=Path("project"))
    pulumi.refused[POOL_ID] = f"{LOCKED}ann@elsewhere (pid 12) at 2026-11-23T16:13:27Z"

    assert "`fleet recover eastus --folder project`" in pulumi.carry_out().error


def test_a_run_that_is_alive_keeps_its_lock_whatever_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleet.engine.lock.life", lambda host, pid: ("alive", f"process {pid} is a running pulumi"))
    pulumi = Pulumi(tmp_path, ("creating", POOL_MADE))
    pulumi.lock = f"{LOCKED}ann@here (pid 12) at 2026-11-23T16:13:27Z"
    found = pulumi.examine()
    assert (found.commands, found.exit_code) == ((), 1), "the first of them would take the lock"
    assert shown(found).startswith("eastus: a run is under way.\n  lock: ann@here")
    done = pulumi.carry_out()
    assert pulumi.ran == [] and done.exit_code == 1
    assert "The run is not over (ann@here (pid 12): process 12 is a running pulumi)" in done.error


@pytest.mark.parametrize("named", [(), ("bob@elsewhere (pid 12)",)])
def test_a_run_on_another_machine_keeps_its_lock_till_somebody_names_its_holder(
    tmp_path: Path, named: tuple[str, ...]
) -> None:
    pulumi = Pulumi(tmp_path)
    pulumi.lock = f"{LOCKED}ann@elsewhere (pid 12) at 2026-11-23T16:13:27Z"
    found = pulumi.examine()
    assert shown(found).startswith("eastus: the lock is held."), "nothing says that a run was cut off"

    done = recover.carry_out(cast(Engine, pulumi), found, holders=named)

    assert pulumi.ran == [] and done.exit_code == 1, "two runs would write one state"
    assert "Nothing here proves that the run is over (ann@elsewhere (pid 12): look on elsewhere" in done.error
    assert "  fleet recover eastus --yes --holder 'ann@elsewhere (pid 12)'\n" in shown(done)
    done = recover.carry_out(cast(Engine, pulumi), found, holders=["ann@elsewhere (pid 12)"])
    assert pulumi.verbs == ["cancel"] and done.exit_code == 0


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


@pytest.mark.parametrize(("status", "goes"), [("deployed", False), ("pending-install", True), ("failed", True)])
def test_a_release_that_helm_did_not_bring_up_is_uninstalled(tmp_path: Path, status: str, goes: bool) -> None:
    pulumi = Pulumi(tmp_path, ("creating", RELEASE_MADE))
    found = pulumi.examine()
    pulumi.state["resources"].append({**RELEASE_MADE, "id": "x", "outputs": {"status": {"status": status}}})
    done = recover.carry_out(cast(Engine, pulumi), found)
    assert ("destroy" in pulumi.verbs) is goes
    assert done.results[1].outcome == ("done" if goes else "not needed")
    assert found.commands[1].words[4:6] == ("--target", RELEASE_MADE["urn"])


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
