"""Files are read as the engine reads them, so that `python -m stack` and `pulumi` refuse and take the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from stack.base import SettingsError
from stack.stack_file import read_yaml


def read(folder: Path, scalar: str) -> object:
    (folder / "Pulumi.a.yaml").write_text(f"config: {{key: {scalar}}}")
    return cast("dict[str, Any]", read_yaml("a", folder)["config"])["key"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(("yes", "yes"), ("NO", "NO"), ("on", "on"), ("y", "y"), ("2:00", "2:00"), ("12:30:45", "12:30:45")),
        *(("190:20:30.15", "190:20:30.15"), ("1.2.3.4/8", "1.2.3.4/8"), ("10.10.0.0/16", "10.10.0.0/16"), ("-", "-")),
        *(("True", True), ("false", False), ("~", None), ("", None), ("Null", None), ("'5'", "5")),
        *(("0777", 511), ("0o17", 15), ("1_000", 1000), ("0b11", 3), ("0x1F", 31), ("+5", 5), ("0", 0)),
        *((".5", 0.5), ("1e3", 1000), ("08", 8), ("1.36", 1.36), (".inf", float("inf"))),
    ],
)
def test_an_unquoted_scalar_is_what_the_engine_takes_it_for(tmp_path: Path, written: str, meant: object) -> None:
    found = read(tmp_path, written)

    assert found == meant, "as `pulumi config --json` shows it (3.250)"
    assert isinstance(found, bool) == isinstance(meant, bool), "1 is not true"


@pytest.mark.parametrize("date", ["2026-12-31", "2026-12-31T10:00:00Z", "2026-12-31 10:00:00"])
def test_a_date_that_the_engine_would_spell_otherwise_is_refused(tmp_path: Path, date: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(tmp_path, date)

    [problem] = refusal.value.problems
    assert f"'{date}' is a date to YAML: quote it, at line 1, column 15" in problem
    assert read(tmp_path, f'"{date}"') == date


def test_a_key_that_stands_twice_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.a.yaml").write_text("config:\n  a: 1\n  b: 2\n  a: 3\n")
    with pytest.raises(SettingsError) as refusal:
        read_yaml("a", tmp_path)

    assert "key 'a' stands twice at line 2, column 3" in refusal.value.problems[0]


def test_what_is_merged_into_a_section_is_no_key_that_stands_twice(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.a.yaml").write_text("x: &x {a: 1}\ny: &y {b: 2}\nconfig: {<<: [*x, *y], c: 3}\n")
    assert read_yaml("a", tmp_path)["config"] == {"a": 1, "b": 2, "c": 3}
