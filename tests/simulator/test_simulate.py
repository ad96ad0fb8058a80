"""`make simulate`: stacks are deployed, checked and shown, and what went wrong is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.sandbox import Simulator
from simulator.simulate import Deployed, simulate

REGISTERED = {
    "clusterName": "aks-one",
    "nodePools": ["cpu", "t4"],
    "cloudResourceId": "cldrsrc_1",
    "operatorStatus": "HEALTHY",
    "dataUrl": "abfss://one",
}


def exports(folder: Path, outputs: dict[str, Any]) -> None:
    lines = ["import pulumi", *(f"pulumi.export({key!r}, {value!r})" for key, value in outputs.items())]
    (folder / "__main__.py").write_text("\n".join(lines))


@pytest.fixture(autouse=True)
def registered(project: Path) -> None:
    exports(project, REGISTERED)


@pytest.mark.engine
def test_stacks_are_deployed_checked_and_shown(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(simulator, ["one"]) == 0

    shown = capsys.readouterr().out
    row = next(line.split() for line in shown.splitlines() if line.startswith("one  "))
    assert row == ["one", "aks-one", "cpu", "t4", "cldrsrc_1", "registered", "abfss://one"]
    assert "simulator -- pulumi preview --stack one" in shown, "what to type next"
    assert simulate(simulator, ["one"]) == 0, "a second time there is nothing to do"


@pytest.mark.engine
def test_what_to_type_next_leads_to_the_world_that_was_deployed_to(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Simulator(tmp_path / "elsewhere", project=project) as simulator:
        assert simulate(simulator, ["one"]) == 0

    assert f"simulator --folder {tmp_path / 'elsewhere'} -- pulumi preview" in capsys.readouterr().out


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
