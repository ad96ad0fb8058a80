"""A region whose operator is not heard from: nobody there can end anything, so waiting for its end would be in vain.

Owns how such a region is told. What is given up for it is each resource's own decision.
"""

from __future__ import annotations

from pulumi_anyscale.documents import Json

_NOBODY_THERE = ("DISCONNECTED", "UNSPECIFIED")
"""Status of an operator that can end nothing: its cluster is gone, or never had one."""


def lost(live: Json) -> str:
    """The status of a registration's operator where nobody hears it; empty where it is there."""
    status = str(live.get("operator_status") or "UNSPECIFIED")
    return status if status in _NOBODY_THERE else ""
