"""What follows from a stack file, as plain values: each holds what was asked and its catalog row, copies no field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalog.gpus import Gpu
from catalog.mounts import REGISTERED_MOUNT
from catalog.regions import Region
from catalog.sizing import Sizing
from catalog.vm_sizes import VmSize
from stack.settings import AcceptedRisk, NodePool, OwnsCloud, StackSettings


@dataclass(frozen=True, kw_only=True)
class Names:
    """Physical names: deterministic and readable, so that a killed run finds what it made.

    Attributes:
        shared_resource_group: of what all stacks share; empty in a stack that joins, as is `shared_storage_account`.
        dns_label: of the ingress, `<label>.<region>.cloudapp.azure.com`; unique in the region.
        cloud_resource: what Anyscale calls this stack.
    """

    cluster: str
    resource_group: str
    data_resource_group: str
    shared_resource_group: str
    network: str
    identity: str
    cluster_identity: str
    nat_gateway: str
    nat_prefix: str
    storage_account: str
    shared_storage_account: str
    dns_label: str
    cloud_resource: str
    operator_namespace: str
    node_resource_group: str


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Who lives where.

    Attributes:
        network: address space; None where the network is somebody else's, as are the three subnets then.
        nat_prefix_length: size of the public prefix of the NAT gateway, e.g. 31.
    """

    network: str | None
    nodes: str | None
    api_server: str | None
    private_endpoints: str | None
    pods: str
    services: str
    dns_service: str
    nat_prefix_length: int


@dataclass(frozen=True, kw_only=True)
class SystemPoolSpec:
    """The one inline pool: tainted, of fixed size unless the row says otherwise."""

    size: VmSize
    count: int
    max_count: int | None
    zones: tuple[str, ...]
    os_disk_type: Literal["Ephemeral", "Managed"]
    os_disk_gib: int


@dataclass(frozen=True, kw_only=True)
class PoolSpec:
    """A node pool for Ray.

    Attributes:
        labels: all of them: by size, capacity type, and asked.
        taints: likewise, sorted as Azure keeps them.
    """

    asked: NodePool
    size: VmSize
    gpu: Gpu | None
    labels: dict[str, str]
    taints: tuple[str, ...]
    os_disk_type: Literal["Ephemeral", "Managed"]
    os_disk_gib: int
    max_surge: str
    max_unavailable: str
    drain_timeout_minutes: int


@dataclass(frozen=True, kw_only=True)
class MountSpec:
    """A mount, the same in every region but for where it lives.

    Attributes:
        name: of PersistentVolume and claim.
        path: where pods see it.
        home: whose account holds the container.
        owned: True where this stack makes the container.
        read_only: for this stack's pods.
        size: nominal, e.g. `10Ti`; a claim must name one, nothing enforces it.
    """

    name: str
    path: str
    container: str
    home: Literal["primary", "region"]
    owned: bool
    read_only: bool
    size: str
    options: tuple[str, ...]
    cool_after_days: int | None
    delete_after_days: int | None

    @property
    def registered(self) -> bool:
        """Whether it is the one that Anyscale puts into every pod."""
        return self.name == REGISTERED_MOUNT


@dataclass(frozen=True, kw_only=True)
class InstanceTypeSpec:
    """An Anyscale instance type that fits what a node of its pool can allocate."""

    name: str
    cpus: int
    memory_gib: int
    gpus: int
    gpu: Gpu | None


@dataclass(frozen=True, kw_only=True)
class StackSpec:
    """Everything that can be decided without a cloud.

    Attributes:
        mounts: in order of name; exactly one is `registered`.
        tags: on everything that can carry them.
        warnings: what works but should be known; one sentence each.
        risks: accepted ones, as asked.
    """

    stack: str
    settings: StackSettings
    region: Region
    sizing: Sizing
    names: Names
    addresses: Addresses
    system_pool: SystemPoolSpec
    pools: tuple[PoolSpec, ...]
    mounts: tuple[MountSpec, ...]
    instance_types: tuple[InstanceTypeSpec, ...]
    replication: str
    upgrade_channel: str
    node_image_channel: str
    tags: dict[str, str]
    warnings: tuple[str, ...]

    @property
    def primary(self) -> bool:
        """Whether this stack owns the cloud."""
        return isinstance(self.settings.cloud, OwnsCloud)

    @property
    def risks(self) -> tuple[AcceptedRisk, ...]:
        """Accepted risks, as asked."""
        return self.settings.accept_risk

    @property
    def protected(self) -> bool:
        """Whether nothing of the stack may be deleted."""
        return self.settings.lifecycle == "protected"

    @property
    def keeps_data(self) -> bool:
        """Whether data outlive the stack."""
        return self.settings.lifecycle != "disposable"
