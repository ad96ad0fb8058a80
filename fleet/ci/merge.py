"""From the reports of single stacks to one of the fleet, in which no stack is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from fleet.ci.one_stack import Operation
from fleet.errors import FleetError
from fleet.report import SCHEMA_VERSION, FleetReport, StackReport

SILENT = (
    "It did not report: its job never began, was cancelled, ran out of time or died. See its log, then run the failed "
    "jobs again."
)


def merge(paths: Sequence[Path], *, stacks: Sequence[str], operation: Operation) -> FleetReport:
    """Join reports.

    Args:
        paths: files, and folders in which every `.json` is one. What is absent reported nothing. A file is called
            after its stack, so that one which cannot be read is known.
        stacks: those that must report, in their order.
        operation: what they report on.

    Raises:
        FleetError: a stack reported twice, or is none of `stacks`.
    """
    found: dict[str, StackReport] = {}
    for path in _files(paths):
        for report in _read(path, operation):
            if report.stack in found or report.stack not in stacks:
                why = "reported twice" if report.stack in found else "has no stack file"
                raise FleetError(f"{path}: {report.stack} {why}: give the reports of one run only, each once.")
            found[report.stack] = report
    silent = {stack: StackReport(stack=stack, state="failed", error=SILENT) for stack in stacks}
    return FleetReport(operation=operation, stacks=tuple({**silent, **found}.values()))


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.json"))
        elif path.exists():
            yield path


def _read(path: Path, operation: Operation) -> tuple[StackReport, ...]:
    try:
        report = FleetReport.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        problem = f"cannot be read ({str(error).splitlines()[0]})"
    else:
        if report.schema_version == SCHEMA_VERSION and report.operation == operation:
            return report.stacks
        problem = f"is of a {report.operation}, of version {report.schema_version}"
    return (StackReport(stack=path.stem, state="failed", error=f"Its report {problem}. Run its job again."),)
