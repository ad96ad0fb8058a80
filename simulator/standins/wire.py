"""What travels between engine and provider: plain values, secrets, unknowns.

Owns the translation of protobuf structs. Refuses to know resources. Source: the engine's `pkg/resource/plugin/rpc.go`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict, ParseDict

Json = dict[str, Any]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""An unknown of any kind, as the Python SDK sends it and every SDK accepts it."""
_UNKNOWNS = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_KIND = "4dabf18193072939515e22adb298388d"
_WRAPPED = frozenset({"1b47061264138c4ac30d75fd1eb44270", "d0e6a833031e9bbcd3f4e8bde6ca49a4"})  # secret, output value


def plain(message: struct_pb2.Struct) -> Json:
    """The values of a struct: secrets unwrapped, whole numbers as integers, unknowns kept, nulls dropped."""
    return cast(Json, _simplify(MessageToDict(message)))


def struct(value: Json) -> struct_pb2.Struct:
    """A struct of plain values."""
    return ParseDict(value, struct_pb2.Struct())


def is_unknown(value: object) -> bool:
    """True for the marker that stands for a value nobody knows yet."""
    return isinstance(value, str) and value in _UNKNOWNS


def each_string(value: object, visit: Callable[[str], None]) -> None:
    """Call `visit` with every string in a value, however deep, but not with keys."""
    match value:
        case str():
            visit(value)
        case dict():
            for item in cast(Json, value).values():
                each_string(item, visit)
        case list():
            for item in cast(list[object], value):
                each_string(item, visit)
        case _:
            pass


def _simplify(value: object) -> object:
    match value:
        case dict():
            named = cast(Json, value)
            if named.get(_KIND) in _WRAPPED:
                return _simplify(named["value"]) if "value" in named else UNKNOWN
            return {key: _simplify(item) for key, item in named.items() if item is not None}
        case list():
            return [_simplify(item) for item in cast(list[object], value)]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
