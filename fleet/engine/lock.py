"""Who holds the lock of a stack, and whether anything proves that the run is over."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import PurePath
from typing import Literal

from fleet.engine.known_errors import explained
from fleet.engine.process import Engine
from fleet.errors import FleetError
from fleet.report import Shape
from fleet.typed import Typed

Life = Literal["dead", "alive", "unknown"]

_HELD = re.compile(r"created by (?P<holder>\S.*@(?P<host>\S+) \(pid (?P<pid>\d+)\)) at (?P<since>\S+)")


class Lock(Shape):
    """A lock on a stack.

    Attributes:
        holder: user, machine and process, as the backend tells them.
        since: RFC 3339; empty where the backend does not say.
        run: what became of the run that took it, as far as can be seen from here.
        why: what proves that, or where to look.
    """

    holder: str
    since: str
    run: Life
    why: str


def locks(engine: Engine, stack: str, typed: Typed) -> tuple[Lock, ...]:
    """The locks on a stack that the backend knows; `typed` spells what a refusal says to type.

    Raises:
        FleetError: the backend does not say.
    """
    if engine.backend().startswith("http"):
        return _of_service(engine, stack)
    # No command tells of a lock without wanting it. This one is refused either way, since the stack is there, and
    # writes nothing: neither state nor stack file.
    refused = engine.ask("stack", "init", stack, "--no-select")
    held = tuple(
        Lock(holder=met["holder"], since=met["since"], run=run, why=why)
        for met in _HELD.finditer(refused.said)
        for run, why in [life(met["host"], met["pid"])]
    )
    if not held and "already exists" not in refused.said:
        command = f"pulumi stack init {stack}"
        raise FleetError(explained(refused.said, stack=stack, command=command, typed=typed))
    return held


def life(host: str, pid: str) -> tuple[Life, str]:
    """What became of a process, and what says so."""
    if host != socket.gethostname():
        return "unknown", f"look on {host} whether process {pid} runs, or in the pipeline whether the job is over"
    try:
        found = subprocess.run(
            ["ps", "-o", "stat=", "-o", "comm=", "-p", pid], capture_output=True, text=True, check=False
        ).stdout.split(maxsplit=1)
    except FileNotFoundError:
        return "unknown", f"this machine has no `ps` to look for process {pid}"
    if not found or found[0].startswith("Z"):
        return "dead", f"no process {pid} runs on this machine any more"
    name = PurePath(found[-1].strip()).name
    if not name.startswith("pulumi"):
        return "dead", f"process {pid} of this machine is {name} now"
    return "alive", f"process {pid} of this machine is a running {name}"


def _of_service(engine: Engine, stack: str) -> tuple[Lock, ...]:
    row = engine.known().get(stack)
    if row is None or not row.update_in_progress:
        return ()
    why = "the stack's page shows who started the update, and whether it still writes"
    return (Lock(holder="an update in progress", since="", run="unknown", why=why),)
