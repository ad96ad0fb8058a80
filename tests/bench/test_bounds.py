"""A bench that cannot fail measures nothing: what breaks a bound, and what is no measurement at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import fleet_speed, size
from bench.__main__ import BOUNDS, FLOORS, PARTS, broken_bounds
from fleet.session import PARALLEL


def started(*words: str) -> Any:
    """Stands for a simulator: whatever it is to run, this is run instead."""

    def start(*_: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(words, text=True, **options)

    return SimpleNamespace(start=start)


def test_what_is_at_its_bound_is_within_it() -> None:
    assert broken_bounds({**BOUNDS, **FLOORS}) == []


@pytest.mark.parametrize("name", BOUNDS)
def test_what_is_over_its_bound_is_told(name: str) -> None:
    [told] = broken_bounds({name: BOUNDS[name] * 1.5})

    assert told.startswith(f"{name} "), told


def test_a_chain_of_less_than_a_minute_is_told_however_good_its_ratio() -> None:
    assert broken_bounds({"critical_path_ratio": 1.0, "critical_path_s": 59.9}) == ["critical_path_s 59.9 < 60"]


def test_the_default_parallelism_is_measured_and_judged_by_its_own_ratio() -> None:
    assert fleet_speed.DEFAULT == PARALLEL, "of the fleet itself"
    assert fleet_speed.DEFAULT in fleet_speed.PREVIEW_PARALLEL, "else it is never measured"
    figures = {"fleet_preview_ratio": 0.8, "fleet_preview_default_ratio": 1.2}

    assert broken_bounds(figures) == ["fleet_preview_default_ratio 1.2 > 1"], "a good best hides no bad default"


def test_the_table_of_the_fleet_says_what_was_reckoned_and_which_parallelism_is_the_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    previews = dict.fromkeys(fleet_speed.PREVIEW_PARALLEL, 60.0) | {fleet_speed.DEFAULT: 100.0}
    seen = fleet_speed.FleetFigures(
        single_up=50.0, fleet_up=80.0, single_preview=10.0, fleet_previews=previews, memory_mib=900.0
    )
    monkeypatch.setattr(fleet_speed, "measure", lambda _: seen)

    figures = PARTS["fleet"](tmp_path)

    table = capsys.readouterr().out
    assert f"the default here is --parallel {PARALLEL}" in table
    for seconds in ("400.0", "80.0"):  # eight times one
        assert any("reckoned as 8 of these" in line and seconds in line for line in table.splitlines()), table
    assert broken_bounds(figures) == ["fleet_preview_default_ratio 1.25 > 1"], "of 100 s to 80 s, though 60 s is best"


def test_memory_of_a_program_that_was_never_seen_is_no_figure() -> None:
    with pytest.raises(SystemExit, match="was seen to run no program"):
        size.peak_mib(started("sleep", "0.3"), "preview")


def test_memory_of_a_command_that_failed_is_no_figure() -> None:
    with pytest.raises(SystemExit, match="failed with exit code 1"):
        size.peak_mib(started("false"), "up")


def test_the_programs_memory_is_that_of_the_process_below_the_engine_which_runs_it(tmp_path: Path) -> None:
    program = tmp_path / "run_program.py"
    program.write_text("import time; kept = bytearray(64 * 2**20); time.sleep(1)")
    engine = f"import subprocess, sys; subprocess.run([sys.executable, {str(program)!r}], check=True)"

    found = size.peak_mib(started(sys.executable, "-c", engine), "up")

    assert found > 64, "it holds that much"
