"""Which stacks there are, and in which order."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from specs import ROOT

from fleet.errors import FleetError
from fleet.stacks import discover, select, stack_of


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("Pulumi.yaml", "Pulumi.eastus.yaml", "Pulumi.westus3.yaml"):
        shutil.copy2(ROOT / name, tmp_path)
    return tmp_path


def test_the_owner_of_the_cloud_comes_first_whatever_its_name(project: Path) -> None:
    (project / "Pulumi.westus3.yaml").rename(project / "Pulumi.a-joiner.yaml")

    assert [(stack.name, stack.primary) for stack in discover(project)] == [("eastus", ""), ("a-joiner", "eastus")]


def test_a_broken_file_is_a_stack_with_problems_and_the_others_are_read(project: Path) -> None:
    (project / "Pulumi.westus3.yaml").write_text("config: {anyscale-on-aks:sizedFor: 7}")

    broken = next(stack for stack in discover(project) if stack.name == "westus3")

    assert broken.spec is None
    assert any("sizedFor" in problem for problem in broken.problems)


def test_a_file_that_is_no_yaml_is_a_stack_with_a_problem(project: Path) -> None:
    (project / "Pulumi.westus3.yaml").write_text("config: [")

    assert any(stack.problems for stack in discover(project))


def test_a_folder_without_project_or_stack_files_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FleetError, match="holds no Pulumi.yaml.*--folder"):
        discover(tmp_path)
    (tmp_path / "Pulumi.yaml").touch()
    with pytest.raises(FleetError, match="holds no stack file.*docs/configuration.md"):
        discover(tmp_path)


def test_one_region_is_not_taken_for_another(project: Path) -> None:
    (project / "Pulumi.westus3.yaml").unlink()
    with pytest.raises(FleetError) as told:
        select(discover(project), ["westus3"])
    assert "Did you mean" not in str(told.value)
    with pytest.raises(FleetError, match=r"Did you mean eastus\?"):
        select(discover(project), ["estus"])


def test_a_choice_keeps_the_order_and_an_unknown_name_is_answered_with_the_nearest(project: Path) -> None:
    stacks = discover(project)

    assert [stack.name for stack in select(stacks, ["westus3", "eastus"])] == ["eastus", "westus3"]
    assert select(stacks, []) == stacks
    with pytest.raises(FleetError, match=r"no Pulumi.westus2.yaml.*`pulumi stack ls`.*Did you mean westus3\?"):
        select(stacks, ["westus2"])


def test_a_stack_file_is_known_by_its_name() -> None:
    names = ["Pulumi.eastus.yaml", "Pulumi.a.b.yaml", "Pulumi.yaml", "Pulumi..yaml", "eastus.yaml"]

    assert [stack_of(Path("any", name)) for name in names] == ["eastus", "a.b", "", "", ""]
