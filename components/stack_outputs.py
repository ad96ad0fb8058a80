"""What a stack of this project exports, read as plain values: at once, in a preview too, and with errors to catch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import invoke


def full_name(stack: str) -> str:
    """The name under which the backend knows a stack of this project."""
    return f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack}"


def stack_outputs(stack: str) -> Mapping[str, Any]:
    """Outputs of its last run; none where it never finished one. Raises what the engine answers otherwise."""
    return invoke("pulumi:pulumi:readStackOutputs", {"name": full_name(stack)}).value["outputs"]
