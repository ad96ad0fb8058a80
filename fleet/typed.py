"""Commands as a person types them to go on: for the same folder, and on the simulator where this one runs there."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SIMULATED = "FLEET_SIMULATED"
"""Set in the environment of a command that `--simulated` runs."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """How commands are spelled here.

    Attributes:
        folder: the project's, as it was given.
        simulated: the command runs on the simulator.
    """

    folder: Path = Path()
    simulated: bool = False

    @classmethod
    def here(cls, folder: Path) -> Typed:
        """As this process was started."""
        return cls(folder=folder, simulated=bool(os.environ.get(SIMULATED)))

    def fleet(self, *words: str, stacks: Iterable[str] = ()) -> str:
        """A command over these stacks, over all where none is named."""
        chosen = [word for stack in stacks for word in ("--stack", stack)]
        begin = ["fleet", "--simulated"] if self.simulated else ["fleet"]
        return shlex.join([*begin, *words, *self._there("--folder"), *chosen])

    def pulumi(self, *words: str, stack: str) -> str:
        """A command of the engine itself."""
        begin = ["python", "-m", "simulator", "--"] if self.simulated else []
        return shlex.join([*begin, "pulumi", *words, *self._there("--cwd"), "--stack", stack])

    def _there(self, flag: str) -> list[str]:
        return [flag, str(self.folder)] if self.folder != Path() else []
