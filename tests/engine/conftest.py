from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.deployment import PROJECT, Deployment
from engine.preloaded import preloaded

LIBRARIES = (
    "components.every_resource",
    "components.region",
    "components.shared",
    "fleet.app",
    "pulumi_anyscale.client",
    "pulumi_anyscale.provider",
)


@pytest.fixture(scope="session", autouse=True)
def _libraries_are_loaded_once() -> Iterator[None]:
    """A third of what each of the many runs here would take."""
    with preloaded(LIBRARIES, path=PROJECT) as python:
        Deployment.python = python
        yield


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Deployment]:
    """Both stack files, nothing deployed."""
    with Deployment.at(tmp_path) as deployment:
        deployment.init("eastus", "westus3")
        yield deployment


@pytest.fixture(scope="session")
def both_regions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which both stacks have been deployed once; copied, never used itself."""
    folder = tmp_path_factory.mktemp("deployed")
    with Deployment.at(folder) as deployment:
        deployment.init("eastus", "westus3")
        for stack in ("eastus", "westus3"):
            deployment.up(stack)
    return folder


@pytest.fixture
def deployed(both_regions: Path, tmp_path: Path) -> Iterator[Deployment]:
    """Both stacks deployed, in a world of the test's own."""
    with Deployment.at(Path(shutil.copytree(both_regions, tmp_path / "own", symlinks=True))) as deployment:
        yield deployment
