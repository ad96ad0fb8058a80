"""Values of which an event does not say what they are (Pulumi, `sdk/go/common/resource/plugin`)."""

from __future__ import annotations

from collections.abc import Mapping

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands there for a value that only the run will know, in a text also as a part of it."""
SEALED = "4dabf18193072939515e22adb298388d"
"""Key of an object that stands for a secret."""


def is_secret(value: object) -> bool:
    """Whether the engine keeps it secret."""
    return isinstance(value, Mapping) and SEALED in value
