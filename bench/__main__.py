"""`python -m bench`: measure, print tables, and on the last line one JSON object of name -> value."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import critical_path, fleet_memory, fleet_report, fleet_speed, preview, size

Figures = dict[str, object]

BOUNDS = {
    "preview_ratio": 1.6,
    "preview_floor_ratio": 2.4,
    "critical_path_ratio": 1.10,
    "program_mib": 250,
    "fleet_preview_ratio": 1.0,
    "fleet_preview_default_ratio": 1.0,
    "fleet_up_ratio": 0.35,
    "fleet_memory_mib": 1024,
    "fleet_render_s": 1.0,
    "fleet_comment_chars": 65_536,
}
"""What must not be exceeded; figures that have no bound are told only."""

FLOORS = {"critical_path_s": 60}
"""What must be reached: against a shorter chain, the ratio would tell of the machine rather than of waits."""

TOLD = 40
"""Last lines of what a command printed that are shown when it fails."""

console = Console(highlight=False)


def main() -> int:
    """Measure and return the exit code: 1 where a bound is exceeded."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure speed and size of the program and the fleet.")
    parser.add_argument("only", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all where none is named")
    only: list[str] = parser.parse_args().only
    if unknown := sorted(set(only) - set(PARTS)):
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    try:
        figures = _measured(only or PARTS)
    except subprocess.CalledProcessError as failed:
        said = "\n".join([*failed.stdout.splitlines()[-TOLD:], *failed.stderr.splitlines()[-TOLD:]])
        console.print(f"`{' '.join(failed.cmd)}` failed:\n{said}", markup=False, soft_wrap=True)
        return 1
    broken = broken_bounds(figures)
    if broken:
        console.print("out of bounds: " + "; ".join(broken))
    console.print(json.dumps(figures), soft_wrap=True)
    return 1 if broken else 0


def broken_bounds(figures: Mapping[str, object]) -> list[str]:
    """What is over its bound or under its floor, of the figures that were measured."""
    told = {name: float(str(figures[name])) for name in (*BOUNDS, *FLOORS) if name in figures}
    return [
        *(
            f"{name} {told[name]:g} > {bound:g}"
            for name, bound in BOUNDS.items()
            if name in told and told[name] > bound
        ),
        *(
            f"{name} {told[name]:g} < {floor:g}"
            for name, floor in FLOORS.items()
            if name in told and told[name] < floor
        ),
    ]


def _measured(parts: Collection[str]) -> Figures:
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for part, measure in PARTS.items():
            if part in parts:
                figures |= measure(Path(folder, part))
    return figures


def _preview(folder: Path) -> Figures:
    console.print("preview of eastus against two floors (about a minute) ...")
    found = preview.measure(folder)
    seconds = {
        "program": found.program,
        "floor, same SDK classes imported": found.floor,
        "floor": found.plain_floor,
        **{f"  of the program: {part}": seconds for part, seconds in found.split.items()},
    }
    _print("first preview of eastus", seconds.items(), digits=2)
    return {"preview_ratio": round(found.ratio, 2), "preview_floor_ratio": round(found.floor_ratio, 2)}


def _path(folder: Path) -> Figures:
    console.print("up of eastus against slow clouds (about a minute) ...")
    found = critical_path.measure(folder)
    table = Table("longest chain of eastus", "seconds", "begun after", box=None, pad_edge=False)
    for name, seconds, waited in found.steps:
        table.add_row(name, f"{seconds:.1f}", f"{waited:.2f}")
    table.add_row("end of the last step", "", f"{found.after:.2f}")
    table.add_row("chain", f"{found.chain:.1f}", "")
    table.add_row("up, first registration to last step", f"{found.taken:.1f}", "")
    console.print(table)
    return {"critical_path_ratio": round(found.ratio, 3), "critical_path_s": round(found.chain, 1)}


def _size(folder: Path) -> Figures:
    console.print("a whole rehearsal, and an up and a preview watched (about a minute) ...")
    found = size.measure(folder)
    console.print(f"program: {found.up_mib:.0f} MiB in an up, {found.preview_mib:.0f} MiB in a preview")
    return {
        "program_mib": round(found.program_mib),
        "simulate_s": round(found.simulate_s, 1),
        "resources": found.resources,
    }


def _fleet(folder: Path) -> Figures:
    count = len(fleet_speed.STACKS)
    console.print(f"{count} stacks deployed and previewed, {fleet_memory.STACKS} watched (about six minutes) ...")
    found = fleet_speed.measure(folder)
    _print(
        f"up of {count} stacks, slow clouds",
        {
            "pulumi up of a ninth": found.single_up,
            f"one after another, reckoned as {count} of these": found.single_ups,
            f"fleet up --parallel {fleet_speed.UP_PARALLEL}": found.fleet_up,
        }.items(),
    )
    _print(
        f"preview of {count} deployed stacks; the default here is --parallel {fleet_speed.DEFAULT}",
        {
            f"pulumi preview, mean of {len(found.fleet_previews)}": found.single_preview,
            f"one after another, reckoned as {count} of these": found.single_previews,
            **{
                f"fleet preview --parallel {parallel}, ratio {found.preview_ratios[parallel]:.2f}": seconds
                for parallel, seconds in found.fleet_previews.items()
            },
        }.items(),
    )
    return {
        "fleet_preview_ratio": round(found.preview_ratios[found.best], 2),
        "fleet_preview_parallel": found.best,
        "fleet_preview_default_ratio": round(found.preview_ratios[fleet_speed.DEFAULT], 2),
        "fleet_up_ratio": round(found.up_ratio, 2),
        "fleet_memory_mib": round(found.memory_mib),
    }


def _report(_: Path) -> Figures:
    found = fleet_report.measure()
    return {"fleet_render_s": round(found.seconds, 2), "fleet_comment_chars": found.characters}


PARTS: Mapping[str, Callable[[Path], Figures]] = {
    "preview": _preview,
    "path": _path,
    "size": _size,
    "fleet": _fleet,
    "report": _report,
}


def _print(title: str, rows: Iterable[tuple[str, float]], *, digits: int = 1) -> None:
    table = Table(title, "seconds", box=None, pad_edge=False)
    for name, seconds in rows:
        table.add_row(name, f"{seconds:.{digits}f}")
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
