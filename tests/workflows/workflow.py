"""The workflows as data: jobs, steps, and the commands that they run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / ".github" / "workflows"
FLEET = ".venv/bin/python -m fleet "


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A file of .github/workflows."""

    name: str
    text: str
    content: Json

    @property
    def triggers(self) -> Json:
        return self.content["on"]

    @property
    def jobs(self) -> dict[str, Json]:
        return self.content["jobs"]

    def steps(self) -> Iterator[tuple[str, Json]]:
        """Every step with the name of its job."""
        for name, job in self.jobs.items():
            for step in job["steps"]:
                yield name, step

    def fleet_commands(self, *jobs: str) -> list[list[str]]:
        """Words after `fleet` of the commands of these jobs, in order; `$STACK` as it stands."""
        runs = [step["run"] for name in jobs for step in self.jobs[name]["steps"] if "run" in step]
        return [shlex.split(run.removeprefix(FLEET)) for run in runs if run.startswith(FLEET)]


class _Loader(yaml.SafeLoader):
    """Takes `on` for a word, as GitHub does."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:bool"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(name: str) -> Workflow:
    text = (FOLDER / f"{name}.yaml").read_text()
    return Workflow(name=name, text=text, content=yaml.load(text, _Loader))  # noqa: S506  # made from the safe one


NAMES = ("deploy", "drift", "pull-request")
