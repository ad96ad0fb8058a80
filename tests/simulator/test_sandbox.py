"""The sandbox: a command in it meets the simulated world, and nothing of the user's."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from simulator.sandbox import Simulator
from simulator.toolchain.acquire import cache
from simulator.world import UnusableWorldError


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and ".simulator" not in path.parts]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if ".git" not in path.parts}


@pytest.mark.engine
def test_the_engine_touches_neither_the_users_files_nor_home_nor_git_status(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / ".pulumi").mkdir(parents=True)
    (home / ".pulumi" / "credentials.json").write_text("{}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache().parent))  # else `pulumi` might be built anew, for minutes
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
    status = subprocess.run(["git", "status", "--porcelain"], cwd=project, check=True, capture_output=True, text=True)
    assert status.stdout == "", "the sandbox hides itself"
    assert "encryptionsalt" in (project / ".simulator" / "Pulumi.one.yaml").read_text(), "the engine did write"


def test_settings_that_lead_out_of_the_simulated_world_are_left_behind(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = {
        "ARM_CLIENT_SECRET": "x",
        "AZURE_CONFIG_DIR": "x",
        "AZURE_CLIENT_ID": "x",
        "KUBECONFIG": "x",
        "PULUMI_ACCESS_TOKEN": "x",
        "PULUMI_BACKEND_URL": "x",
        "ANYSCALE_HOST": "https://console.anyscale.com",
    }
    for name, value in outside.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("EDITOR", "ed")

    with Simulator(project / ".simulator", project=project) as simulator:
        env = simulator.env

    assert not {"ARM_CLIENT_SECRET", "AZURE_CLIENT_ID", "PULUMI_ACCESS_TOKEN"} & env.keys()
    for tool in ("AZURE_CONFIG_DIR", "KUBECONFIG"):
        inside = Path(env[tool]).is_relative_to(project / ".simulator")
        assert inside and not Path(env[tool]).exists(), f"{tool}: az and kubectl find neither account nor cluster"
    assert env["PULUMI_BACKEND_URL"].startswith("file://")
    assert env["ANYSCALE_HOST"].startswith("http://127.0.0.1:")
    assert env["EDITOR"] == "ed", "what has nothing to do with clouds stays"


def test_an_edit_is_seen_by_the_next_pulumi_also_in_a_shell_that_was_open(simulator: Simulator, project: Path) -> None:
    edit = f"echo 'config: {{tiny:edited: yes}}' > {project}/Pulumi.one.yaml"

    done = simulator.run("sh", "-c", f"{edit}; pulumi version; cat Pulumi.one.yaml")

    assert "tiny:edited" in done.stdout, done.stderr


GROUP = "ResourceGroup('g', resource_group_name='g', location='eastus')"


@pytest.mark.engine
def test_a_world_that_is_gone_while_the_stacks_are_not_is_told_once_with_what_to_do(project: Path) -> None:
    sandbox = project / ".simulator"
    (project / "__main__.py").write_text(f"from pulumi_azure_native.resources import ResourceGroup\n{GROUP}")
    with Simulator(sandbox, project=project) as simulator:
        simulator.run("pulumi", "stack", "init", "one", check=True)
    with Simulator(sandbox, project=project) as simulator:
        simulator.run("pulumi", "up", "--yes", "--skip-preview", "--stack", "one", check=True)
    (sandbox / "world.json").unlink()

    with pytest.raises(UnusableWorldError) as refused, Simulator(sandbox, project=project):
        pass

    said = str(refused.value)
    assert "world.json is gone, and with it all that was deployed to it by one" in said
    assert f"python -m simulator --folder {sandbox} reset" in said, "else each resource fails by itself"
    assert f"python -m simulator --folder {sandbox} simulate one" in said


def test_a_state_that_is_none_is_left_to_the_engine(project: Path) -> None:
    stacks = project / ".simulator" / "state" / ".pulumi" / "stacks" / "tiny"
    stacks.mkdir(parents=True)
    for name, content in {"cut": "{", "new": '{"checkpoint": {"latest": null}}', "odd": "{}"}.items():
        (stacks / f"{name}.json").write_text(content)

    with Simulator(project / ".simulator", project=project) as simulator:
        assert simulator.env, "nothing was deployed, so nothing is missed"


def test_a_pulumi_that_was_cut_off_from_the_simulated_clouds_says_why(simulator: Simulator) -> None:
    attached = simulator.run("pulumi", "version")
    lost = simulator.run("pulumi", "version", PULUMI_DEBUG_PROVIDERS="")

    assert "PULUMI_DEBUG_PROVIDERS" not in attached.stderr
    assert "no simulated cloud" in lost.stderr, "the engine speaks of plugins that are missing"
    assert "python -m simulator shell" in lost.stderr, "what to do"
    assert lost.returncode == 0, "commands that need no cloud go on"


def test_a_signal_that_comes_while_the_command_is_started_reaches_it(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = simulator.start

    def interrupted(*words: str, **options: Any) -> subprocess.Popen[str]:
        running = start(*words, **options)
        assert running.stdout and running.stdout.readline() == "ready\n", "from here on it answers"
        os.kill(os.getpid(), signal.SIGTERM)
        return running

    monkeypatch.setattr(simulator, "start", interrupted)
    script = "trap 'exit 42' TERM; echo ready; while :; do sleep 0.1; done"
    with simulator.foreground("sh", "-c", script, stdout=subprocess.PIPE) as running:
        try:
            assert running.wait(timeout=30) == 42, "a lost signal would leave it running for ever"
        finally:
            running.kill()
