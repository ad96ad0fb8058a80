"""Stack files as YAML, read as the engine reads them: what this refuses or takes, `pulumi` refuses or takes."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from stack.base import SettingsError


def stacks_in(folder: Path) -> list[str]:
    """Names of the stacks that have a file in `folder`."""
    return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in folder.glob("Pulumi.?*.yaml"))


def read_yaml(stack: str, folder: Path) -> dict[str, object]:
    """Return the top level of `Pulumi.<stack>.yaml` in `folder`; empty where the file holds no section.

    Raises:
        SettingsError: when the file is absent or no YAML.
    """
    source = f"Pulumi.{stack}.yaml"
    try:
        content: object = yaml.load((folder / source).read_text(encoding="utf-8"), Loader=_EngineLoader)  # noqa: S506 it is a SafeLoader
    except FileNotFoundError:
        stacks = ", ".join(stacks_in(folder)) or "none"
        raise SettingsError(source, [f"{source}: absent in {folder}; stacks with a file there: {stacks}"]) from None
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        told = " ".join(str(error).replace('in "<unicode string>", ', "at ").split())
        raise SettingsError(source, [f"{source}: cannot be read as YAML: {told}"]) from None
    items = cast("Mapping[object, object]", content).items() if isinstance(content, Mapping) else ()
    return {str(key): value for key, value in items}


_SCALARS = {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
    "timestamp": r"\d{4}-\d{1,2}-\d{1,2}([Tt ]+\d.*)?",
    "merge": r"<<",
}
"""What the engine takes an unquoted scalar for, by the first match; all else is text, even `yes` and `12:00`."""


class _EngineLoader(yaml.SafeLoader):
    """Reads scalars as the engine does, where the library follows YAML 1.1; refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 the library's
        keys = [cast("object", key.value) for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for index, key in enumerate(keys) if key in keys[:index]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"key '{twice}' stands twice", node.start_mark)
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        """Refuse an escaped half of a surrogate pair, which cannot be printed or sent anywhere."""
        text = str(super().construct_scalar(node))
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise yaml.constructor.ConstructorError(None, None, "a text that is no Unicode", node.start_mark)
        return text

    def construct_date(self, node: yaml.ScalarNode) -> str:
        """Refuse what the engine would hand over as `2026-12-31 00:00:00 +0000 UTC`."""
        told = f"'{node.value}' is a date to YAML: quote it,"
        raise yaml.constructor.ConstructorError(None, None, told, node.start_mark)


_EngineLoader.yaml_implicit_resolvers = {
    None: [(f"tag:yaml.org,2002:{kind}", re.compile(rf"({pattern})\Z")) for kind, pattern in _SCALARS.items()]
}
_EngineLoader.add_constructor("tag:yaml.org,2002:timestamp", _EngineLoader.construct_date)
