"""Stacks under the real engine in a simulated world: run a command, read what the engine means to do."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml

from simulator.sandbox import Simulator
from simulator.toolchain.language_host import INTERPRETER
from simulator.world import Record

PROJECT = Path(__file__).parents[2]
Change = tuple[str, str]
"""Operation and short name, e.g. `("create", "AgentPool eastus-a100")`."""


@dataclass(frozen=True)
class Preview:
    """What a preview that succeeded means to do."""

    steps: list[dict[str, Any]]

    @property
    def changes(self) -> set[Change]:
        """Every step that does something, once; a replacement is one change."""
        told = {"create-replacement": None, "delete-replaced": None, "same": None, "read": None, "refresh": None}
        found = {(told.get(step["op"], step["op"]), _short(step["urn"])) for step in self.steps}
        return {(op, name) for op, name in found if op}


class Deployment:
    """Stack files, state and world in one folder, and the commands on them.

    Attributes:
        desk: folder of the stack files, as a person edits them.
        python: what runs programs and plugins, where it is not that of the project.
    """

    python: ClassVar[Path | None] = None

    def __init__(self, simulator: Simulator) -> None:
        self.simulator, self.world, self.desk = simulator, simulator.world, simulator.project

    @classmethod
    @contextmanager
    def at(cls, folder: Path, **world_options: Any) -> Iterator[Deployment]:
        """Open or make the deployment in `folder`, with the project's own stack files where there are none."""
        desk = folder / "desk"
        if not desk.exists():
            desk.mkdir(parents=True)
            for stack in ("eastus", "westus3"):
                shutil.copy2(PROJECT / f"Pulumi.{stack}.yaml", desk)
            project = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())
            project["main"] = str(PROJECT)
            for provider in project["plugins"]["providers"]:
                provider["path"] = str(PROJECT / provider["path"])
            (desk / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        with Simulator(folder / "sandbox", project=desk, **world_options) as simulator:
            if cls.python:
                simulator.env[INTERPRETER] = str(cls.python)
            yield cls(simulator)

    def init(self, *stacks: str) -> None:
        for stack in stacks:
            self.pulumi("stack", "init", stack)

    def pulumi(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = self.simulator.run("pulumi", *words)
        if check and done.returncode != 0:
            raise AssertionError(f"pulumi {' '.join(words)} failed:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}")
        return done

    def up(self, stack: str, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.pulumi("up", "--yes", "--skip-preview", "--stack", stack, *words, check=check)

    def destroy(self, stack: str, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.pulumi("destroy", "--yes", "--skip-preview", "--run-program", "--stack", stack, *words, check=check)

    def preview(self, stack: str, *words: str) -> Preview:
        """Ask what `up` would do; fails where the preview does, which says nothing of what would change."""
        told = self.pulumi("preview", "--json", "--stack", stack, *words).stdout
        return Preview(json.loads(told[told.index("{") :])["steps"])

    def outputs(self, stack: str) -> dict[str, Any]:
        return json.loads(self.pulumi("stack", "output", "--json", "--stack", stack).stdout)

    def edit(self, stack: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the stack file as a person would; `change` gets its keys without their namespace."""
        path = self.desk / f"Pulumi.{stack}.yaml"
        whole = yaml.safe_load(path.read_text())
        ours = {key: key.rsplit(":", 1)[1] for key in whole["config"]}
        content = {ours[key]: value for key, value in whole["config"].items()}
        spelled = {short: key for key, short in ours.items()}
        change(content)
        whole["config"] = {spelled.get(k, f"anyscale-on-aks:{k}"): value for k, value in content.items()}
        path.write_text(yaml.safe_dump(whole, sort_keys=False))

    def only(self, kind: str, name: str, *, stack: str | None = None) -> Record:
        """The one record of the world of that kind and physical name."""
        [found] = [
            record
            for record in self.world.records(type_suffix=f":{kind}")
            if record.id.rsplit("/", 1)[-1] == name and stack in (None, record.stack)
        ]
        return found

    def writes(self) -> int:
        """Calls so far that changed the world."""
        return len(self.world.journal)


def _short(urn: str) -> str:
    path, name = urn.split("::")[2:4]
    return f"{path.rsplit('$', 1)[-1].rsplit(':', 1)[-1]} {name}"
