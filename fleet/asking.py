"""Questions to whoever is at the terminal, before something is done."""

from __future__ import annotations

import sys

import typer

from fleet.ctrl_c import at_terminal
from fleet.errors import FleetError


def confirmed(question: str) -> bool:
    """Ask before something is done."""
    return prompt(f"{question} [y/N] ").lower() in ("y", "yes")


def prompt(question: str) -> str:
    """Ask whoever is at the terminal.

    Raises:
        FleetError: nobody is.
    """
    if not at_terminal():
        raise FleetError(
            "Nobody is at the terminal to confirm: read the preview, then give --yes (destroy: --confirm)."
        )
    typer.echo(question, err=True, nl=False)
    return sys.stdin.readline().strip()
