"""What works but should be known before it is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from catalog.kubernetes import KUBERNETES_VERSIONS
from catalog.mounts import PROFILES
from catalog.sizing import SIZINGS
from stack.check import idle_risks
from stack.check_network import PRIVATE
from stack.mount_options import pool_mib
from stack.settings import StackSettings
from stack.spec import MountSpec, PoolSpec


def warnings(
    stack: str, settings: StackSettings, mounts: Iterable[MountSpec], pools: Iterable[PoolSpec]
) -> tuple[str, ...]:
    """Return one sentence each, with the key it is about."""
    return (
        *_of_cluster(settings),
        *_of_network(settings),
        *_of_pools(list(pools)),
        *_of_storage(settings),
        *_of_memory(mounts, pools),
        *(f"acceptRisk: '{risk}' is accepted, but no setting takes that risk." for risk in idle_risks(stack, settings)),
    )


def _of_cluster(settings: StackSettings) -> Iterator[str]:
    version = KUBERNETES_VERSIONS[settings.cluster.kubernetes_version]
    if version.warning:
        yield f"cluster.kubernetesVersion: {version.minor} is near its end: {version.warning}."
    channel = settings.cluster.upgrades.kubernetes or SIZINGS[settings.sized_for].upgrade_channel
    if channel == "none":
        yield "cluster.upgrades.kubernetes: nothing upgrades this cluster by itself; patches are yours to apply."


def _of_network(settings: StackSettings) -> Iterator[str]:
    for index, client in enumerate(settings.network.api_server_clients):
        if any(IPv4Network(client).subnet_of(private) for private in PRIVATE):
            yield (
                f"network.apiServerClients[{index}]: {client} is private, while the API server is reached at a public "
                "address: name the public one that those machines go out by."
            )


def _of_pools(pools: list[PoolSpec]) -> Iterator[str]:
    if all(pool.gpu or pool.asked.spot for pool in pools):
        yield "nodePools: no pool is both on demand and without GPUs, so that Ray heads run on dear or evicted nodes."


def _of_storage(settings: StackSettings) -> Iterator[str]:
    if settings.storage.replication in ("Standard_GRS", "Standard_GZRS"):
        yield (
            f"storage.replication: {settings.storage.replication} copies to a region where nothing can mount it; "
            "it is no sharing between regions."
        )
    for index, mount in enumerate(settings.storage.mounts):
        warning = PROFILES[mount.profile].warning if mount.profile else None
        if warning:
            yield f"storage.mounts[{index}].profile: '{mount.profile}' {warning}."


def _of_memory(mounts: Iterable[MountSpec], pools: Iterable[PoolSpec]) -> Iterator[str]:
    """A mount process takes its memory on the node, outside the pod's limit."""
    smallest = min((pool.size for pool in pools), key=lambda size: size.memory_gib)
    for mount in mounts:
        if (gib := pool_mib(mount.options) / 1024) > smallest.memory_gib / 4:
            yield (
                f"storage.mounts: '{mount.name}' takes {gib:g} GiB of a node for each pod that mounts it, "
                f"and {smallest.name} has {smallest.memory_gib}."
            )
