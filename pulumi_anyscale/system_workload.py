"""The cluster that Anyscale runs for itself on a cloud resource, and how it is ended.

Owns that it is gone before the resource or the cloud goes: while it runs, Anyscale refuses both. Each resource has its
own (CLI 0.26.112, `terminate_system_cluster`). Does not own the users' workloads.
"""

from __future__ import annotations

from pulumi_anyscale.errors import TRANSIENT, Conflict, NotFound
from pulumi_anyscale.handler import Operation


def end(
    operation: Operation, cloud_id: str, cloud_resource_id: str, *, bound_seconds: float, since: float | None = None
) -> str:
    """Ask for its end and wait; empty when it is gone, else what was last seen when the bound had passed."""
    seen = ""
    for _ in operation.waiter.polls(bound_seconds, since=since):
        try:
            operation.api.end_system_workload(cloud_id, cloud_resource_id)
        except NotFound:
            return ""
        except Conflict as conflict:  # it has ended already, or is ending: its status says which
            refused = f" ({conflict.found})"
        except TRANSIENT as fault:
            seen = str(fault)
            continue
        else:
            refused = ""
        status = _status(operation, cloud_id, cloud_resource_id)
        if not status:
            return ""
        seen = status + refused
    return seen


def _status(operation: Operation, cloud_id: str, cloud_resource_id: str) -> str:
    try:
        status = operation.api.system_workload_status(cloud_id, cloud_resource_id)
    except NotFound:
        return ""
    except TRANSIENT as fault:
        return str(fault)
    return "" if status == "Terminated" else status
