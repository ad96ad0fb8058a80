"""The rows of a workflow's matrices, from the stack files: adding a region is adding its file."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fleet.ci.runner import Runner
from fleet.stacks import FleetStack, select

RUNNER = "ubuntu-latest"
"""Where no label is given."""
PREVIEW = "preview-"
"""Before a stack's name: its environment for previews. The environment for deployments is called like the stack."""
INPUT = "stacks"
"""Of a workflow that is started by hand: names of stacks, between spaces or commas; all where it is empty."""

Row = dict[str, str | list[str]]


def chosen(stacks: Sequence[FleetStack], runner: Runner) -> tuple[FleetStack, ...]:
    """The stacks that a run is about, in their order.

    Raises:
        FleetError: somebody named one that has no file.
    """
    return select(stacks, str(runner.inputs.get(INPUT) or "").replace(",", " ").split())


def row(stack: str, labels: str, *, environment: str = "", **more: str) -> Row:
    """What the job of a stack needs.

    Args:
        stack: its name.
        labels: of the runner, between commas; `{stack}` becomes the name, for runners in each region's network.
        environment: in which it runs; without, that of the stack's deployments.
        more: further columns.
    """
    runner = [label.strip().replace("{stack}", stack) for label in labels.split(",") if label.strip()]
    return {"stack": stack, "environment": environment or stack, "runner": runner or [RUNNER], **more}


def text(rows: Sequence[Row]) -> str:
    """For `strategy.matrix.include`, on one line; empty for no rows, since a job with an empty matrix fails."""
    return json.dumps(rows, separators=(",", ":")) if rows else ""
