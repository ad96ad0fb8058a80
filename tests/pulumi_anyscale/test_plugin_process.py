from __future__ import annotations

import os
import subprocess
import sys
from concurrent import futures
from pathlib import Path

import grpc
import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

FOLDER = Path(__file__).parents[2] / "pulumi_anyscale"


def engine() -> tuple[grpc.Server, str]:
    """Something that listens where the engine would."""
    server = grpc.server(futures.ThreadPoolExecutor(1))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"127.0.0.1:{port}"


def start(address: str, *, folder: Path = FOLDER, cwd: Path | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", str(folder), address]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=cwd)


def port_of(plugin: subprocess.Popen[str]) -> int:
    assert plugin.stdout
    return int(plugin.stdout.readline())


def test_the_folder_is_a_plugin_that_runs_from_anywhere_and_through_a_link(tmp_path: Path) -> None:
    server, address = engine()
    (tmp_path / "link").symlink_to(FOLDER)
    plugin = start(address, folder=tmp_path / "link", cwd=tmp_path)
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port_of(plugin)}") as channel:
            info = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty())
        assert info.version, "it must need neither token nor configuration to start"
    finally:
        plugin.kill()
        plugin.wait()
        server.stop(None)


def test_a_setting_that_is_none_ends_the_plugin_with_one_line() -> None:
    ended = subprocess.run(
        [sys.executable, str(FOLDER), ""],
        env={**os.environ, "ANYSCALE_POLL_SECONDS": "fast"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr == "ANYSCALE_POLL_SECONDS is 'fast', which is no positive number of seconds; unset it\n"


def test_a_plugin_does_not_outlive_its_engine() -> None:
    server, address = engine()
    plugin = start(address)
    try:
        port_of(plugin)
        server.stop(None).wait()
        assert plugin.wait(timeout=120) == 0, "a killed engine cannot stop its plugins"
    finally:
        plugin.kill()


@pytest.mark.parametrize("heavy", ["httpx", "tenacity", "pydantic", "pulumi_azure_native"])
def test_a_plugin_loads_nothing_heavy_before_its_first_call(heavy: str) -> None:
    command = f"import sys, pulumi_anyscale.provider; sys.exit({heavy!r} in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", command], cwd=FOLDER.parent, check=False)

    assert ended.returncode == 0, "each preview waits for the plugin to start"


def test_the_engine_is_told_to_use_the_projects_own_environment() -> None:
    described = yaml.safe_load((FOLDER / "PulumiPlugin.yaml").read_text(encoding="utf-8"))
    project = yaml.safe_load((FOLDER.parent / "Pulumi.yaml").read_text(encoding="utf-8"))

    ours, theirs = (told["runtime"]["options"]["virtualenv"] for told in (described, project))
    assert (FOLDER / ours).resolve() == (FOLDER.parent / theirs).resolve()
