from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from simulator.toolchain import engine
from simulator.toolchain.acquire import Failed, run_to_end

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Machine:
    """A machine whose PATH holds only what a test puts there, without a network, with an empty cache."""

    bin: Path
    cache: Path

    def has(self, name: str, script: str, folder: Path | None = None) -> Path:
        program = (folder or self.bin) / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!{sys.executable}\nimport os, pathlib, sys, time\n{script}")
        program.chmod(0o755)
        return program

    def has_go(self, version: str = "go1.26.8", *, build: str = "") -> None:
        """A Go whose builds print a version; each build is one line of `builds`."""
        self.has(
            "go",
            f"if sys.argv[1] == 'env': print({version!r}); sys.exit()\n"
            f"open({str(self.cache.parent / 'builds')!r}, 'a').write('build\\n')\n"
            "out = pathlib.Path(sys.argv[sys.argv.index('-o') + 1]); out.parent.mkdir()\n"
            f"out.write_text('#!{sys.executable}\\nprint(\"v3.250.0\")'); out.chmod(0o755)\n{build}",
        )

    @property
    def builds(self) -> int:
        log = self.cache.parent / "builds"
        return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    found = Machine(bin=tmp_path / "bin", cache=tmp_path / "cache" / "anyscale-on-aks")
    found.bin.mkdir()
    monkeypatch.setenv("PATH", str(found.bin))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")  # nobody listens there: the installer's site is out of reach
    engine.ready.cache_clear()
    yield found
    engine.ready.cache_clear()  # other tests want the real one


def says(version: str) -> str:
    return f"print({version!r})"


@pytest.mark.parametrize(
    ("told", "version"),
    [("v3.250.0", (3, 250, 0)), ("3.244.1-alpha.2+abc", (3, 244, 1)), ("v10.0.12\n", (10, 0, 12)), ("unknown", (0,))],
)
def test_the_version_is_read_from_what_pulumi_prints(machine: Machine, told: str, version: tuple[int, ...]) -> None:
    assert engine.version(machine.has("pulumi", says(told))) == version


