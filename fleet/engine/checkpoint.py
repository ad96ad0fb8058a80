"""The files in which a backend of files keeps states, for the one case in which `pulumi` cannot read its own."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from pydantic import Field, ValidationError

from fleet.engine.process import Engine
from fleet.errors import FleetError
from fleet.report import Shape
from fleet.typed import Typed

Json = dict[str, Any]


class Whole(Shape):
    """A state that can be read.

    Attributes:
        file: that holds it.
        written: when, RFC 3339.
        before_the_run: from before the killed run began, so that nothing it made is known; else one write old.
        deployment: the state itself; no part of any report.
    """

    file: str
    written: str
    before_the_run: bool
    deployment: Json = Field(exclude=True, repr=False)


class _Checkpoint(Shape):
    """Of a stack; without a state before its first run."""

    latest: Json | None = None


class _File(Shape):
    """What a file of the backend holds."""

    checkpoint: _Checkpoint


def newest_whole(engine: Engine, stack: str, typed: Typed) -> tuple[Path, Whole]:
    """The file of a state that was cut, and the newest whole one that the backend kept beside it.

    `typed` spells what to type.

    Raises:
        FleetError: there is none, or the backend is not one of files; says what to do.
    """
    address = urlsplit(engine.backend())
    project = yaml.safe_load((engine.folder / "Pulumi.yaml").read_text())["name"]
    start = {"~": Path.home(), ".": engine.folder}.get(address.netloc, Path("/"))
    root = start / unquote(address.path).lstrip("/") / ".pulumi"
    files = [root / "stacks" / place / f"{stack}.json" for place in (project, ".")]
    beyond = next((packed for file in files if (packed := file.with_name(f"{file.name}.zst")).exists()), None)
    kept = (
        f".pulumi/stacks/{project}/{beyond.name if beyond else f'{stack}.json'}.bak, else the newest of "
        f".pulumi/backups/{project}/{stack}/"
    )
    if address.scheme != "file" or beyond:
        raise FleetError(
            f"The state of {stack} is cut: a run was killed while it wrote. In {address.geturl()} put the newest whole "
            f"one in its place: {kept}. Then `{typed.fleet('recover', stack)}` again."
        )
    for file in (*files, *(file.with_name(f"{file.name}.gz") for file in files)):
        for candidate, before in _candidates(root, file):
            if (deployment := _deployment(candidate)) is not None:
                written = datetime.fromtimestamp(candidate.stat().st_mtime, UTC).isoformat(timespec="seconds")
                return file, Whole(file=str(candidate), written=written, before_the_run=before, deployment=deployment)
    raise FleetError(
        f"The state of {stack} is cut, and no whole one is left beside it in {root} ({kept}). Put back a copy of your "
        f"own, or import what exists (docs/deploy.md, when something stops halfway)."
    )


def _candidates(root: Path, file: Path) -> Iterator[tuple[Path, bool]]:
    if not file.exists():
        return
    yield file.with_name(f"{file.name}.bak"), False
    packed = ".gz" if file.suffix == ".gz" else ""
    stack = file.name.removesuffix(f".json{packed}")
    folder = root / "backups" / file.parent.relative_to(root / "stacks") / stack
    yield from ((path, True) for path in sorted(folder.glob(f"*.json{packed}"), reverse=True))


def _deployment(file: Path) -> Json | None:
    """The state in a file; None where there is none that is whole."""
    try:
        raw = file.read_bytes()
        text = gzip.decompress(raw) if file.name.removesuffix(".bak").endswith(".gz") else raw
        return _File.model_validate_json(text).checkpoint.latest or {}
    except (OSError, EOFError, zlib.error, ValidationError):
        return None
