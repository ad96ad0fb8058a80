"""Errors of the engine that a user of the fleet meets, and what each asks for. A row an error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class EngineError:
    """An error in the engine's words.

    Attributes:
        pattern: what its text matches.
        told: one paragraph of ours; `{name}` takes a group of the pattern, `{stack}` the stack.
        next: command of the fleet that goes on from there; empty where something else must be mended first.
        within: also of a run that has begun. The others are the backend's and the engine's own: in a run, a cluster
            whose connection is refused or an Azure conflict would sound the same.
    """

    pattern: str
    told: str
    next: tuple[str, ...] = ()
    within: bool = False


RECOVER = ("recover", "{stack}")
CUT_STATE = r"failed to load checkpoint|unexpected end of JSON input"
"""What the engine says of a state that it cannot read to its end."""

ERRORS = (
    EngineError(
        pattern=r"incorrect passphrase",
        told="The passphrase does not open the secrets of {stack}: set PULUMI_CONFIG_PASSPHRASE, or "
        "PULUMI_CONFIG_PASSPHRASE_FILE, to the one with which the stack was made.",
    ),
    EngineError(
        pattern=r"passphrase must be set with PULUMI_CONFIG_PASSPHRASE",
        told="The secrets of {stack} are kept under a passphrase and none was given: set PULUMI_CONFIG_PASSPHRASE or "
        "PULUMI_CONFIG_PASSPHRASE_FILE.",
    ),
    EngineError(
        pattern=r"PULUMI_ACCESS_TOKEN must be set|not logged in|invalid access token",
        told="No state backend is open: `pulumi login <backend>`, or set PULUMI_BACKEND_URL (docs/deploy.md).",
    ),
    EngineError(
        pattern=r"(?P<why>unable to open bucket[^\n]*|no such host[^\n]*|could not list bucket[^\n]*"
        r"|connection refused[^\n]*|problem logging in:[^\n]*)",
        told="The state backend does not answer ({why}): check PULUMI_BACKEND_URL, the network, and the sign-in for "
        "the storage account that holds the state.",
    ),
    EngineError(
        pattern=r"the stack is currently locked by[^\n]*\n+(?P<holder>[^\n]*)",
        told="Another run holds {stack}: {holder}. Wait for it. If it is dead, `fleet recover {stack}` shows what it "
        "left, and gives the lock back.",
        next=RECOVER,
    ),
    EngineError(
        pattern=r"[Aa]nother update is currently in progress|ConflictingUpdate|409[^\n]*update",
        told="Another run holds {stack}. Wait for it. If it is dead, `fleet recover {stack}` shows what it left, and "
        "gives the lock back.",
        next=RECOVER,
    ),
    EngineError(
        pattern=r"no stack named '?(?P<name>[^'\s]+)'? found",
        told="The backend knows no stack {name}: `pulumi stack init {name}`, or let `fleet up --init` do it.",
        next=("up", "--init", "--stack", "{stack}"),
    ),
    EngineError(
        pattern=CUT_STATE,
        told="The state of {stack} is cut: a run was killed while it wrote. `fleet recover {stack}` finds the newest "
        "whole one of the backend's history and puts it back.",
        next=RECOVER,
    ),
    EngineError(
        pattern=r"currently marked for protection|it is protected",
        told="{stack} is protected, and this would delete or replace what holds the cluster or data. Nothing was "
        "touched. If it is meant, first `lifecycle: retiring` in Pulumi.{stack}.yaml and `fleet up` (docs/deploy.md).",
        within=True,
    ),
)
_NOTHING_NEW = re.compile(r"(error: )?(update|preview|destroy|refresh) failed")
"""What the engine says of the whole run where one of its resources failed."""


def met(said: str, *, within: bool = False) -> EngineError | None:
    """The row that knows an error; `within` a run that had begun."""
    return next((row for row in ERRORS if (row.within or not within) and re.search(row.pattern, said)), None)


def explained(said: str, *, stack: str = "", command: str = "") -> str:
    """One paragraph for what cannot begin: ours where a row knows the error, else the engine's own words."""
    if row := met(said):
        return _told(row, said, stack)
    own = " ".join(line.removeprefix("error: ").strip() for line in said.strip().splitlines()[-6:])
    return f"`{command}` failed: {own}" if command else own


def explained_each(errors: Sequence[str], *, stack: str) -> str:
    """A paragraph for each error of a run that had begun, in their order."""
    rows = {error: met(error, within=True) for error in errors}
    told = [_told(row, error, stack) if row else _line(error) for error, row in rows.items()]
    return "\n".join(dict.fromkeys(each for each in told if not _NOTHING_NEW.fullmatch(each)) or told)


def _told(row: EngineError, said: str, stack: str) -> str:
    found = re.search(row.pattern, said)
    groups = {name: _line(text) for name, text in found.groupdict().items()} if found else {}
    return row.told.format(**{"stack": stack or "the stack", **groups})


def _line(text: str) -> str:
    return " ".join(text.split())
