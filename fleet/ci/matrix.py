"""The stacks of a workflow's matrix, from the stack files: adding a region is adding its file."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fleet.stacks import FleetStack

RUNNER = "ubuntu-latest"
"""Where no label is given."""
PREVIEW = "preview-"
"""Before a stack's name: its environment for previews. The environment for deployments is called like the stack."""

Row = dict[str, str | list[str]]


def rows(stacks: Sequence[FleetStack], labels: str) -> dict[str, list[Row]]:
    """All `stacks`, and apart `owners` of a cloud and `joiners`, which deploy after them.

    Args:
        stacks: in their order.
        labels: of the runner, between commas; `{stack}` becomes the name, for runners in each region's network.
    """
    made = {stack.name: _row(stack.name, labels) for stack in stacks}
    return {
        "stacks": list(made.values()),
        "owners": [made[stack.name] for stack in stacks if not stack.primary],
        "joiners": [made[stack.name] for stack in stacks if stack.primary],
    }


def text(found: Sequence[Row]) -> str:
    """For `strategy.matrix.include`, on one line."""
    return json.dumps(found, separators=(",", ":"))


def _row(stack: str, labels: str) -> Row:
    runner = [label.strip().replace("{stack}", stack) for label in labels.split(",") if label.strip()]
    return {"stack": stack, "preview": f"{PREVIEW}{stack}", "deploy": stack, "runner": runner or [RUNNER]}
