"""Between the engine's structs and plain values.

Owns secrets' envelopes and the marks of unknown values. Refuses to know resources. Source: the engine's
`pkg/resource/plugin/rpc.go`.
"""

from __future__ import annotations

from typing import Any, cast

from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict, ParseDict

from pulumi_anyscale.properties import UNKNOWN, Values

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_KIND = "4dabf18193072939515e22adb298388d"
_ENVELOPES = frozenset({"1b47061264138c4ac30d75fd1eb44270", "d0e6a833031e9bbcd3f4e8bde6ca49a4"})
"""Secret and output value. This provider asks for plain values, and the engine marks secrets again by their names."""


def plain(message: struct_pb2.Struct) -> dict[str, Any]:
    """Values of a struct: unwrapped, whole numbers as `int`, `UNKNOWN` for unknowns, nothing for null."""
    return cast("dict[str, Any]", _plain(MessageToDict(message)))


def struct(values: Values) -> struct_pb2.Struct:
    """The other way; `UNKNOWN` becomes the mark that every engine understands."""
    return ParseDict(_marked(dict(values)), struct_pb2.Struct())


def _plain(value: object) -> object:
    match value:
        case dict():
            named = cast("dict[str, object]", value)
            if named.get(_KIND) in _ENVELOPES:
                return _plain(named["value"]) if "value" in named else UNKNOWN
            return {key: _plain(item) for key, item in named.items() if item is not None}
        case list():
            return [_plain(item) for item in cast("list[object]", value)]
        case float() if value.is_integer():
            return int(value)
        case str() if value in _UNKNOWNS:
            return UNKNOWN
        case _:
            return value


def _marked(value: object) -> Any:
    match value:
        case dict():
            return {key: _marked(item) for key, item in cast("dict[str, object]", value).items()}
        case list():
            return [_marked(item) for item in cast("list[object]", value)]
        case _:
            return UNKNOWN_TEXT if value is UNKNOWN else value
