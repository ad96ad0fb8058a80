from __future__ import annotations

import dataclasses
import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from simulator import __main__ as command_line
from simulator.mirror import Mirror
from simulator.sandbox import Simulator
from simulator.simulate import Deployed, simulate
from simulator.world import Record, World

PROJECT = Path(__file__).parents[2]
STACK_FILE = "# as the user wrote it\nconfig:\n  tiny:version: 1.30   # kept as text\n"
REGISTERED = {
    "clusterName": "aks-one",
    "nodePools": ["cpu", "t4"],
    "cloudResourceId": "cldrsrc_1",
    "operatorStatus": "HEALTHY",
    "dataUrl": "abfss://one",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project under version control, with one stack file."""
    folder = tmp_path / "project"
    folder.mkdir()
    settings = {"name": "tiny", "runtime": {"name": "python", "options": {"virtualenv": ".venv"}}}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump({**settings, "options": {"refresh": "always"}}))
    (folder / "Pulumi.one.yaml").write_text(STACK_FILE)
    exports(folder, REGISTERED)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "start")
    return folder


@pytest.fixture
def mirror(project: Path, tmp_path: Path) -> Mirror:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    mirror = Mirror(folder, project)
    mirror.refresh()
    return mirror


@pytest.fixture
def simulator(project: Path) -> Iterator[Simulator]:
    with Simulator(project / ".simulator", project=project) as simulator:
        yield simulator


def exports(folder: Path, outputs: dict[str, Any]) -> None:
    lines = ["import pulumi", *(f"pulumi.export({key!r}, {value!r})" for key, value in outputs.items())]
    (folder / "__main__.py").write_text("\n".join(lines))


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and ".simulator" not in path.parts]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if ".git" not in path.parts}


# The user's own files


@pytest.mark.engine
def test_the_engine_touches_neither_the_users_files_nor_home_nor_git_status(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / ".pulumi").mkdir(parents=True)
    (home / ".pulumi" / "credentials.json").write_text("{}")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    before, before_home = contents(project), contents(home / ".pulumi")

    with Simulator(project / ".simulator", project=project) as simulator:
        for words in (
            ("stack", "init", "one"),
            ("config", "set", "--stack", "one", "added", "value"),
            ("up", "--yes", "--skip-preview", "--stack", "one"),
            ("preview", "--stack", "one"),
        ):
            done = simulator.run("pulumi", *words)
            assert done.returncode == 0, done.stdout + done.stderr

    assert contents(project) == before, "the salt of `stack init` and `config set` went into the copy"
    assert contents(home / ".pulumi") == before_home
    assert any((project / ".simulator" / "home").iterdir()), "the engine's home is the sandbox's own"
    assert git(project, "status", "--porcelain") == "", "the sandbox hides itself"
    assert "encryptionsalt" in (project / ".simulator" / "Pulumi.one.yaml").read_text(), "the engine did write"


def test_settings_that_lead_out_of_the_simulated_world_are_left_behind(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = {
        "ARM_CLIENT_SECRET": "x",
        "AZURE_CONFIG_DIR": "x",
        "PULUMI_ACCESS_TOKEN": "x",
        "PULUMI_BACKEND_URL": "x",
        "ANYSCALE_HOST": "https://console.anyscale.com",
    }
    for name, value in outside.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("EDITOR", "ed")

    with Simulator(project / ".simulator", project=project) as simulator:
        env = simulator.env

    assert not {"ARM_CLIENT_SECRET", "AZURE_CONFIG_DIR", "PULUMI_ACCESS_TOKEN"} & env.keys()
    assert env["PULUMI_BACKEND_URL"].startswith("file://")
    assert env["ANYSCALE_HOST"].startswith("http://127.0.0.1:")
    assert env["EDITOR"] == "ed", "what has nothing to do with clouds stays"


# Copies


def test_the_project_is_named_absolutely_and_keeps_its_options(mirror: Mirror, project: Path) -> None:
    said = yaml.safe_load((project / "Pulumi.yaml").read_text())
    plugins = {"providers": [{"name": "ours", "path": "provider"}, {"name": "theirs", "path": "/opt/theirs"}]}
    (project / "Pulumi.yaml").write_text(yaml.safe_dump({**said, "plugins": plugins}))

    mirror.refresh()

    copy = yaml.safe_load((mirror.folder / "Pulumi.yaml").read_text())
    assert copy["main"] == str(project)
    assert copy["runtime"]["options"]["virtualenv"] == sys.prefix, "the environment that runs this, wherever it is"
    assert [each["path"] for each in copy["plugins"]["providers"]] == [str(project / "provider"), "/opt/theirs"]
    assert copy["options"] == {"refresh": "always"}


def test_a_stack_file_is_copied_as_text(mirror: Mirror) -> None:
    assert (mirror.folder / "Pulumi.one.yaml").read_text() == STACK_FILE, "1.30 read and written would be 1.3"


def test_what_the_engine_wrote_is_kept_when_the_user_changes_the_file(mirror: Mirror, project: Path) -> None:
    copy = mirror.folder / "Pulumi.one.yaml"
    copy.write_text("config:\n  tiny:version: 1.3\nencryptionsalt: v1:of:sandbox\nsecretsprovider: passphrase\n")
    (project / "Pulumi.one.yaml").write_text("encryptionsalt: v1:of:user\nconfig:\n  tiny:version: 2\n")

    mirror.refresh()

    assert yaml.safe_load(copy.read_text()) == {
        "config": {"tiny:version": 2},
        "encryptionsalt": "v1:of:sandbox",
        "secretsprovider": "passphrase",
    }


def test_what_a_command_set_in_the_sandbox_stays_until_the_user_changes_the_file(mirror: Mirror, project: Path) -> None:
    copy = mirror.folder / "Pulumi.one.yaml"
    copy.write_text("config: {set: here}\n")
    mirror.refresh()
    assert copy.read_text() == "config: {set: here}\n"

    (project / "Pulumi.one.yaml").write_text("config: {set: there}\n")
    mirror.refresh()
    assert copy.read_text() == "config: {set: there}\n"


def test_a_stack_file_that_is_gone_takes_its_copy_along(mirror: Mirror, project: Path) -> None:
    (mirror.folder / "Pulumi.two.yaml").write_text("config: {}\n")  # of a stack made in the sandbox
    (project / "Pulumi.one.yaml").unlink()

    mirror.refresh()

    assert [path.name for path in mirror.folder.glob("Pulumi.*.yaml")] == ["Pulumi.two.yaml"]


def test_stacks_are_named_by_their_files(mirror: Mirror, project: Path) -> None:
    (project / "Pulumi.a.b.yaml").touch()

    assert mirror.stacks() == ["a.b", "one"]


def test_an_edit_is_seen_by_the_next_pulumi_also_in_a_shell_that_was_open(simulator: Simulator, project: Path) -> None:
    edit = f"echo 'config: {{tiny:edited: yes}}' > {project}/Pulumi.one.yaml"

    done = simulator.run("sh", "-c", f"{edit}; pulumi version; cat Pulumi.one.yaml")

    assert "tiny:edited" in done.stdout, done.stderr


# The command line


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

        assert process.stdout.read() == "told\n", "once, not twice"
        assert process.wait() == 42


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


# make simulate


@pytest.mark.engine
def test_stacks_are_deployed_checked_and_shown(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(simulator, ["one"]) == 0

    shown = capsys.readouterr().out
    row = next(line.split() for line in shown.splitlines() if line.startswith("one  "))
    assert row == ["one", "aks-one", "cpu", "t4", "cldrsrc_1", "registered", "abfss://one"]
    assert "pulumi preview --stack one" in shown, "what to type next"
    assert simulate(simulator, ["one"]) == 0, "a second time there is nothing to do"


@pytest.mark.engine
def test_a_stack_that_anyscale_does_not_hear_from_is_a_failure(
    simulator: Simulator, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exports(project, {**REGISTERED, "operatorStatus": "DISCONNECTED"})

    assert simulate(simulator, ["one"]) == 1
    assert "not registered, operator DISCONNECTED" in capsys.readouterr().out


@pytest.mark.engine
def test_a_stack_that_is_never_done_is_a_failure(
    simulator: Simulator, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    group = "ResourceGroup('g', resource_group_name='g', location='eastus', tags={'now': str(time.time_ns())})"
    with (project / "__main__.py").open("a") as program:
        program.write(f"\nimport time\nfrom pulumi_azure_native.resources import ResourceGroup\n{group}")

    assert simulate(simulator, ["one"]) == 1
    assert "`pulumi preview" in (said := capsys.readouterr().out), "which command failed"
    assert "ResourceGroup g update" in said, "and what is left to change"


@pytest.mark.engine
def test_a_failed_deployment_shows_the_end_of_what_was_printed(
    simulator: Simulator, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "__main__.py").write_text("import pulumi\nraise pulumi.RunError('quota [bold]is[/bold] used up')")

    assert simulate(simulator, ["one"]) == 1
    assert "error: quota [bold]is[/bold] used up" in capsys.readouterr().out, "as printed, not as markup"


def test_a_stack_without_a_file_is_named_with_those_that_have_one(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate(simulator, ["one", "two"]) == 2

    said = capsys.readouterr().out
    assert "no Pulumi.two.yaml" in said
    assert "Stacks with a file: one" in said


@pytest.mark.parametrize("missing", ["cloudResourceId", "operatorStatus"])
def test_a_stack_is_registered_only_with_a_resource_and_a_healthy_operator(missing: str) -> None:
    assert Deployed.of("one", REGISTERED).state == "registered"

    assert Deployed.of("one", {**REGISTERED, missing: ""}).state != "registered"
