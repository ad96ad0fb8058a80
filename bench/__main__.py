"""`python -m bench`: measure, print tables, and on the last line one JSON object of name -> value."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import critical_path, preview, size

BOUNDS = {
    "preview_ratio": 1.6,
    "preview_floor_ratio": 2.4,
    "critical_path_ratio": 1.10,
    "program_mib": 250,
}
"""What must not be exceeded; the other figures are told only."""

console = Console(highlight=False)


def main() -> int:
    """Measure and return the exit code: 1 where a bound is exceeded."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        console.print("preview of eastus against two floors (about a minute) ...")
        previews = preview.measure(folder / "preview")
        console.print("up of eastus against slow clouds (about two minutes) ...")
        path = critical_path.measure(folder / "path")
        console.print("a whole rehearsal (about half a minute) ...")
        sizes = size.measure(folder / "size")
    _print_preview(previews)
    _print_path(path)
    figures: dict[str, object] = {
        "preview_ratio": round(previews.ratio, 2),
        "preview_floor_ratio": round(previews.floor_ratio, 2),
        "critical_path_ratio": round(path.ratio, 3),
        "critical_path_s": round(path.chain, 1),
        "program_mib": round(sizes.program_mib),
        "simulate_s": round(sizes.simulate_s, 1),
        "resources": sizes.resources,
    }
    exceeded = [
        f"{name} {figures[name]} > {bound}" for name, bound in BOUNDS.items() if float(str(figures[name])) > bound
    ]
    if exceeded:
        console.print("over the bound: " + "; ".join(exceeded))
    console.print(json.dumps(figures), soft_wrap=True)
    return 1 if exceeded else 0


def _print_preview(figures: preview.PreviewFigures) -> None:
    table = Table("first preview of eastus", "seconds", box=None, pad_edge=False)
    rows = {
        "program": figures.program,
        "floor, same SDK classes imported": figures.floor,
        "floor": figures.plain_floor,
        **{f"  of the program: {part}": seconds for part, seconds in figures.split.items()},
    }
    for name, seconds in rows.items():
        table.add_row(name, f"{seconds:.2f}")
    console.print(table)


def _print_path(figures: critical_path.PathFigures) -> None:
    table = Table("longest chain of eastus", "seconds", box=None, pad_edge=False)
    for name, seconds in figures.steps:
        table.add_row(name, f"{seconds:.1f}")
    table.add_row("chain", f"{figures.chain:.1f}")
    table.add_row("up, first write to last", f"{figures.taken:.1f}")
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
