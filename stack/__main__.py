"""`python -m stack <stack>`: what follows from a stack file, as text, without a cloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from stack.base import SettingsError, nearest
from stack.derive import derive
from stack.load import load_file
from stack.placeholders import placeholders
from stack.reference import markdown, schema
from stack.render import as_json, as_yaml
from stack.settings import JoinsCloud
from stack.spec import StackSpec
from stack.stack_file import stacks_in

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
    for line in (*map(str, placeholders(settings)), *_absent_primary(spec, folder), *spec.warnings):
        typer.echo(f"warning: {line}", err=True)


def _absent_primary(spec: StackSpec, folder: Path) -> Iterator[str]:
    """The primary's file may be elsewhere, but more often its name is misspelled."""
    cloud, stacks = spec.settings.cloud, stacks_in(folder)
    if isinstance(cloud, JoinsCloud) and cloud.primary not in stacks:
        others = [name for name in stacks if name != spec.stack]
        meant = f"; {nearest(cloud.primary, others)}" if others else ""
        yield f"cloud.primary: no Pulumi.{cloud.primary}.yaml here{meant}"


def _write_reference(folder: Path) -> None:
    if not (folder / DOCS).is_dir():
        typer.echo(f"{folder.resolve()} has no folder {DOCS}: name the project's folder with --folder", err=True)
        raise typer.Exit(2)
    for name, content in (("configuration.md", markdown()), ("stack.schema.json", schema())):
        (folder / DOCS / name).write_text(content, encoding="utf-8")
        typer.echo(f"wrote {DOCS}/{name}")


if __name__ == "__main__":
    typer.run(main)
