"""`--simulated`: the same command inside the simulator, whatever ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from specs import ROOT

from fleet import __main__ as entry

SIMULATOR = """
import json, os, signal, sys, time
with open("told", "w") as file:
    apart = os.getpgrp() != os.getpgid(os.getppid())
    env = {k: v for k, v in os.environ.items() if k.startswith("FLEET_")}
    json.dump({"apart": apart, "words": sys.argv[1:], "env": env}, file)
if "wait" in sys.argv:
    got = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: got.append(number))
    open("ready", "w").close()
    while not got:
        time.sleep(0.01)
    time.sleep(0.2)
    sys.exit(10 + len(got))
if "die" in sys.argv:
    os.kill(os.getpid(), signal.SIGKILL)
sys.exit(3)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of this one, with a simulator that notes what it is asked."""
    (tmp_path / "simulator.py").write_text(SIMULATOR)
    monkeypatch.setattr(entry, "PROJECT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "words", [["--simulated", "preview", "-s", "eastus"], ["preview", "-s", "eastus", "--simulated"]]
)
def test_the_flag_may_stand_anywhere_and_the_exit_code_is_that_of_the_command(project: Path, words: list[str]) -> None:
    assert entry.run(words) == 3
    told = json.loads((project / "told").read_text())
    assert told["words"] == ["--", sys.executable, "-m", "fleet", "preview", "-s", "eastus"]
    assert told["env"] == {"FLEET_INIT": "1", "FLEET_SIMULATED": "1"}, (
        "stacks are made, and commands are spelled for it"
    )


def test_a_simulator_that_is_killed_is_no_success(project: Path) -> None:
    assert entry.run(["--simulated", "die"]) == 128 + signal.SIGKILL


@pytest.mark.parametrize("words", [["-C", "x"], ["-C/x"], ["-yC", "x"], ["--folder", "x"], ["--folder=x"]])
def test_a_folder_is_refused_for_the_simulator_works_on_copies_of_this_project(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert entry.run(["preview", "--simulated", *words]) == 1
    assert "leave --folder out" in capsys.readouterr().err
    assert not (project / "told").exists()


def test_a_stack_whose_name_has_the_letter_is_no_folder(project: Path) -> None:
    assert entry.run(["preview", "--simulated", "-sCentral"]) == 3


@pytest.mark.parametrize(("number", "group"), [(signal.SIGINT, False), (signal.SIGINT, True), (signal.SIGTERM, False)])
def test_what_ends_it_reaches_the_simulator_once(project: Path, number: signal.Signals, group: bool) -> None:
    script = (
        f"import sys; from pathlib import Path; from fleet import __main__ as m; m.PROJECT = Path({str(project)!r})"
    )
    with subprocess.Popen(
        [sys.executable, "-c", f"{script}; sys.exit(m.run(['--simulated', 'wait']))"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        process_group=0,
    ) as running:
        while not (project / "ready").exists():
            assert running.poll() is None
            time.sleep(0.02)
        (os.killpg if group else os.kill)(running.pid, number)
        assert running.wait(60) == 11, "11 is once, 12 is twice"
    told = json.loads((project / "told").read_text())
    assert told["apart"], "off a terminal what reaches the whole group is passed on too, and would arrive twice"
