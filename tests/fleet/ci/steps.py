"""Steps of a job, as the workflow runs them."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from fleet.ci.app import ci
from fleet.report import FleetReport
from fleet.show.markdown import prose
from tests.fleet.ci.conftest import Job


def gate(job: Job, report: FleetReport | None) -> tuple[int, str]:
    """Exit code, and what was printed."""
    path = job.folder / "report.json"
    if report:
        path.write_text(report.model_dump_json())
    words = ["gate", "--report", str(path), "--folder", str(job.checkout)]
    ended = CliRunner().invoke(ci, words, catch_exceptions=False)
    page = job.summary.read_text()
    assert all(prose(line) in page for line in ended.stdout.splitlines()), "the page of the run says it too"
    return ended.exit_code, ended.stdout


def comment(folder: Path, report: FleetReport) -> str:
    """What was printed."""
    path = folder / "report.json"
    path.write_text(report.model_dump_json())
    ended = CliRunner().invoke(ci, ["comment", "--report", str(path)], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.stdout.strip()
