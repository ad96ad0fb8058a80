"""One stack in a job of its own: the command that a person would type, and a report whatever becomes of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import deque
from pathlib import Path
from typing import Literal

import typer
from pydantic import ValidationError

from fleet.errors import FleetError
from fleet.report import FleetReport, StackReport
from fleet.session import require
from fleet.show.masking import masked_report
from fleet.unwatched import without_file

Operation = Literal["preview", "drift"]
_PROJECT = Path(__file__).parents[2]
"""Where `-m fleet` is found from any folder."""
_LAST_LINES = 12
"""Of a command that ended without a report: enough for the end of a traceback."""


def run(operation: Operation, stack: str, folder: Path) -> FleetReport:
    """Run `fleet preview` or `fleet drift` on one stack; its progress goes to stderr as it comes.

    Of a stack that has no file there is nothing to preview: the backend is asked what lives on.

    Returns:
        its report, masked. A command that ended without one is a failed stack with its last words.
    """
    if operation == "preview" and not (folder / f"Pulumi.{stack}.yaml").exists():
        return masked_report(FleetReport(operation=operation, stacks=(_without_file(stack, folder),)))
    words = [sys.executable, "-m", "fleet", operation, "--stack", stack, "--folder", str(folder), "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(_PROJECT)}
    last: deque[str] = deque(maxlen=_LAST_LINES)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        with subprocess.Popen(
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as running:
            for line in running.stderr or ():
                typer.echo(line, err=True, nl=False)
                last.append(line.strip())
        out.seek(0)
        told = out.read()
    try:
        report = FleetReport.model_validate_json(told)
    except ValidationError:
        error = "\n".join(last) or f"`fleet {operation}` ended with {running.returncode} and said nothing."
        report = FleetReport(operation=operation, stacks=(StackReport(stack=stack, state="failed", error=error),))
    return masked_report(report)


def _without_file(stack: str, folder: Path) -> StackReport:
    try:
        engine = require(folder)
        return without_file(stack, engine.known(), engine.typed)
    except FleetError as refusal:
        return StackReport(stack=stack, state="failed", error=str(refusal))
