"""`fleet up`: what is deployed, what is not again, what is shown and asked in the middle of it. No real engine."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from fleet_events import ACCOUNT, after, before, said

from fleet import order
from fleet.__main__ import run
from fleet.session import DEPLOYING, PARALLEL
from tests.fleet.commands import CHANGES, DESTRUCTIVE, DONE, FAILED, LESS, MAP, MORE, Printed, Typist, stacks
from tests.fleet.fake_engine import FakeEngine, log

NOT_YET = ""
MADE = log(MORE, after("update", MAP, "map"))


def test_only_what_changes_is_deployed_and_the_report_says_so(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.says("preview westus3", log=log(MORE))
    pulumi.says("up", log=MADE)

    assert run(["up", "--yes", "--format", "json"]) == DONE
    assert pulumi.calls("up") == ["up westus3"]
    told = stacks(capsys)
    assert told["eastus"]["notes"] == ["nothing to change, and so not deployed again"]
    assert told["eastus"]["state"] == "done" and not told["eastus"]["changes"]
    assert [change["name"] for change in told["westus3"]["changes"]] == ["map"]


def test_an_unchanged_stack_is_left_alone_where_its_primary_tells_what_it_told(pulumi: FakeEngine) -> None:
    pulumi.says("preview eastus", log=log(MORE))

    assert run(["up", "--yes"]) == DONE
    assert pulumi.calls("up") == ["up eastus"]


def test_a_stack_whose_primary_tells_other_things_now_is_previewed_again(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.tells("eastus", "cld_2", cloud_id="cld_1")
    pulumi.says("preview eastus", log=log(MORE))
    pulumi.says("preview westus3", {"log": log(LESS)}, log=log(MORE))

    assert run(["up", "--yes", "--format", "json"]) == FAILED
    told = stacks(capsys)
    assert pulumi.calls("up") == ["up eastus"], "what is destructive against the new cloud was not shown before"
    assert "is destructive" in told["westus3"]["error"] and not told["westus3"]["changes"], "nothing was done"
    assert told["westus3"]["next"] == ["fleet preview --stack westus3", "fleet up --stack westus3"]


@pytest.fixture
def from_nothing(pulumi: FakeEngine) -> FakeEngine:
    """eastus is not deployed, and tells what westus3 needs from its `up` on."""
    pulumi.tells("eastus", "cld_1", cloud_id=NOT_YET)
    pulumi.says("preview", log=log(MORE))
    return pulumi


def test_what_had_to_wait_is_shown_and_asked_for_once_it_can_be_previewed(
    from_nothing: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.setattr(sys, "stdin", Typist("y", "y"))

    assert run(["up"]) == DONE
    assert from_nothing.calls("preview", "up") == ["preview eastus", "up eastus", "preview westus3", "up westus3"]
    err = capsys.readouterr().err
    assert "Deploy eastus? (westus3: previewed once it can be" in err and "Deploy westus3? [y/N]" in err
    assert err.index("preview of 1 stack: ") < err.index("Deploy westus3?"), "shown before it is asked"


def test_a_no_in_the_middle_keeps_the_report_of_what_was_done(
    from_nothing: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.setattr(sys, "stdin", Typist("y", "n"))

    assert run(["up", "--format", "json"]) == FAILED
    told = stacks(capsys)
    assert (told["eastus"]["state"], told["westus3"]["state"]) == ("done", "skipped")
    assert told["westus3"]["next"] == ["fleet up --stack westus3"]


def test_what_had_to_wait_goes_no_further_where_its_preview_fails_or_is_destructive(
    from_nothing: FakeEngine, capsys: Printed
) -> None:
    from_nothing.says("preview westus3", log=log(LESS))
    assert run(["up", "--yes", "--format", "json"]) == FAILED
    assert "is destructive" in stacks(capsys)["westus3"]["error"]
    from_nothing.says("preview westus3", log=log(said("error", "no quota")), code=255)
    from_nothing.tells("eastus", "cld_1", cloud_id=NOT_YET)

    assert run(["up", "--yes", "--format", "json"]) == FAILED
    assert stacks(capsys)["westus3"]["error"] == "error: no quota"
    assert "up westus3" not in from_nothing.calls()


def test_leave_given_before_holds_for_what_had_to_wait(from_nothing: FakeEngine) -> None:
    from_nothing.says("preview westus3", log=log(LESS))

    assert run(["up", "--yes", "--allow-destructive"]) == DONE


def test_a_failed_owner_stops_those_that_join_it_and_one_command_goes_on(
    from_nothing: FakeEngine, capsys: Printed
) -> None:
    from_nothing.says("up eastus", log=log(before("create", MAP, "b", new={}), said("error", "no quota")), code=255)

    assert run(["up", "--yes", "--format", "json"]) == FAILED
    told = stacks(capsys)
    assert (told["eastus"]["state"], told["westus3"]["error"]) == ("failed", "eastus failed first.")
    assert not told["eastus"]["changes"], "nothing was ended"
    assert {*told["eastus"]["next"], *told["westus3"]["next"]} == {"fleet up --stack eastus --stack westus3"}


def test_a_stack_that_cannot_be_previewed_holds_back_itself_and_no_other(
    pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    pulumi.says("preview eastus", log=log(MORE))
    pulumi.says("preview westus3", log=log(said("error", "no quota")), code=255)
    monkeypatch.setattr(sys, "stdin", Typist("y"))

    assert run(["up", "--format", "json"]) == FAILED, "the run says that something is left"
    out, err = capsys.readouterr()
    told = {each["stack"]: each for each in json.loads(out)["stacks"]}
    assert "Deploy eastus? (westus3: held back, see above)" in err
    assert pulumi.calls("up") == ["up eastus"]
    assert (told["eastus"]["state"], told["westus3"]["state"]) == ("done", "failed")
    assert told["westus3"]["error"] == "error: no quota"
    assert told["westus3"]["next"] == ["pulumi preview --stack westus3", "fleet up --stack westus3"]


def test_nothing_that_joins_a_stack_which_breaks_a_rule_is_deployed(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.says("preview eastus", log=log(before("create", ACCOUNT, "eastus-data", new={"allowSharedKeyAccess": True})))
    pulumi.says("preview westus3", log=log(MORE))

    assert run(["up", "--yes"]) == FAILED
    assert capsys.readouterr().err.endswith("Nothing was deployed: what failed above comes first.\n")
    assert not pulumi.calls("up")


def test_what_is_destructive_beside_a_failure_still_needs_leave(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.says("preview eastus", log=log(LESS))
    pulumi.says("preview westus3", log=log(said("error", "no quota")), code=255)

    assert run(["up", "--yes"]) == FAILED, "a failure comes first among exit codes"
    assert "fleet up --allow-destructive" in capsys.readouterr().err
    assert not pulumi.calls("up")
    assert run(["up", "--yes", "--allow-destructive"]) == FAILED
    assert pulumi.calls("up") == ["up eastus"]


def test_what_waits_for_a_stack_that_is_no_part_of_the_run_says_what_to_type(
    from_nothing: FakeEngine, capsys: Printed
) -> None:
    assert run(["up", "--yes", "--stack", "westus3", "--format", "json"]) == FAILED
    out, err = capsys.readouterr()
    assert json.loads(out)["stacks"][0]["next"] == ["fleet up --stack eastus --stack westus3"]
    assert err.endswith("Nothing was deployed: what waits above joins a stack that is no part of this run.\n")
    from_nothing.tells("eastus", cloud_id=NOT_YET)
    assert run(["preview"]) == CHANGES
    assert "\n  fleet up\n" in capsys.readouterr().out, "with all stacks, one command does it"
    assert not from_nothing.calls("up")


def test_a_run_on_the_simulator_says_so_in_what_to_type(
    pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.setenv("FLEET_SIMULATED", "1")
    pulumi.says("preview", log=log(MORE))
    pulumi.says("up", log=log(said("error", "no quota")), code=255)

    run(["up", "--yes", "--stack", "eastus", "--format", "json"])
    assert stacks(capsys)["eastus"]["next"] == ["fleet --simulated up --stack eastus"]
    pulumi.says("preview", log=log(said("error", "no quota")), code=255)
    run(["preview", "--stack", "eastus", "--format", "json"])
    assert stacks(capsys)["eastus"]["next"] == ["python -m simulator -- pulumi preview --stack eastus"]


def test_what_is_edited_while_a_question_waits_is_previewed_again_before_it_is_deployed(
    pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    pulumi.says("preview eastus", log=log(MORE))
    pulumi.says("preview westus3", {"log": log(LESS)}, log=log(MORE))
    file = pulumi.project / "Pulumi.westus3.yaml"

    class Editor(Typist):
        def readline(self) -> str:
            file.write_text(file.read_text().replace("maxCount: 50", "maxCount: 60"))
            return super().readline()

    monkeypatch.setattr(sys, "stdin", Editor("y"))

    assert run(["up", "--format", "json"]) == FAILED
    told = stacks(capsys)
    assert pulumi.calls("up") == ["up eastus"], "nobody has seen what the edited file destroys"
    assert "previewed again after the others were shown, it is destructive" in told["westus3"]["error"]


def test_a_file_that_is_saved_again_as_it_was_is_no_edit(pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi.says("preview", log=log(MORE))
    file = pulumi.project / "Pulumi.westus3.yaml"

    class Editor(Typist):
        def readline(self) -> str:
            file.write_text(f"# looked at\n{file.read_text()}")
            return super().readline()

    monkeypatch.setattr(sys, "stdin", Editor("y"))

    assert run(["up"]) == DONE
    assert sorted(pulumi.calls("preview")) == ["preview eastus", "preview westus3"], "each once"
    assert pulumi.calls("up") == ["up eastus", "up westus3"]


def test_nothing_is_deployed_without_a_yes(
    pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    pulumi.says("preview", log=log(MORE))

    assert run(["up"]) == FAILED
    assert "give --yes" in capsys.readouterr().err
    for answer in (["n"], [""], []):
        monkeypatch.setattr(sys, "stdin", Typist(*answer))
        assert run(["up"]) == FAILED
        assert capsys.readouterr().err.endswith("Nothing was deployed.\n")
    assert not pulumi.calls("up")
    monkeypatch.setattr(sys, "stdin", Typist("y"))
    assert run(["up"]) == DONE
    assert pulumi.calls("up") == ["up eastus", "up westus3"]
    assert not pulumi.signals()


def test_the_gate_says_why_it_is_shut(pulumi: FakeEngine, capsys: Printed) -> None:
    pulumi.says("preview westus3", log=log(LESS))

    assert run(["up", "--yes"]) == DESTRUCTIVE
    assert "fleet up --allow-destructive" in capsys.readouterr().err
    assert not pulumi.calls("up")


def test_what_the_gate_says_to_type_reaches_no_stack_that_was_not_chosen(
    pulumi: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    pulumi.says("preview westus3", log=log(LESS))
    monkeypatch.chdir(tmp_path)

    assert run(["up", "--yes", "--stack", "westus3", "--folder", "project"]) == DESTRUCTIVE
    again = "fleet up --allow-destructive --folder project --stack westus3"
    assert capsys.readouterr().err.endswith(f"If it is meant: {again}\n")


def test_previews_are_bound_by_processors_and_deployments_by_azure(
    pulumi: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once: list[int] = []
    real = order.run

    def noted(*args: Any, **options: Any) -> Any:
        at_once.append(options["parallel"])
        return real(*args, **options)

    monkeypatch.setattr("fleet.order.run", noted)
    pulumi.says("preview", log=log(MORE))
    run(["up", "--yes"])
    run(["up", "--yes", "--parallel", "3"])

    assert at_once == [PARALLEL, DEPLOYING, 3, 3]
