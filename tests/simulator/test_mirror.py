"""Copies of the project file and the stack files: what is copied, what stays, what goes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from simulator import mirror as module
from simulator.mirror import Mirror


@pytest.fixture
def mirror(project: Path, tmp_path: Path) -> Mirror:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    mirror = Mirror(folder, project)
    mirror.refresh()
    return mirror


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


def test_a_stack_file_is_copied_as_text(mirror: Mirror, project: Path) -> None:
    asked = (project / "Pulumi.one.yaml").read_text()
    assert "1.30 " in asked, "a number that reading and writing would change"

    assert (mirror.folder / "Pulumi.one.yaml").read_text() == asked


def test_what_is_no_ascii_is_copied_on_a_machine_that_speaks_nothing_else(project: Path, tmp_path: Path) -> None:
    (project / "Pulumi.one.yaml").write_text("config: {tiny:owner: Zoë}\n", encoding="utf-8")
    folder = tmp_path / "sandbox"
    folder.mkdir()
    poor = {**os.environ, "LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}

    for _ in range(2):  # the second time there is a copy to compare with
        words = [sys.executable, "-P", str(module.__file__), str(folder), str(project)]
        done = subprocess.run(words, env=poor, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    assert "Zoë" in (folder / "Pulumi.one.yaml").read_text(encoding="utf-8"), "the engine reads UTF-8"


def test_the_copy_of_the_project_says_what_it_is(mirror: Mirror) -> None:
    first = (mirror.folder / "Pulumi.yaml").read_text().splitlines()[0]

    assert "python -m simulator -- pulumi" in first, "whoever finds the folder runs pulumi in it by hand"


@pytest.mark.parametrize("empty", ["plugins:", "runtime: {name: python, options: }"])
def test_a_section_that_is_empty_is_no_section(project: Path, mirror: Mirror, empty: str) -> None:
    (project / "Pulumi.yaml").write_text(f"name: tiny\nruntime: python\n{empty}\n")

    mirror.refresh()

    copy = yaml.safe_load((mirror.folder / "Pulumi.yaml").read_text())
    assert copy["runtime"]["options"] == {"virtualenv": sys.prefix}


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
