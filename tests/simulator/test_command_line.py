"""`python -m simulator`: whose command runs, with which exit code; what is printed; what is removed."""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from simulator import __main__ as command_line
from simulator.world import Record, World

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["--", "pulumi", "up"], ["run", "--", "pulumi", "up"]),
        (["--folder", "x", "--", "sh", "-c", "--"], ["--folder", "x", "run", "--", "sh", "-c", "--"]),
        (["simulate", "--", "one"], ["simulate", "--", "one"]),
        (["export"], ["export"]),
    ],
)
def test_what_follows_two_dashes_is_the_users_command(words: list[str], read: list[str]) -> None:
    assert command_line.with_run(words) == read


def invoke(*words: str, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "simulator", *words]
    return subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, **options
    )


@pytest.mark.parametrize(("script", "code"), [("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_is_the_commands(tmp_path: Path, script: str, code: int) -> None:
    with invoke("--folder", str(tmp_path / "sandbox"), "--", "sh", "-c", script) as process:
        assert process.wait() == code


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with invoke("--folder", str(tmp_path / "sandbox"), "--", "no-such-command", stderr=subprocess.PIPE) as process:
        _, said = process.communicate()

    assert process.returncode == 127, "as shells have it"
    assert "no-such-command" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_passed_on_and_the_command_decides(tmp_path: Path, number: signal.Signals) -> None:
    script = f"trap 'echo told; exit 42' {number.name.removeprefix('SIG')}; echo ready; while :; do sleep 0.1; done"
    with invoke("--folder", str(tmp_path / "sandbox"), "--", "sh", "-c", script) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)

        assert process.communicate(timeout=60)[0] == "told\n", "once, not twice"
        assert process.returncode == 42


RECORD = Record(
    provider="azure-native",
    type="azure-native:resources:ResourceGroup",
    id="/subscriptions/s/resourceGroups/rg",
    key="rg",
    stack="one",
    inputs={"location": "eastus"},
    outputs={"location": "eastus", "id": "/subscriptions/s/resourceGroups/rg"},
)


def test_export_prints_every_resource_and_what_anyscale_has(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put(RECORD)
    with world.lock:
        world.anyscale["clouds"] = {"cld_1": {"name": "ray"}}
        world.save()

    printed = CliRunner().invoke(command_line.app, ["--folder", str(tmp_path), "export"]).stdout

    assert json.loads(printed) == {
        "resources": [dataclasses.asdict(RECORD)],
        "anyscale": {"clouds": {"cld_1": {"name": "ray"}}},
    }


def test_reset_removes_what_is_left_of_a_world_whose_files_were_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "sandbox"
    with invoke("--folder", str(folder), "--", "true") as process:
        assert process.wait() == 0
    assert not (folder / "world.json").exists(), "nothing was deployed"

    assert CliRunner().invoke(command_line.app, ["--folder", str(folder), "reset"]).exit_code == 0
    assert not folder.exists(), "copies and the engine's state go too"


def test_reset_removes_a_world_and_nothing_else(tmp_path: Path) -> None:
    World(tmp_path / "world").put(RECORD)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").touch()

    codes = [
        CliRunner().invoke(command_line.app, ["--folder", str(folder), "reset"]).exit_code
        for folder in (tmp_path / "world", mine, tmp_path / "absent")
    ]

    assert codes == [0, 2, 0]
    assert not (tmp_path / "world").exists()
    assert (mine / "letter.txt").exists(), "a folder that holds no world is not ours to remove"
