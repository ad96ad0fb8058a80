"""Anyscale's objects as Pulumi resources, typed. The plugin beside this file gives them life."""

from __future__ import annotations

from typing import Any

import pulumi
from pydantic.alias_generators import to_camel, to_snake


class _AnyscaleResource(pulumi.CustomResource):
    """A resource whose properties are camelCase on the wire and snake_case here."""

    def translate_input_property(self, prop: str) -> str:
        return to_camel(prop)

    def translate_output_property(self, prop: str) -> str:
        return to_snake(prop)


class Cloud(_AnyscaleResource):
    """An Anyscale cloud: the name under which all regions are one.

    Owns the cloud record. Does not own the resources inside it (`CloudResource`). A cloud that already has the name,
    provider and region is adopted, for an interrupted run may have left it. Every property replaces. Import: `cld_...`.

    Attributes:
        cloud_id: `cld_...`; equal to the resource's id.
        name: as asked; immutable.
        region: region of its primary resource.
    """

    cloud_id: pulumi.Output[str]
    name: pulumi.Output[str]
    region: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        region: pulumi.Input[str],
        provider: pulumi.Input[str] = "AZURE",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            "anyscale:index:Cloud",
            resource_name,
            {"name": name, "region": region, "provider": provider, "cloud_id": None},
            opts,
        )


class CloudResource(_AnyscaleResource):
    """A place where Ray can run, registered in a cloud. The same fields for every provider.

    Owns the registration. Does not own the cluster, the bucket or the identity that it names. Only the claim, the zones
    and the Redis endpoint change in place; everything else replaces, which the cloud's primary resource refuses at
    preview, since it goes only with its cloud. Import: `cld_...:name`.

    Args:
        bucket_name: with scheme, e.g. `abfss://container@account.dfs.core.windows.net`.
        bucket_endpoint: bare origin; a slash at its end is dropped.
        bucket_region: where it is not the resource's own.
        operator_identity: on Azure the identity's *principal* id, never its client id.
        persistent_volume_claim: claim in the operator's namespace, mounted at /mnt/cluster_storage.

    Attributes:
        cloud_resource_id: `cldrsrc_...`; what the operator is installed with.
        is_default: True for the cloud's first resource, which goes only with the cloud.
    """

    cloud_resource_id: pulumi.Output[str]
    is_default: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        cloud_id: pulumi.Input[str],
        name: pulumi.Input[str],
        region: pulumi.Input[str],
        bucket_name: pulumi.Input[str],
        provider: pulumi.Input[str] = "AZURE",
        compute_stack: pulumi.Input[str] = "K8S",
        networking_mode: pulumi.Input[str] | None = None,
        bucket_endpoint: pulumi.Input[str] | None = None,
        bucket_region: pulumi.Input[str] | None = None,
        operator_identity: pulumi.Input[str] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        persistent_volume_claim: pulumi.Input[str] | None = None,
        zones: pulumi.Input[list[str]] | None = None,
        redis_endpoint: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given: dict[str, Any] = {
            "cloud_id": cloud_id,
            "name": name,
            "provider": provider,
            "compute_stack": compute_stack,
            "region": region,
            "networking_mode": networking_mode,
            "bucket_name": bucket_name,
            "bucket_endpoint": bucket_endpoint,
            "bucket_region": bucket_region,
            "operator_identity": operator_identity,
            "tenant_id": tenant_id,
            "persistent_volume_claim": persistent_volume_claim,
            "zones": zones,
            "redis_endpoint": redis_endpoint,
        }
        computed = {"cloud_resource_id": None, "is_default": None}
        super().__init__("anyscale:index:CloudResource", resource_name, {**given, **computed}, opts)


class OperatorReady(_AnyscaleResource):
    """The wait until Anyscale hears from the operator and finds it healthy. Owns nothing.

    Args:
        trigger: waits again when it changes; the chart's version.
        timeout_seconds: how long, before it fails with the checks that the operator reported.

    Attributes:
        status: `HEALTHY` once it is created.
        operator_version: as the operator reports it.
    """

    status: pulumi.Output[str]
    operator_version: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        cloud_id: pulumi.Input[str],
        cloud_resource_id: pulumi.Input[str],
        trigger: pulumi.Input[str],
        timeout_seconds: int = 900,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            "anyscale:index:OperatorReady",
            resource_name,
            {
                "cloud_id": cloud_id,
                "cloud_resource_id": cloud_resource_id,
                "trigger": trigger,
                "timeout_seconds": timeout_seconds,
                "status": None,
                "operator_version": None,
            },
            opts,
        )


class Drain(_AnyscaleResource):
    """What must happen at Anyscale before a region may go, while its operator is still alive. Creating it does nothing.

    Its deletion ends Anyscale's own system workload on the resource; in the primary it first refuses while other
    resources are registered, and waits until no job, service or workspace runs. Where the operator is not heard from,
    the region is lost: it gives up after its timeout, says so, and lets the destruction go on. Does not own the
    registration: `CloudResource` is removed after it, and that is where other stacks wait for what runs.

    Args:
        cluster_id: a new cluster drains the old one first, so a change replaces.
        primary: True in the stack that owns the cloud.
        timeout_seconds: how long the deletion retries before it gives up and says what still runs.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        cloud_id: pulumi.Input[str],
        cloud_resource_id: pulumi.Input[str],
        cluster_id: pulumi.Input[str],
        primary: bool,
        timeout_seconds: int = 900,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            "anyscale:index:Drain",
            resource_name,
            {
                "cloud_id": cloud_id,
                "cloud_resource_id": cloud_resource_id,
                "cluster_id": cluster_id,
                "primary": primary,
                "timeout_seconds": timeout_seconds,
            },
            opts,
        )
