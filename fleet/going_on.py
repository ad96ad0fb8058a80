"""What to type where a run over several stacks stopped: one command for all that is left, after what mends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fleet.report import StackReport
from fleet.typed import Typed


def with_next(
    reports: Mapping[str, StackReport], command: Literal["up", "destroy"], typed: Typed
) -> dict[str, StackReport]:
    """Reports by stack, those that did not get through with what to type.

    Stacks that were skipped name first what mends those that failed, so that the commands can be typed from the top.
    """
    by_itself = {name: typed.pulumi("destroy", stack=name) for name in reports}
    left = [name for name, each in reports.items() if each.state != "done" and by_itself[name] not in each.next]
    again = typed.fleet(command, stacks=left)
    alone = {typed.fleet(command, stacks=(name,)) for name in left}
    first = [line for each in reports.values() for line in each.next if line not in alone]
    found: dict[str, StackReport] = {}
    for name, report in reports.items():
        mends = first if report.state in ("skipped", "waits") else [line for line in report.next if line not in alone]
        lines = (*dict.fromkeys(mends), *([again] if name in left else []))
        found[name] = report if report.state == "done" else report.model_copy(update={"next": lines})
    return found
