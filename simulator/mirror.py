"""Copies of the project file and the stack files, in which the engine may write.

A stack file is copied as text, so that the engine reads exactly what the user wrote, and is copied again only when the
user's changed: what a command in the sandbox set stays. Lines that the engine wrote into a copy are kept.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any, cast

import yaml

ENGINES_OWN = re.compile(r"^(?:encryptionsalt|encryptedkey|secretsprovider):.*\n?", re.MULTILINE)
"""Lines that `pulumi stack init` writes into a stack file."""
_HEADER = "# A copy. What it deploys is simulated: `python -m simulator -- pulumi preview --stack ...`\n"
_WARNING = (
    "PULUMI_DEBUG_PROVIDERS is not set: pulumi finds no simulated cloud and will miss its plugins. "
    "Open another shell with: python -m simulator shell"
)


class UnusableProjectError(Exception):
    """A file that no engine could read: says which, why, and what to do."""


class Mirror:
    """The copies of one project in one folder; several processes may refresh them at once."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.folder, self.project = folder, project
        self._copied = folder / "copied.json"

    def stacks(self) -> list[str]:
        """Stacks whose files the user has, in order of name."""
        files = self.project.glob("Pulumi.*.yaml")
        return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in files)

    def refresh(self) -> None:
        """Copy what the user changed since the last time."""
        with (self.folder / "mirror.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _write(self.folder / ".gitignore", "*\n")
            _write(self.folder / "Pulumi.yaml", _HEADER + yaml.safe_dump(self._project(), sort_keys=False))
            before: dict[str, str] = self._before()
            now = {stack: self._copy(stack, before.get(stack)) for stack in self.stacks()}
            for gone in before.keys() - now.keys():
                self._of(gone).unlink(missing_ok=True)
            _write(self._copied, json.dumps(now, indent=1))

    def commands(self, pulumi: Path) -> Path:
        """A folder to put first on PATH, whose `pulumi` refreshes the copies and becomes the given one.

        So an edit of a stack file is seen by the next command, also in a shell that has been open for a while.
        """
        folder = self.folder / "bin"
        folder.mkdir(exist_ok=True)
        words = [sys.executable, "-P", str(Path(__file__)), str(self.folder), str(self.project)]
        script = (
            "#!/bin/sh",
            f'[ -n "$PULUMI_DEBUG_PROVIDERS" ] || echo {shlex.quote(_WARNING)} >&2',
            f"{shlex.join(words)} || exit",
            f'exec {shlex.quote(str(pulumi))} "$@"\n',
        )
        _write(folder / "pulumi", "\n".join(script), mode=0o755)
        return folder

    def _before(self) -> dict[str, str]:
        try:
            return json.loads(_read(self._copied)) if self._copied.exists() else {}
        except ValueError:
            problem = f"{self._copied} cannot be read as JSON; remove it, and the stack files are copied anew"
            raise UnusableProjectError(problem) from None

    def _of(self, stack: str) -> Path:
        return self.folder / f"Pulumi.{stack}.yaml"

    def _project(self) -> dict[str, Any]:
        """The user's project file, with everything that it names by a relative path named absolutely."""
        path = self.project / "Pulumi.yaml"
        try:
            read: object = yaml.safe_load(_read(path))
        except yaml.YAMLError as error:
            raise UnusableProjectError(f"{path} cannot be read as YAML: {' '.join(str(error).split())}") from None
        if not isinstance(read, dict) or "runtime" not in read:
            raise UnusableProjectError(f"{path} is no project of Pulumi, for it names no runtime; put the file back")
        project = cast("dict[str, Any]", read)
        said: str | dict[str, Any] = project["runtime"]
        runtime: dict[str, Any] = {"name": said} if isinstance(said, str) else said
        options: dict[str, Any] = {**(runtime.get("options") or {}), "virtualenv": sys.prefix}
        plugins: dict[str, list[dict[str, Any]]] = project.get("plugins") or {}
        for kind in plugins.values():
            for plugin in kind:
                plugin["path"] = str(self.project / plugin["path"])
        return {
            **project,
            "main": str(self.project / project.get("main", ".")),
            "runtime": {**runtime, "options": options},
        }

    def _copy(self, stack: str, before: str | None) -> str:
        """Copy a stack file if it is not the one copied before; returns what tells the two apart."""
        asked = _read(self.project / f"Pulumi.{stack}.yaml")
        seen = hashlib.sha256(asked.encode()).hexdigest()
        copy = self._of(stack)
        if seen != before or not copy.exists():
            engines = ENGINES_OWN.findall(_read(copy)) if copy.exists() else []
            text = ENGINES_OWN.sub("", asked)
            _write(copy, "\n".join([text.rstrip("\n"), *(line.rstrip("\n") for line in engines)]) + "\n")
        return seen


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problem = f"{path} is no UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8, or remove it"
        raise UnusableProjectError(problem) from None
    except OSError as error:
        raise UnusableProjectError(f"{path} cannot be read ({error.strerror}); put a file there that can") from None


def _write(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write what differs, whole or not at all."""
    content = text.encode()
    if path.exists() and path.read_bytes() == content:
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.chmod(mode)
    draft.replace(path)


if __name__ == "__main__":
    try:
        Mirror(Path(sys.argv[1]), Path(sys.argv[2])).refresh()
    except UnusableProjectError as problem:
        sys.exit(str(problem))
