"""Read a stack file: from the engine, from a folder, or as plain values. All problems are told at once."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from stack.base import Problem, SettingsError, read, shown
from stack.check import problems
from stack.check_secrets import credentials, hidden_sections, secret_problems
from stack.placeholders import placeholders
from stack.repair import repair
from stack.settings import AZURE, StackSettings

PROJECT = "anyscale-on-aks"
_AZURE_KEYS = ("location", "subscriptionId")
_NEAR = 0.85
"""From this similarity on, another namespace is a slip of the pen rather than another provider."""


def load(stack: str, values: Mapping[str, Any], *, secret_keys: Collection[str] = ()) -> StackSettings:
    """Return what `values`, full keys as the stack file has them, mean.

    Args:
        stack: its name.
        values: what stands under `config`.
        secret_keys: full keys that the engine holds encrypted.

    Raises:
        SettingsError: with every problem. Keys of other namespaces (`pulumi:`, `kubernetes:`) are not ours to judge.
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
    found = [*_stray(plain), *secret_problems(sections, hidden), *(refusal.problem for refusal in refusals)]
    repaired = repair(visible, refusals, hidden=hidden)
    readable = settings or read(StackSettings, repaired.values)[0]
    if readable:
        checked = problems(stack, readable, unread=repaired.unread)
        found += [problem for problem in checked if not repaired.stands_in(problem.path)]
    if settings is None or found:
        raise SettingsError(source, _without(credentials(sections), map(str, found)))
    return settings


def load_engine(
    stack: str, texts: Mapping[str, str], *, secret_keys: Collection[str] = (), placeholders_allowed: bool = False
) -> StackSettings:
    """Return what `texts` mean: every key as the engine hands it over, objects and lists as JSON.

    Args:
        stack: its name.
        texts: text by full key.
        secret_keys: full keys that the engine holds encrypted.
        placeholders_allowed: in the simulator; a cloud would be built where nobody can reach it.

    Raises:
        SettingsError: as `load`, and for placeholders.
    """
    settings = load(stack, {key: _value(text) for key, text in texts.items()}, secret_keys=secret_keys)
    if not placeholders_allowed and (unfilled := placeholders(settings)):
        raise SettingsError(f"Pulumi.{stack}.yaml", unfilled)
    return settings


def load_file(stack: str, folder: Path) -> StackSettings:
    """Return what `Pulumi.<stack>.yaml` in `folder` means.

    Raises:
        SettingsError: as `load`, and when the file is absent or no YAML.
    """
    source = f"Pulumi.{stack}.yaml"
    try:
        content: object = yaml.load((folder / source).read_text(encoding="utf-8"), Loader=_OnceLoader)  # noqa: S506 it is a SafeLoader
    except FileNotFoundError:
        stacks = ", ".join(stacks_in(folder)) or "none"
        raise SettingsError(source, [f"{source}: absent in {folder}; stacks with a file there: {stacks}"]) from None
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise SettingsError(source, [f"{source}: cannot be read as YAML: {' '.join(str(error).split())}"]) from None
    config: object = cast("Mapping[str, object]", content).get("config") if isinstance(content, Mapping) else None
    if not isinstance(config, Mapping):
        problem = Problem(
            path="config",
            found=shown(config),
            why="where a section of keys is wanted",
            remedy="see docs/configuration.md",
        )
        raise SettingsError(source, [str(problem)])
    return load(stack, cast("Mapping[str, Any]", config))


def stacks_in(folder: Path) -> list[str]:
    """Names of the stacks that have a file in `folder`."""
    return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in folder.glob("Pulumi.?*.yaml"))


class _OnceLoader(yaml.SafeLoader):
    """Refuses a key that stands twice, as the engine does; the library takes the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 the library's
        keys = [cast("object", key.value) for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for index, key in enumerate(keys) if key in keys[:index] and key != "<<"), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"key '{twice}' stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


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
        case _:
            return str(value)


def _sections(values: Mapping[str, Any]) -> dict[str, Any]:
    """Our own keys by their short names, and the keys of `azure-native` that we read."""
    sections: dict[str, Any] = {AZURE: {}}
    for key, value in values.items():
        namespace, _, name = key.partition(":")
        if namespace == PROJECT and name != AZURE:
            sections[name] = value
        elif namespace == AZURE and name in _AZURE_KEYS:
            sections[AZURE][name] = value
    return sections


def _section(key: str) -> str:
    namespace, _, name = key.partition(":")
    if namespace == PROJECT:
        return name
    return AZURE if namespace == AZURE and name in _AZURE_KEYS else ""


def _stray(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Keys that were meant for this program, but that it would never see."""
    for key in values:
        namespace, colon, name = key.partition(":")
        near = difflib.get_close_matches(namespace, (PROJECT, AZURE), n=1, cutoff=_NEAR)
        if not colon:
            yield Problem(
                path=key, found="no namespace", why="without which it is nobody's", remedy=f"write {PROJECT}:{key}"
            )
        elif near and namespace != near[0]:
            yield Problem(
                path=key, found="unknown namespace", why="which would be ignored", remedy=f"write {near[0]}:{name}"
            )
        elif key == f"{PROJECT}:{AZURE}":
            yield Problem(
                path=key, found="unknown key", why="which would be ignored", remedy=f"write {AZURE}:location etc."
            )


def _value(text: str) -> object:
    try:
        return json.loads(text) if text[:1] in ("[", "{") else text
    except (ValueError, RecursionError):
        return text


def _without(secrets: set[str], lines: Iterator[str]) -> list[str]:
    pattern = re.compile("|".join(map(re.escape, secrets)) or r"(?!)")
    return [pattern.sub("(hidden)", line) for line in lines]
