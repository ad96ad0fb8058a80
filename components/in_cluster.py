"""What every object inside the cluster has in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes


@dataclass(frozen=True, kw_only=True)
class InCluster:
    """The cluster an object lives in.

    Attributes:
        provider: speaks to the cluster's API server; never the ambient one, which is whatever kubeconfig is about.
        cluster: whose deletion takes the object along, so that a dead API server does not block a destroy.
    """

    provider: kubernetes.Provider
    cluster: pulumi.Resource

    def options(self, parent: pulumi.Resource, *, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Options of an object under `parent` that is made after the resources `after`."""
        return pulumi.ResourceOptions(
            parent=parent, provider=self.provider, deleted_with=self.cluster, depends_on=list(after)
        )
