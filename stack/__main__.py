"""`python -m stack <stack>`: what follows from a stack file, as text, without a cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stack.base import SettingsError
from stack.derive import derive
from stack.load import load_file, stacks_in
from stack.placeholders import placeholders
from stack.reference import markdown, schema
from stack.render import as_json, as_yaml

DOCS = "docs"
"""In place of a stack: write the reference of all settings."""


def main(
    stack: Annotated[str, typer.Argument(help="A stack with a file here, or `docs` to write the reference.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="JSON instead of YAML.")] = False,
    folder: Annotated[Path, typer.Option(help="Folder of the project.")] = Path(),
) -> None:
    """Print the spec of a stack. Exits with 1 when its file is refused, with 2 when there is none, or no folder."""
    if stack == DOCS:
        _write_reference(folder)
        return
    if stack not in stacks_in(folder):
        known = ", ".join(stacks_in(folder)) or "none"
        typer.echo(f"no Pulumi.{stack}.yaml in {folder.resolve()}; stacks with a file there: {known}", err=True)
        raise typer.Exit(2)
    try:
        settings = load_file(stack, folder)
    except SettingsError as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None
    spec = derive(stack, settings)
    typer.echo(as_json(spec) if json else as_yaml(spec), nl=False)
    for line in (*placeholders(settings), *spec.warnings):
        typer.echo(f"warning: {line}", err=True)


def _write_reference(folder: Path) -> None:
    if not (folder / DOCS).is_dir():
        typer.echo(f"{folder.resolve()} has no folder {DOCS}: name the project's folder with --folder", err=True)
        raise typer.Exit(2)
    for name, content in (("configuration.md", markdown()), ("stack.schema.json", schema())):
        (folder / DOCS / name).write_text(content, encoding="utf-8")
        typer.echo(f"wrote {DOCS}/{name}")


if __name__ == "__main__":
    typer.run(main)
