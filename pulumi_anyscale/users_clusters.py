"""The Ray clusters of users in a cloud, and whether any still runs: jobs, services and workspaces each have one.

Owns the question and the wait. Refuses to end them: what they compute is the users'.
"""

from __future__ import annotations

from pulumi_anyscale.errors import TRANSIENT, Invalid, Misdirected, NotFound, Refusal
from pulumi_anyscale.handler import Operation

ACTIVE = (
    "AwaitingStartup",
    "AwaitingFileMounts",
    "StartingUp",
    "Running",
    "Updating",
    "UpdatingErrored",
    "Stopping",
    "Terminating",
)
"""States in which a cluster has pods or will have. Left out are the ended ones, and those in which an end or a start
has failed for good: such a record stays, and would be waited for in vain. Source: CLI 0.26.112, `SessionState`."""
_NAMED = 5


def wait_for_end(operation: Operation, cloud_id: str, *, bound_seconds: float) -> str:
    """Wait until no cluster of a user runs in a cloud; empty once it is so, else what was last seen within the bound.

    Raises:
        Refusal: Anyscale does not tell, so that nobody can say that nothing is lost.
    """
    seen = ""
    for _ in operation.waiter.polls(bound_seconds):
        try:
            listed = operation.api.clusters(cloud_id, states=ACTIVE)
        except TRANSIENT as fault:
            seen = str(fault)
            continue
        except (Invalid, Misdirected, NotFound) as unknown:
            raise Refusal(
                f"whether jobs run in cloud {cloud_id} cannot be told ({unknown.found}): see in Anyscale's console "
                "that none does, take this guard out of the state (`pulumi state delete <its URN>`) and destroy again"
            ) from unknown
        running = sorted(
            f"{found.get('name')} ({found['state']})"
            for found in listed
            if found.get("state") in ACTIVE and not found.get("is_system_cluster")
        )
        if not running:
            return ""
        more = f" and {len(running) - _NAMED} more" if len(running) > _NAMED else ""
        seen = ", ".join(running[:_NAMED]) + more
    return seen
