"""Secrets in a stack file: none belongs there, and none is repeated in a refusal."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

from stack.base import Location, Problem, path_of

_CREDENTIAL = re.compile(
    r"(aph0|asct|ascp)_\w{16,}"  # Anyscale tokens
    r"|AccountKey=|SharedAccessSignature|[?&]sig=|-----BEGIN|eyJ[\w-]{16,}\.eyJ"  # Azure keys and links, PEM, JWT
    r"|[A-Za-z0-9+/]{86}=="  # storage account key
)
_REMEDY = "take it out; the program reads secrets from its environment, e.g. ANYSCALE_CLI_TOKEN"


def hidden_sections(sections: Mapping[str, Any], secret_keys: Collection[str]) -> Iterator[str]:
    """Sections that hold something encrypted: by the engine's word, or as the file shows it."""
    for name, content in sections.items():
        if name in secret_keys or any(_encrypted(value) for _, value in _walk((name,), content)):
            yield name


def secret_problems(sections: Mapping[str, Any], hidden: Collection[str]) -> Iterator[Problem]:
    """One problem for each hidden section, and for each text that looks like a credential."""
    for name in sorted(hidden):
        yield Problem(
            path=path_of((name,)), found="an encrypted value", why="while nothing here is secret", remedy=_REMEDY
        )
    for location, value in _walk((), sections):
        if isinstance(value, str) and location[0] not in hidden and _CREDENTIAL.search(value):
            yield Problem(
                path=path_of(location),
                found="what looks like a credential",
                why="which everyone who reads the file or the state would have",
                remedy=_REMEDY,
            )


def credentials(sections: Mapping[str, Any]) -> set[str]:
    """Texts that may not be repeated anywhere."""
    return {value for _, value in _walk((), sections) if isinstance(value, str) and _CREDENTIAL.search(value)}


def _encrypted(value: object) -> bool:
    return isinstance(value, Mapping) and set(cast("Mapping[str, object]", value)) == {"secure"}


def _walk(location: Location, value: object) -> Iterator[tuple[Location, object]]:
    yield location, value
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, object]", value).items():
            yield from _walk((*location, key), inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, inner in enumerate(cast("Sequence[object]", value)):
            yield from _walk((*location, index), inner)
