"""Read a stack file: from the engine, from a folder, or as plain values. All problems are told at once."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from stack.base import Problem, SettingsError, shown
from stack.check import problems
from stack.check_secrets import credentials, hidden_sections, secret_problems
from stack.placeholders import placeholders
from stack.read import read
from stack.repair import repair
from stack.settings import AZURE, StackSettings
from stack.stack_file import read_yaml

PROJECT = "anyscale-on-aks"
_AZURE_KEYS = ("location", "subscriptionId")
_REQUIRED = [field.alias for field in StackSettings.model_fields.values() if field.is_required()]
_NEAR = 0.85
"""From this similarity on, another namespace is a slip of the pen rather than another provider."""


def load(
    stack: str, values: Mapping[str, Any], *, secret_keys: Collection[str] = (), placeholders_allowed: bool = True
) -> StackSettings:
    """Return what `values`, full keys as the stack file has them, mean.

    Args:
        stack: its name.
        values: what stands under `config`.
        secret_keys: full keys that the engine holds encrypted.
        placeholders_allowed: for a look, and in the simulator; a cloud would be built where nobody can reach it.

    Raises:
        SettingsError: with every problem. Keys of other namespaces (`pulumi:`, `kubernetes:`) are not ours to judge,
            but for a credential in plain text.
    """
    source = f"Pulumi.{stack}.yaml"
    try:
        plain = cast("dict[str, Any]", _plain(values))
    except RecursionError:
        problem = Problem(path="config", found="a value", why="which contains itself", remedy="write it out")
        raise SettingsError(source, [str(problem)]) from None
    sections = _sections(plain)
    hidden = set(hidden_sections(sections, {_section(key) for key in secret_keys}))
    visible = {name: content for name, content in sections.items() if name not in hidden}

    settings, refusals = read(StackSettings, visible)
    refusals = [refusal for refusal in refusals if refusal.location[:1] not in {(name,) for name in hidden}]
    everything = sections | _foreign(plain, secret_keys)
    found = [*_stray(plain), *secret_problems(everything, hidden), *(refusal.problem for refusal in refusals)]
    repaired = repair(visible, refusals, hidden=hidden)
    readable = settings or read(StackSettings, repaired.values)[0]
    if readable:
        checked = [*problems(stack, readable, unread=repaired.unread)]
        checked += [] if placeholders_allowed else placeholders(readable)
        found += [problem for problem in checked if not repaired.stands_in(problem.path)]
    if settings is None or found:
        raise SettingsError(source, _without(credentials(everything), map(str, found)))
    return settings


def load_engine(
    stack: str, texts: Mapping[str, str], *, secret_keys: Collection[str] = (), placeholders_allowed: bool = False
) -> StackSettings:
    """Return what `texts` mean: every key as the engine hands it over, objects and lists as JSON.

    Args:
        stack: its name.
        texts: text by full key.
        secret_keys: full keys that the engine holds encrypted.
        placeholders_allowed: as for `load`.

    Raises:
        SettingsError: as `load`.
    """
    values = {key: _value(text) for key, text in texts.items()}
    return load(stack, values, secret_keys=secret_keys, placeholders_allowed=placeholders_allowed)


def load_file(stack: str, folder: Path) -> StackSettings:
    """Return what `Pulumi.<stack>.yaml` in `folder` means.

    Raises:
        SettingsError: as `load`, and when the file is absent, no YAML, or has our keys where nobody reads them.
    """
    content = read_yaml(stack, folder)
    config: object = content.get("config")
    lost = [key for key in content if key.startswith((f"{PROJECT}:", f"{AZURE}:"))]
    found = [
        Problem(path=key, found="a key beside config", why="where nobody reads it", remedy="indent it, below config")
        for key in lost
    ]
    if not isinstance(config, Mapping):
        wanted = "where a section of keys is wanted"
        found += [Problem(path="config", found=shown(config), why=wanted, remedy="see docs/configuration.md")]
    if found:
        raise SettingsError(f"Pulumi.{stack}.yaml", list(map(str, found)))
    return load(stack, cast("Mapping[str, Any]", config))


def _plain(value: object) -> object:
    """What JSON can hold: YAML also knows dates, and keys that are no text."""
    match value:
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            return {key if isinstance(key, str) else shown(key): _plain(inner) for key, inner in items}
        case None | str() | bool() | int() | float():
            return value
        case Sequence():
            return [_plain(inner) for inner in cast("Sequence[object]", value)]
        case set():  # a mapping to nothing, in another spelling
            return {shown(key): None for key in cast("set[object]", value)}
        case _:
            return str(value)


def _sections(values: Mapping[str, Any]) -> dict[str, Any]:
    """Our own keys by their short names, and the keys of `azure-native` that we read."""
    sections: dict[str, Any] = {AZURE: {}}
    for key, value in values.items():
        namespace, _, name = key.partition(":")
        if namespace == PROJECT and name not in (AZURE, *_AZURE_KEYS):
            sections[name] = value
        elif namespace == AZURE and name in _AZURE_KEYS:
            sections[AZURE][name] = value
    return sections


def _foreign(values: Mapping[str, Any], secret_keys: Collection[str]) -> dict[str, Any]:
    """What is not ours and not encrypted."""
    foreign = {key: value for key, value in values.items() if not _section(key)}
    encrypted = set(hidden_sections(foreign, secret_keys))
    return {key: value for key, value in foreign.items() if key not in encrypted}


def _section(key: str) -> str:
    namespace, _, name = key.partition(":")
    if namespace == PROJECT:
        return name
    return AZURE if namespace == AZURE and name in _AZURE_KEYS else ""


def _stray(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Keys that were meant for this program, but that it would never see."""
    for key in values:
        namespace, colon, name = key.rpartition(":")
        near = difflib.get_close_matches(namespace, (PROJECT, AZURE), n=1, cutoff=_NEAR)
        home = AZURE if name in _AZURE_KEYS else PROJECT
        if not colon:
            yield _misplaced(key, "no namespace", f"{home}:{name}")
        elif near and namespace != near[0]:
            yield _misplaced(key, "unknown namespace", f"{near[0]}:{name}")
        elif namespace == PROJECT and name == AZURE:
            yield _misplaced(key, "unknown key", " and ".join(f"{AZURE}:{part}" for part in _AZURE_KEYS))
        elif (namespace == PROJECT and home == AZURE) or (
            namespace not in (PROJECT, AZURE) and name in _REQUIRED and f"{PROJECT}:{name}" not in values
        ):
            yield _misplaced(key, "another namespace", f"{home}:{name}")


def _misplaced(key: str, found: str, wanted: str) -> Problem:
    return Problem(path=key, found=found, why="by which it would be ignored", remedy=f"write {wanted}")


def _value(text: str) -> object:
    try:
        return json.loads(text) if text[:1] in ("[", "{") else text
    except (ValueError, RecursionError):
        return text


def _without(secrets: set[str], lines: Iterator[str]) -> list[str]:
    pattern = re.compile("|".join(map(re.escape, secrets)) or r"(?!)")
    return [pattern.sub("(hidden)", line) for line in lines]
