"""What stacks tell each other, as plain values under a version.

A stack exports these as outputs, each field under its name in camelCase; whoever reads them checks the version first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pydantic.alias_generators import to_camel

VERSION = 1
"""Raised when a field is renamed, removed, or changes its meaning."""
VERSION_OUTPUT = "contract"
SHARED_PREFIX = "shared_"
"""Of what a primary tells those that join it: it stands beside the outputs of its own region."""

Shape = TypeVar("Shape")


class ContractError(Exception):
    """Outputs that cannot be used: says what is absent or of another version."""


@dataclass(frozen=True, kw_only=True)
class SharedValues:
    """What the primary tells the stacks that join it.

    Attributes:
        cloud_id: `cld_...` of the Anyscale cloud.
        cloud_name: its name.
        storage_account: account with the shared containers.
        storage_account_id: its ARM id.
        storage_resource_group: group that holds it.
        storage_containers: names of its containers.
        storage_access: how they are reached, as `storage.access` of the primary says.
    """

    cloud_id: str
    cloud_name: str
    storage_account: str
    storage_account_id: str
    storage_resource_group: str
    storage_containers: list[str]
    storage_access: str


@dataclass(frozen=True, kw_only=True)
class RegionValues:
    """What a region tells people and the fleet.

    Attributes:
        region: Azure region.
        resource_group: group of what can be rebuilt.
        cluster_name: of the AKS cluster.
        kubernetes_version: that the cluster ran at the last `up`, with its patch.
        node_pools: names, in the order of the stack file.
        gpus: most that its pools may have together, by Anyscale's accelerator name.
        cloud_id: `cld_...` of the Anyscale cloud it is part of.
        cloud_name: that cloud's name.
        cloud_resource_id: `cldrsrc_...` of its registration.
        cloud_resource_name: name of its registration.
        identity_client_id: of the identity under which Ray's pods act.
        identity_principal_id: the same identity, as role assignments name it.
        operator_status: as Anyscale sees the operator.
        ingress_hostname: under which Ray's dashboards and services are reached.
        data_url: object storage that is registered with Anyscale, `abfss://...`.
        cloud_resource_yaml: the registration as the file that Anyscale's own CLI takes.
        get_credentials: the command that lets `kubectl` in.
        compute_configs: compute-config snippets by mount, for jobs that want more than the registered one.
        next_commands: what to run after an `up`, in this order.
    """

    region: str
    resource_group: str
    cluster_name: str
    kubernetes_version: str
    node_pools: list[str]
    gpus: dict[str, int]
    cloud_id: str
    cloud_name: str
    cloud_resource_id: str
    cloud_resource_name: str
    identity_client_id: str
    identity_principal_id: str
    operator_status: str
    ingress_hostname: str
    data_url: str
    cloud_resource_yaml: str
    get_credentials: str
    compute_configs: dict[str, str]
    next_commands: list[str]


@dataclass(frozen=True, kw_only=True)
class DeployedValues:
    """What a stack that is up tells its own next run, so that an edit is judged against what stands.

    Attributes:
        fixed: what may not change while the stack is up, by key of the stack file; rows in `stack/fixed.py`.
        lifecycle: which decides whether its resources are protected now.
        containers: that it owns, as `<account>/<container>`.
        cluster_digest: of the arguments of the AKS cluster, see `components/declared.py`.
    """

    fixed: dict[str, str]
    lifecycle: str
    containers: list[str]
    cluster_digest: str


def output_names(shape: type[Any], prefix: str = "") -> dict[str, str]:
    """Output by field."""
    return {field.name: to_camel(f"{prefix}{field.name}") for field in fields(shape)}


def read(shape: type[Shape], outputs: Mapping[str, Any], prefix: str = "") -> Shape:
    """Return `outputs` of a stack as a `shape`.

    Raises:
        ContractError: naming every absent output, or both versions.
    """
    if not outputs:
        msg = "has no outputs yet"
        raise ContractError(msg)
    if (found := outputs.get(VERSION_OUTPUT, VERSION)) != VERSION:
        spoken = f"{found:g}" if isinstance(found, float) else found  # the engine hands every number over as a float
        msg = f"speaks contract {spoken}, this program speaks {VERSION}"
        raise ContractError(msg)
    names = output_names(shape, prefix)
    if absent := [name for name in (VERSION_OUTPUT, *names.values()) if outputs.get(name) is None]:
        msg = f"has no output {', '.join(absent)}"
        raise ContractError(msg)
    return shape(**{field: outputs[name] for field, name in names.items()})
