"""Errors of the engine that a user of the fleet meets, and what each asks for. A row an error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fleet.typed import Typed


@dataclass(frozen=True, kw_only=True)
class EngineError:
    """An error in the engine's words.

    Attributes:
        pattern: what its text matches.
        told: one paragraph of ours; `{name}` takes a group of the pattern, `{stack}` the stack, `{next}` the command.
        next: command of the fleet that goes on from there; empty where something else must be mended first.
        within: also of a run that has begun. The others are the backend's and the engine's own: in a run, a cluster
            whose connection is refused or an Azure conflict would sound the same.
    """

    pattern: str
    told: str
    next: tuple[str, ...] = ()
    within: bool = False


RECOVER = ("recover", "{stack}")
CUT_STATE = r"failed to load checkpoint|unexpected end of JSON input|place \d+: unexpected EOF"
"""What the engine says of a state that it cannot read to its end."""

_SIGN_IN = (
    "`az login` on a laptop; in a pipeline the step that signs in to Azure, or ARM_* and AZURE_* variables "
    "(docs/deploy.md, state and secrets)"
)
_NOT_SIGNED_IN = r"[^\n]*DefaultAzureCredential: failed to acquire a token"
_FORBIDDEN = r"(?s:.*?)(RESPONSE 403|AuthorizationPermissionMismatch|AuthorizationFailure|Forbidden)"

ERRORS = (
    EngineError(
        pattern=r"secrets \(code=\w+\):" + _NOT_SIGNED_IN,
        told="Nobody is signed in to Azure, and so the key vault that keeps the secrets of {stack} was not even asked: "
        f"{_SIGN_IN}.",
    ),
    EngineError(
        pattern=r"secrets \(code=\w+\):" + _FORBIDDEN,
        told="The key vault that keeps the secrets of {stack} refuses who is signed in: `az account show` says who "
        "that is. It takes Key Vault Crypto User on the key, which is minutes old before it works, and a vault whose "
        "firewall lets this machine in.",
    ),
    EngineError(
        pattern=r"secrets \(code=\w+\): (?P<why>[^\n]*)",
        told="The key vault that keeps the secrets of {stack} does not answer ({why}): check `secretsprovider` in "
        "Pulumi.{stack}.yaml, and the network.",
    ),
    EngineError(
        pattern=r"blob \(key [^\n]*\(code=\w+\):" + _NOT_SIGNED_IN,
        told="Nobody is signed in to Azure, and so the state backend that PULUMI_BACKEND_URL names was not even asked: "
        f"{_SIGN_IN}.",
    ),
    EngineError(
        pattern=r"blob \(key [^\n]*\(code=\w+\):" + _FORBIDDEN,
        told="The state backend that PULUMI_BACKEND_URL names refuses who is signed in: `az account show` says who "
        "that is. It takes Storage Blob Data Contributor on the state's container (Reader for a preview; Owner and "
        "Contributor of the account read no blob), which is minutes old before it works, and an account whose "
        "firewall lets this machine in. AZURE_STORAGE_KEY and AZURE_STORAGE_SAS_TOKEN go before a sign-in.",
    ),
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
        pattern=r"the stack is currently locked by[^\n]*\n+(?:[^\n]*?created by )?(?P<holder>[^\n]*)",
        told="Another run holds {stack}: {holder}. Wait for it. If it is dead, `{next}` shows what it left, and gives "
        "the lock back.",
        next=RECOVER,
    ),
    EngineError(
        pattern=r"[Aa]nother update is currently in progress|ConflictingUpdate|409[^\n]*update",
        told="Another run holds {stack}. Wait for it. If it is dead, `{next}` shows what it left, and gives the lock "
        "back.",
        next=RECOVER,
    ),
    EngineError(
        pattern=r"no stack named '?(?P<name>[^'\s]+)'? found",
        told="The backend knows no stack {name}: `{next}` makes it.",
        next=("up", "--init", "--stack", "{name}"),
    ),
    EngineError(
        pattern=CUT_STATE,
        told="The state of {stack} is cut: a run was killed while it wrote. `{next}` finds the newest whole one of the "
        "backend's history, and with --yes puts it back.",
        next=RECOVER,
    ),
    EngineError(
        pattern=r"currently marked for protection|it is protected",
        told="{stack} is protected, and this would delete or replace what holds the cluster or data. Nothing was "
        "touched. If it is meant, first `lifecycle: retiring` in Pulumi.{stack}.yaml, and an `up` (docs/deploy.md).",
        within=True,
    ),
)
_NOTHING_NEW = re.compile(r"(error: )?(update|preview|destroy|refresh) failed")
"""What the engine says of the whole run where one of its resources failed."""
_MOST = 6
"""Lines of an error that no row knows."""
_PLAIN = Typed()


def met(said: str, *, within: bool = False) -> EngineError | None:
    """The row that knows an error; `within` a run that had begun."""
    return next((row for row in ERRORS if (row.within or not within) and re.search(row.pattern, said)), None)


def explained(said: str, *, stack: str = "", command: str = "", typed: Typed = _PLAIN) -> str:
    """One paragraph for what cannot begin: ours where a row knows the error, else the engine's own words."""
    if row := met(said):
        return _told(row, said, stack, typed)
    lines = [line.strip() for line in said.strip().splitlines()]
    first = next((index for index, line in enumerate(lines) if line.startswith("error: ")), max(len(lines) - _MOST, 0))
    own = " ".join(line.removeprefix("error: ") for line in lines[first : first + _MOST])
    return f"`{command}` failed: {own}" if command else own


def explained_each(errors: Sequence[str], *, stack: str, typed: Typed = _PLAIN) -> str:
    """A paragraph for each error of a run that had begun, in their order."""
    rows = {error: met(error, within=True) for error in errors}
    told = [_told(row, error, stack, typed) if row else _line(error) for error, row in rows.items()]
    return "\n".join(dict.fromkeys(each for each in told if not _NOTHING_NEW.fullmatch(each)) or told)


def next_command(row: EngineError, said: str, *, stack: str, typed: Typed) -> str:
    """What goes on from an error, as it is typed; empty for nothing."""
    return typed.fleet(*(word.format(**_groups(row, said, stack)) for word in row.next)) if row.next else ""


def _told(row: EngineError, said: str, stack: str, typed: Typed) -> str:
    again = next_command(row, said, stack=stack or "<stack>", typed=typed)
    return row.told.format(**_groups(row, said, stack or "the stack"), next=again)


def _groups(row: EngineError, said: str, stack: str) -> dict[str, str]:
    found = re.search(row.pattern, said)
    named = found.groupdict() if found else {}
    return {"stack": stack, **{name: _line(text) for name, text in named.items()}}


def _line(text: str) -> str:
    return " ".join(text.split())
