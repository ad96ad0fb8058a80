from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.toolchain import engine
from simulator.toolchain.language_host import INTERPRETER, Host

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class Project:
    """A tiny project with a stack, under the real engine with this project's language host."""

    folder: Path
    env: dict[str, str]

    def write(self, program: str, *, name: str = "__main__.py", **project: Any) -> None:
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(f"import os, sys, time, pathlib, pulumi\n{program}\n")
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "tiny", "runtime": "python", **project}))

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["pulumi", *words, "--stack", "one", "--non-interactive"],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def preview(self) -> list[dict[str, Any]]:
        """What the engine tells the user in a preview."""
        printed, _ = self.start("preview", "--json").communicate()
        return json.loads(printed[printed.index("{") :]).get("diagnostics", [])

    def errors(self) -> list[str]:
        errors = [told["message"] for told in self.preview() if told["severity"] == "error"]
        return [message.strip().removeprefix("error: ") for message in errors]

    def outputs(self) -> dict[str, Any]:
        printed, _ = self.start("up", "--yes", "--skip-preview").communicate()
        told, _ = self.start("stack", "output", "--json").communicate()
        try:
            return json.loads(told)
        except json.JSONDecodeError:
            raise AssertionError(printed) from None


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = engine.find() or engine.obtain()
    host = engine._with_own_host(found.program).parent
    (tmp_path / "state").mkdir()
    env = {
        **os.environ,
        "PATH": os.pathsep.join([str(host), os.environ["PATH"]]),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    folder = tmp_path / "project"
    folder.mkdir()
    tiny = Project(folder, env)
    tiny.write("")
    subprocess.run(["pulumi", "stack", "init", "one"], cwd=folder, env=env, check=True, capture_output=True)
    return tiny


def test_a_refusal_is_one_error_without_a_traceback(project: Project) -> None:
    project.write("raise pulumi.RunError('there is no region atlantis')")

    assert project.errors() == ["there is no region atlantis"]


def test_an_exception_is_told_through_the_users_own_files(project: Project) -> None:
    project.write("def deepest(): raise ValueError('bad value')", name="library.py")
    project.write("import library\nlibrary.deepest()")

    [error] = project.errors()

    assert error.splitlines()[-1] == "ValueError: bad value"
    files = [line.split('"')[1] for line in error.splitlines() if line.lstrip().startswith("File")]
    assert files == [str(project.folder / "__main__.py"), str(project.folder / "library.py")], "no line of ours"


def test_a_cause_is_told_the_same_way(project: Project) -> None:
    project.write("try: int('x')\nexcept ValueError as error: raise KeyError('outer') from error")

    [error] = project.errors()

    assert "ValueError: invalid literal" in error
    assert "run_program.py" not in error
    assert "runpy" not in error


def test_an_error_in_an_output_reaches_the_user(project: Project) -> None:
    project.write("pulumi.export('x', pulumi.Output.from_input(1).apply(lambda one: one / 0))")

    assert any("ZeroDivisionError" in error for error in project.errors())


def test_an_error_of_the_engine_is_told_once(project: Project) -> None:
    project.write("pulumi.CustomResource('unheard:of:Thing', 'thing', {})")

    errors = project.errors()

    assert len(errors) == 1, "the program that waits for the engine is cancelled, and has nothing to say of its own"
    assert "Traceback" not in errors[0]


def test_a_program_that_is_killed_says_by_what(project: Project) -> None:
    project.write("os.kill(os.getpid(), 9)")

    [error] = project.errors()

    assert "the program ended with SIGKILL" in error


def test_a_program_that_exits_says_with_what(project: Project) -> None:
    project.write("sys.exit(3)")

    [error] = project.errors()

    assert "the program ended with exit code 3" in error


def test_the_virtual_environment_of_the_project_runs_the_program(project: Project) -> None:
    folder = project.folder / "its-own"
    venv.create(folder, with_pip=False, symlinks=True)
    [packages] = folder.glob("lib/*/site-packages")
    (packages / "ours.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    runtime = {"name": "python", "options": {"virtualenv": "its-own"}}
    project.write("pulumi.export('prefix', sys.prefix)", runtime=runtime)

    assert project.outputs() == {"prefix": str(folder)}


def test_an_interpreter_that_is_named_comes_before_it(project: Project, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text(f'#!/bin/sh\nexec env THROUGH="$0" {sys.executable} "$@"\n')
    other.chmod(0o755)
    project.env[INTERPRETER] = str(other)
    project.write("pulumi.export('through', os.environ['THROUGH'])")
    assert project.outputs() == {"through": str(other)}


def test_a_virtual_environment_that_is_not_there_is_named(project: Project) -> None:
    project.write("", runtime={"name": "python", "options": {"virtualenv": "absent"}})

    printed, _ = project.start("preview").communicate()

    assert f"the virtual environment {project.folder / 'absent'} that the project names is not there" in printed


def test_a_program_elsewhere_runs_in_its_own_folder(project: Project) -> None:
    project.write("answer = 42", name="program/beside.py", main="program")
    project.write(
        "from beside import answer\npulumi.export('seen', [answer, os.getcwd()])",
        name="program/__main__.py",
        main="program",
    )

    assert project.outputs() == {"seen": [42, str(project.folder / "program")]}


def test_a_program_may_be_named_by_its_file(project: Project) -> None:
    project.write("pulumi.export('ran', __file__.rsplit('/')[-1])", name="program/start.py", main="program/start.py")

    assert project.outputs() == {"ran": "start.py"}


def test_config_and_stack_reach_the_program(project: Project) -> None:
    project.write(
        "pulumi.export('seen', [pulumi.get_stack(), pulumi.get_project(), pulumi.Config().require('key')])\n"
        "pulumi.export('hidden', pulumi.Config().require_secret('password'))"
    )
    for words in (("key", "value"), ("--secret", "password", "hush")):
        project.start("config", "set", *words).communicate()

    assert project.outputs() == {"seen": ["one", "tiny", "value"], "hidden": "[secret]"}


WAITS = """
pathlib.Path('program.pid').write_text(f'{os.getpid()} {os.getppid()}')
pathlib.Path('program.pid').rename('running')
time.sleep(600)
"""


@contextmanager
def waiting(project: Project) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """The engine with a program that waits; yields the engine and the ids of the program and its host."""
    project.write(WAITS)
    process = project.start("preview")
    try:
        running = project.folder / "running"
        until(running.exists, "the program runs")
        program, host = map(int, running.read_text().split())
        yield process, program, host
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_host_and_program_end_with_the_engine(project: Project, number: int) -> None:
    with waiting(project) as (process, program, host):
        process.send_signal(number)

        until(lambda: not lives(program), "a program without an engine has nothing to do")
        until(lambda: not lives(host), "nor has a host")


def test_the_program_ends_with_the_host(project: Project) -> None:
    with waiting(project) as (_, program, host):
        os.kill(host, signal.SIGKILL)

        until(lambda: not lives(program), "nothing can stop a program whose host is gone")


def test_an_interrupt_ends_the_program(project: Project) -> None:
    with waiting(project) as (process, program, _):
        process.send_signal(signal.SIGINT)

        until(lambda: not lives(program), "the engine cancels it through the host")


class Call:
    """A call from the engine that goes on."""

    def add_callback(self, _: Callable[[], None]) -> bool:
        return True


def test_a_cancelled_program_ends_and_plugins_finish_what_they_write() -> None:
    host = Host(engine="")
    program, plugin = (children.start(["sleep", "600"], Call()) for children in (host.programs, host.plugins))

    host.Cancel(None, None)

    assert program.wait(timeout=60) == -signal.SIGKILL
    assert host.programs.ended(program), "so its end is no news to the user"
    assert plugin.poll() is None, "a plugin in the middle of a write would leave an orphan"
    host.plugins.end_all()
    assert plugin.wait(timeout=60) == -signal.SIGKILL


def lives(process: int) -> bool:
    """Tell whether a process runs; one that waits to be reaped does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")


def until(true: Callable[[], bool], why: str) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError(f"did not come true: {why}")