def test_asking_for_the_version_writes_nothing_into_the_users_home(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "pulumi-home"
    home.mkdir()
    monkeypatch.setenv("PULUMI_HOME", str(home))
    program = machine.has("pulumi", "pathlib.Path(os.environ['PULUMI_HOME'], 'log').touch(); print('v3.250.0')")

    assert engine.version(program) == (3, 250, 0)
    assert not any(home.iterdir()), "the engine logs each command into its home"


def test_a_program_that_does_not_start_has_no_version(tmp_path: Path) -> None:
    assert engine.version(tmp_path / "absent") == (0,)


def test_a_recent_pulumi_on_path_is_used_and_nothing_is_brought(machine: Machine) -> None:
    program = machine.has("pulumi", says("v3.244.0"))
    machine.has(engine.HOST_NAME, "")
    machine.has_go()

    assert engine.ready().program == program, "the official host is beside it: nothing of ours is needed"
    assert machine.builds == 0


def test_the_installer_comes_before_a_build(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.has_go()
    installer = machine.has(
        "python",
        "out = pathlib.Path(sys.argv[-1], 'bin', 'pulumi'); out.parent.mkdir(parents=True)\n"
        f"out.write_text('#!{sys.executable}\\nprint(\"v3.272.0\")'); out.chmod(0o755)",
    )
    monkeypatch.setattr(sys, "executable", str(installer))

    assert engine.obtain().way == "3.272.0 by its installer"
    assert machine.builds == 0


def test_without_the_installers_site_pulumi_is_built_once(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.has_go()

    built = engine.obtain()

    assert built.way == "3.250.0 built from Go modules"
    assert "cannot be downloaded from here" in capsys.readouterr().err, "which way was left out is said"
    assert engine.find() == built
    assert engine.obtain() == built
    assert machine.builds == 1, "what is in the cache is not built again"


def test_a_pulumi_that_is_too_old_is_named_and_not_used(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.has("pulumi", says("v3.243.9"))
    machine.has_go()

    assert engine.ready().way.startswith("3.250.0 built")
    assert "pulumi 3.243.9 on PATH is older than 3.244.0" in capsys.readouterr().err


@pytest.mark.parametrize("version", [None, "go1.25.9", "not a version"])
def test_without_a_way_the_commands_that_help_are_named(machine: Machine, version: str | None) -> None:
    if version:
        machine.has_go(version)

    with pytest.raises(engine.NoEngineError) as refusal:
        engine.ready()

    said = str(refusal.value)
    assert (version or "not on PATH") in said, "what was found is said"
    assert "brew install pulumi" in said
    assert "brew install go" in said
    assert "snap install go" in said, "a command for each system, not a page to read"
    assert machine.builds == 0


def test_a_build_that_fails_leaves_nothing_behind(machine: Machine) -> None:
    machine.has_go(build="sys.exit('no space left on device')")

    with pytest.raises(engine.NoEngineError, match="no space left on device"):
        engine.obtain()

    assert [path.name for path in machine.cache.iterdir()] == ["lock"], "the half-written binary is gone"


def test_a_download_that_fails_leaves_nothing_behind(machine: Machine) -> None:
    with pytest.raises(engine.NoEngineError):
        engine.obtain()

    assert [path.name for path in machine.cache.iterdir()] == ["lock"]


@pytest.mark.parametrize("changed", ["go.mod", "go.sum"])
def test_another_lock_is_another_build(
    machine: Machine, changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has_go()
    monkeypatch.setattr(engine, "MODULE", Path(shutil.copytree(engine.MODULE, tmp_path / "go")))
    first = engine.obtain()
    with (engine.MODULE / changed).open("a") as file:
        file.write("\n")

    assert engine.obtain().program != first.program
    assert machine.builds == 2


def test_two_processes_build_once(machine: Machine) -> None:
    machine.has_go(build="time.sleep(1)")
    command = [sys.executable, "-m", "simulator.toolchain"]

    running = [
        subprocess.Popen(
            command, cwd=PROJECT, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    printed = [process.communicate()[0].strip() for process in running]

    assert machine.builds == 1, "one waits for the other"
    assert printed[0] == printed[1]
    assert (Path(printed[0]) / "pulumi").exists()


def test_our_host_stands_beside_an_engine_that_has_none(machine: Machine) -> None:
    program = machine.has("pulumi", says("v3.250.0"))

    ours = engine.ready()

    assert ours.program.samefile(program), "a link: no second copy of 100 MB"
    host = ours.program.parent / engine.HOST_NAME
    assert os.access(host, os.X_OK)
    assert sys.executable in host.read_text(), "it runs in the environment that has its imports"
    engine.ready.cache_clear()
    assert engine.ready() == ours


def test_an_official_host_anywhere_on_path_is_preferred(machine: Machine) -> None:
    program = machine.has("pulumi", says("v3.250.0"), machine.bin / "elsewhere")
    (machine.bin / "pulumi").symlink_to(program)
    machine.has(engine.HOST_NAME, "")

    assert engine.ready().program == program


def test_an_upgraded_pulumi_gets_a_host_of_its_own(machine: Machine) -> None:
    machine.has("pulumi", says("v3.250.0"))
    before = engine.ready()
    (machine.bin / "pulumi").unlink()
    machine.has("pulumi", says("v3.251.0 "))
    engine.ready.cache_clear()

    assert engine.version(engine.ready().program) == (3, 251, 0)
    assert engine.ready().program != before.program


def test_a_command_that_does_not_end_is_ended_with_all_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)  # the reader sees its end when the last process that has it open is gone
    reader = os.open(started, os.O_RDONLY | os.O_NONBLOCK)
    script = f"exec 3> {started}; sleep 600 & sleep 600"

    with pytest.raises(Failed, match="no end after"):
        run_to_end(["sh", "-c", script], "waiting", Console(quiet=True), seconds=0.5)

    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b"", "nothing still holds the pipe"
    os.close(reader)
