"""The report of a fleet as large as they come: how long it takes to write, and whether it fits one comment."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

from fleet.show import report_markdown
from tests.fleet.fleets import big_fleet

ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class ReportFigures:
    """Median seconds to render the report of 50 stacks with 2,000 changes as Markdown, and its characters."""

    seconds: float
    characters: int


def measure() -> ReportFigures:
    """Render it a few times."""
    report = big_fleet(stacks=50, changes=2_000)
    taken: list[float] = []
    text = ""
    for _ in range(ROUNDS):
        start = time.perf_counter()
        text = report_markdown.render(report)
        taken.append(time.perf_counter() - start)
    return ReportFigures(seconds=statistics.median(taken), characters=len(text))
