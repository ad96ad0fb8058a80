"""What `lifecycle` means for a resource."""

from __future__ import annotations

import pulumi

from stack.spec import StackSpec


def guarded(spec: StackSpec) -> pulumi.ResourceOptions:
    """Options of what may not go while the stack is protected: cluster, cloud record, drain."""
    return pulumi.ResourceOptions(protect=spec.protected)


def kept(spec: StackSpec, *, adopted_id: str) -> pulumi.ResourceOptions:
    """Options of what holds data: it outlives the stack unless the stack is disposable.

    Args:
        adopted_id: ARM id under which an earlier stack left it; imported where `storage.adopt` asks for it. It is taken
            as it is: an import fails at any difference, and Azure answers more than was said. What differs shows in the
            first preview without `storage.adopt`.
    """
    adopts = spec.settings.storage.adopt
    return pulumi.ResourceOptions(
        protect=spec.protected,
        retain_on_delete=spec.keeps_data,
        import_=adopted_id if adopts else None,
        ignore_changes=["*"] if adopts else None,
    )
