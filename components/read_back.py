"""What Azure computes once for a resource, read from Azure instead of taken from the resource's outputs.

While a resource is being updated, a preview knows none of its outputs but name and location (azure-native's Update,
read 2026-11). Taken from the outputs, a new tag on an identity would preview as the replacement of every role
assignment and of the registration, which protection refuses. Read, they are unknown only before the resource exists.
"""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerservice, managedidentity


def identity(
    made: managedidentity.UserAssignedIdentity, resource_group_name: pulumi.Input[str]
) -> pulumi.Output[managedidentity.GetUserAssignedIdentityResult]:
    """Client, principal and tenant id of an identity."""
    return managedidentity.get_user_assigned_identity_output(
        resource_group_name=resource_group_name, resource_name=made.name
    )


def issuer_url(cluster: containerservice.ManagedCluster, resource_group_name: pulumi.Input[str]) -> pulumi.Output[str]:
    """Address under which a cluster issues the tokens of its service accounts."""
    found = containerservice.get_managed_cluster_output(
        resource_group_name=resource_group_name, resource_name=cluster.name
    )
    return found.oidc_issuer_profile.apply(lambda profile: _present(profile.issuer_url if profile else None))


def pool_count(cluster_name: str, resource_group_name: str, *, pool: str, first: int) -> pulumi.Output[int]:
    """How many nodes the autoscaler has given a pool of a cluster that stands, or `first` where the cluster is gone.

    By the pool's name: the order in which AKS lists pools is written nowhere.
    """
    try:
        found = containerservice.get_managed_cluster(
            resource_group_name=resource_group_name, resource_name=cluster_name
        )
    except Exception as error:
        if "NotFound" not in str(error):
            raise
        return pulumi.Output.from_input(first)
    counts = {profile.name: profile.count for profile in found.agent_pool_profiles or ()}
    return pulumi.Output.from_input(counts.get(pool) or first)


def _present(url: str | None) -> str:
    if not url:
        raise pulumi.RunError("the cluster has no OIDC issuer, so no pod could act as its identity: enable it again")
    return url
