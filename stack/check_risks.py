"""Checks of accepted risks: that each is known, and named once."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.risks import RISKS
from stack.base import Problem, nearest, shown
from stack.settings import StackSettings


def check_risks(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """All of `acceptRisk`. Whether a risk is one at all is for the check that it lifts."""
    names: dict[str, int] = {}
    for index, accepted in enumerate(settings.accept_risk):
        path = f"acceptRisk[{index}].risk"
        if accepted.risk not in RISKS:
            yield Problem(
                path=path,
                found=shown(accepted.risk),
                why="which is no row of catalog/risks.py",
                remedy=nearest(accepted.risk, RISKS),
            )
        elif accepted.risk in names:
            yield Problem(
                path=path,
                found=shown(accepted.risk),
                why=f"which acceptRisk[{names[accepted.risk]}] accepts already",
                remedy="join the reasons",
            )
        names.setdefault(accepted.risk, index)
