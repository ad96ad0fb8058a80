from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from standins_client import Client, Standins, build, standins

from simulator.sandbox import Simulator


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project under version control, with one stack file and a program that makes nothing."""
    folder = tmp_path / "project"
    folder.mkdir()
    settings = {"name": "tiny", "runtime": {"name": "python", "options": {"virtualenv": ".venv"}}}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump({**settings, "options": {"refresh": "always"}}))
    (folder / "Pulumi.one.yaml").write_text("# as the user wrote it\nconfig:\n  tiny:version: 1.30   # kept as text\n")
    (folder / "__main__.py").write_text("import pulumi\n")
    commit = ("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "start")
    for words in (("init", "--quiet"), ("add", "."), commit):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


@pytest.fixture
def simulator(project: Path) -> Iterator[Simulator]:
    with Simulator(project / ".simulator", project=project) as simulator:
        yield simulator


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Standins]:
    """The stand-ins, over an empty world."""
    with standins(tmp_path) as running:
        yield running


@pytest.fixture
def kubernetes(served: Standins) -> Client:
    """A client of the region's cluster, in which the operator's namespace is there."""
    build(served.azure())
    client = served.kubernetes()
    client.create("kubernetes:core/v1:Namespace", "ns", {"metadata": {"name": "anyscale-operator"}})
    return client
