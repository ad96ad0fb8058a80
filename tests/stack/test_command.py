from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from specs import ROOT, STACKS, a_spec
from typer import Typer
from typer.testing import CliRunner, Result

from stack.__main__ import main
from stack.render import HEADINGS


def run(*words: str, folder: Path = ROOT) -> Result:
    app = Typer()
    app.command()(main)
    return CliRunner().invoke(app, [*words, "--folder", str(folder)])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("stack", STACKS)
def test_a_spec_is_printed_without_a_complaint_of_the_library(stack: str) -> None:
    assert run(stack).exit_code == 0


def test_json_says_the_same_as_yaml() -> None:
    assert json.loads(run("eastus", "--json").stdout) == yaml.safe_load(run("eastus").stdout)


def test_the_text_names_what_was_derived() -> None:
    printed = yaml.safe_load(run("eastus").stdout)

    assert printed["names"]["cluster"] == a_spec().names.cluster
    assert [pool["asked"] for pool in printed["pools"]] == [pool.asked.name for pool in a_spec().pools]


def test_every_heading_of_the_text_stands_over_a_part_of_it() -> None:
    text = run("eastus").stdout

    assert set(HEADINGS) <= set(yaml.safe_load(text)), "a heading without its part would never be seen"
    assert all(f"\n# {heading}\n{key}:" in text for key, heading in HEADINGS.items())


def test_the_text_tells_which_mount_anyscale_mounts_by_itself() -> None:
    printed = yaml.safe_load(run("eastus").stdout)
    assert [mount["name"] for mount in printed["mounts"] if mount["registered"]] == ["blob-fuse2"]


@pytest.mark.parametrize(
    ("primary", "beside", "told"),
    [
        ("eastsu", ["eastus"], "warning: cloud.primary: no Pulumi.eastsu.yaml here; did you mean 'eastus'?"),
        ("eastsu", [], "warning: cloud.primary: no Pulumi.eastsu.yaml here\n"),
        ("eastus", ["eastus"], ""),
    ],
)
def test_a_primary_without_a_file_is_told(tmp_path: Path, primary: str, beside: list[str], told: str) -> None:
    text = (ROOT / "Pulumi.westus3.yaml").read_text().replace("primary: eastus", f"primary: {primary}")
    (tmp_path / "Pulumi.westus3.yaml").write_text(text)
    for stack in beside:
        (tmp_path / f"Pulumi.{stack}.yaml").touch()
    result = run("westus3", folder=tmp_path)

    assert result.exit_code == 0, "it may be in another folder"
    assert told in result.stderr
    assert ("cloud.primary" in result.stderr) == bool(told)


def test_placeholders_and_warnings_are_told_beside_the_text() -> None:
    result = run("eastus")

    assert result.exit_code == 0, "a placeholder is no reason to refuse a look"
    assert "warning: azure-native:subscriptionId" in result.stderr
    assert "placeholder" not in result.stdout, "the text is for other programs too"


def test_an_unknown_stack_is_answered_with_those_that_exist() -> None:
    result = run("eastsu")

    assert result.exit_code == 2
    assert "eastus, westus3" in result.stderr


def test_a_refused_file_exits_with_1_and_its_problems(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.a.yaml").write_text("config: {}\n")
    result = run("a", folder=tmp_path)

    assert result.exit_code == 1
    assert "nodePools: absent" in result.stderr
    assert "Traceback" not in result.output


def test_docs_writes_the_reference(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    assert run("docs", folder=tmp_path).exit_code == 0

    assert {path.name for path in (tmp_path / "docs").iterdir()} == {"configuration.md", "stack.schema.json"}


def test_docs_is_refused_where_it_would_find_no_place(tmp_path: Path) -> None:
    result = run("docs", folder=tmp_path)

    assert result.exit_code == 2
    assert "has no folder docs" in result.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("config: [", "cannot be read as YAML"),
        ("config: 5", "config: 5, where a section"),
        ("[]", "config: nothing, where a section"),
        ("", "config: nothing, where a section"),
        ("config:\n  a: 1\n  a: 2", "key 'a' stands twice"),
        ("config:\n  ? [1, 2]\n  : 3", "cannot be read as YAML"),
        ("config: &loop {anyscale-on-aks:tags: *loop}", "contains itself"),
        ("config: {nodePools: []}", "write anyscale-on-aks:nodePools"),
        ("config: {anyscale-on-ask:nodePools: []}", "write anyscale-on-aks:nodePools"),
        ("config: {azure-natve:location: eastus}", "write azure-native:location"),
        ("config: {anyscale-on-aks:azure-native: {}}", "write azure-native:location"),
        ("config: {anyscale-on-aks:tags: {7: y, ? null : z}, 3: x}", "3: no namespace"),
        ("config: {anyscale-on-aks:nodePools: !!set {b, a}}", "nodePools: a section, where a list"),
        ("config: {location: eastus}", "write azure-native:location"),
        ("config: {anyscale-on-aks:location: eastus}", "write azure-native:location"),
        ("config: {config:nodePools: []}", "write anyscale-on-aks:nodePools"),
        ("config: {}\nanyscale-on-aks:tags: {}", "anyscale-on-aks:tags: a key beside config, where nobody reads it"),
        ("config:\n  azure-native:location: eastus\nazure-native:x: y", "azure-native:x: a key beside config"),
        ("\x00", "cannot be read as YAML"),
        ('config: {anyscale-on-aks:tags: {a: "\\ud800"}}', "a text that is no Unicode at line 1, column 36"),
        ('config: {"\\udfff": a}', "a text that is no Unicode"),
        ("config: " + "[" * 3000, "cannot be read as YAML"),
    ],
)
def test_a_file_that_is_no_stack_file_is_refused_in_lines(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "Pulumi.a.yaml").write_text(text)
    result = run("a", folder=tmp_path)

    assert result.exit_code == 1, result.output
    assert words in result.stderr
    assert "Traceback" not in result.output
