"""That a fork of the loaded interpreter runs as a process of the plain one would, and ends with whoever started it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine.preloaded import preloaded
from engine.waiting import until

TELLS = """
import json, os, sys, counted
counted.times += 1
handed = os.read(int(sys.argv[2]), 10).decode()
told = {"words": sys.argv[1:], "folder": os.getcwd(), "path": sys.path[0], "times": counted.times, "handed": handed}
print(json.dumps({**told, "name": __name__, "environment": dict(os.environ)}), flush=True)
for each in (sys.stdin, sys.stdout, sys.stderr):
    each.reconfigure(errors="backslashreplace")
print("aside", file=sys.stderr)
sys.exit(7)
"""


@pytest.fixture
def python(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "counted.py").write_text("times = 0\n")
    with preloaded(["counted"], path=tmp_path / "modules") as found:
        yield found


@pytest.mark.parametrize("as_folder", [False, True], ids=["a file", "a folder"])
def test_it_runs_as_the_plain_interpreter_does_and_no_run_sees_another(
    python: Path, tmp_path: Path, *, as_folder: bool
) -> None:
    program = tmp_path / "program"
    program.mkdir()
    (program / "__main__.py").write_text(TELLS)
    named = program if as_folder else program / "__main__.py"
    environment = {"PYTHONPATH": str(tmp_path / "modules"), "ONLY": "this"}
    told: list[tuple[int, dict[str, Any], str]] = []
    for interpreter in (sys.executable, python, python):
        read, write = os.pipe()
        os.write(write, b"handed on")
        done = subprocess.run(
            [interpreter, "-u", named, "a b", str(read)],
            cwd=program,
            env=environment,
            pass_fds=[read],
            capture_output=True,
            text=True,
            check=False,
        )
        os.close(read)
        os.close(write)
        seen = json.loads(done.stdout)
        told.append((done.returncode, {**seen, "words": seen["words"][:1]}, done.stderr))
    plain, *forks = told
    assert plain[0] == 7 and plain[1]["handed"] == "handed on" and plain[1]["times"] == 1
    for code, seen, aside in forks:
        assert (code, aside) == (plain[0], plain[2])
        assert {**seen, "environment": plain[1]["environment"]} == plain[1]
        assert {**seen["environment"], **plain[1]["environment"]} == seen["environment"], "but for what `sh` adds"


def test_an_error_is_told_with_its_traceback(python: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("raise ValueError('no good')\n")
    done = subprocess.run([python, "wrong.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "wrong.py" in done.stderr and done.stderr.endswith("ValueError: no good\n")


def test_a_signal_that_ends_the_fork_ends_what_was_started(python: Path, tmp_path: Path) -> None:
    (tmp_path / "dies.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    assert subprocess.run([python, "dies.py"], cwd=tmp_path, check=False).returncode == -signal.SIGKILL


def test_the_fork_and_what_it_started_end_with_what_was_started(python: Path, tmp_path: Path) -> None:
    program = "import os, subprocess, time\nother = subprocess.Popen(['sleep', '600'])\n"
    (tmp_path / "stays.py").write_text(f"{program}print(os.getpid(), other.pid, flush=True)\ntime.sleep(600)\n")
    with subprocess.Popen([python, "stays.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        pids = [int(pid) for pid in running.stdout.readline().split()]
        assert all(map(_lives, pids))
        running.kill()
    until(lambda: not any(map(_lives, pids)))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
