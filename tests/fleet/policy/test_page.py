"""The page on policy lists the rules that there are."""

from __future__ import annotations

import importlib

from specs import ROOT

from fleet.policy.rule import rules

PAGE = ROOT / "docs" / "how-to" / "policy.md"


def table() -> list[str]:
    """The table of rules, line by line; what a rule asks for is the first line of its file."""
    lines = ["| rule | what holds | severity | waived by | source |", "|---|---|---|---|---|"]
    for rule in rules():
        holds = importlib.import_module(f"fleet.policy.{rule.id.replace('-', '_')}").__doc__ or ""
        waiver = f"`{rule.waiver}`" if rule.waiver else ""
        lines.append(f"| `{rule.id}` | {holds.strip().splitlines()[0]} | {rule.severity} | {waiver} | {rule.source} |")
    return lines


def test_the_page_lists_exactly_the_rules_that_there_are() -> None:
    listed = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]

    assert listed == table()
