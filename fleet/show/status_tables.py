"""A status as people read it: tables over the regions, the sums, then what is wrong. Its JSON is `model_dump_json`.

Owns how a status looks. Refuses to judge: what is wrong stands in `RegionStatus.problem`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fleet.show.markdown import code, html_code, prose
from fleet.show.masking import masked
from fleet.show.plain import plain
from fleet.status import FleetStatus, RegionStatus

Cell = Callable[[RegionStatus, datetime], str]

OVERVIEW: dict[str, Cell] = {
    "stack": lambda row, _: row.stack,
    "region": lambda row, _: row.region,
    "cluster": lambda row, _: row.cluster_name,
    "Kubernetes": lambda row, _: row.kubernetes_version,
    "node pools": lambda row, _: " ".join(row.node_pools),
    "GPUs at most": lambda row, _: _gpus(row.gpus),
    "operator": lambda row, _: row.operator_status,
    "last update": lambda row, now: "running now" if row.updating else age(row.last_update, now),
}
DETAILS: dict[str, Cell] = {
    "stack": lambda row, _: row.stack,
    "Anyscale cloud": lambda row, _: row.cloud_name,
    "Anyscale resource": lambda row, _: row.cloud_resource_id,
    "data": lambda row, _: row.data_url,
    "lifecycle": lambda row, _: row.lifecycle,
    "contract": lambda row, _: "" if row.contract is None else str(row.contract),
}
"""What is copied more often than compared."""
TABLES = (OVERVIEW, DETAILS)
"""Two, since one would be wider than a screen."""

_NOTHING = "-"
"""In a cell of which nothing is known."""
_UNBOUND = 10_000
"""Columns of a terminal that no table fills."""
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))
"""Seconds."""


def terminal(status: FleetStatus, console: Console) -> None:
    """Write a status to a terminal; whatever its width, nothing is cut, since ids are for copying."""
    for columns in TABLES:
        table = Table(*columns, box=None, pad_edge=False)
        for row in status.regions:
            table.add_row(*(Text(plain(cell(row, status.as_of)) or _NOTHING) for cell in columns.values()))
        whole = console.measure(table, options=console.options.update(width=_UNBOUND)).maximum
        wide = Console(
            file=console.file, width=max(whole, console.width), highlight=False, force_terminal=console.is_terminal
        )
        wide.print(table)
        console.print()
    problems = (f"{row.stack}: {row.problem}" for row in _troubled(status))
    for line in (_sums(status, _gpus(status.totals.gpus)), *problems):
        console.print(plain(line), markup=False, soft_wrap=True)


def markdown(status: FleetStatus) -> str:
    """Return a status, masked, as a section of a comment or of a job's summary."""
    lines: list[str] = []
    for columns in TABLES:
        lines += [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
        for row in status.regions:
            texts = [cell(row, status.as_of) for cell in columns.values()]
            lines.append(f"| {' | '.join(html_code(masked(text)) if text else _NOTHING for text in texts)} |")
        lines.append("")
    problems = [f"- {code(row.stack)}: {prose(masked(row.problem))}" for row in _troubled(status)]
    sums = _sums(status, prose(_gpus(status.totals.gpus)))
    return "\n".join([*lines, sums, *(["", *problems] if problems else []), ""])


def age(then: datetime | None, now: datetime) -> str:
    """How long ago in the largest unit of which there is a whole one; empty where nothing is known."""
    if then is None:
        return ""
    seconds = (now - then).total_seconds()
    for unit, length in _UNITS:
        if count := int(seconds // length) if seconds >= length else 0:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _gpus(gpus: Mapping[str, int]) -> str:
    return ", ".join(f"{most} {accelerator}" for accelerator, most in gpus.items())


def _sums(status: FleetStatus, gpus: str) -> str:
    sums = status.totals
    return (
        f"{sums.registered} of {sums.stacks} registered, {sums.node_pools} node pools, "
        f"GPUs at most: {gpus or 'none'}. As of each stack's last `up`."
    )


def _troubled(status: FleetStatus) -> list[RegionStatus]:
    return [row for row in status.regions if row.problem]
