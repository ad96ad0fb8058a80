"""What a cluster is sized for: the figures that differ between a trial, many small jobs, and one giant job.

Sources: AKS large-cluster, autoscaler, CNI Overlay, API-server VNet integration and NAT gateway pages (azure-aks-docs,
read 2026-08-21). Where those pages give no number, the choice is ours and a comment says so. Graceful termination is
600 s throughout: the 30 s that AKS advises for bursts would kill a Ray task that is still running.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Sizing:
    """One row.

    Attributes:
        name: as `sizedFor` names it.
        tier: AKS tier; only Standard has a service level for the API server.
        system_vm_size: size of the system pool's nodes, a row of catalog/vm_sizes.py.
        system_count: nodes of the system pool.
        system_max_count: upper bound if the system pool scales; None where its size is fixed.
        system_zonal: whether the system pool spreads over the region's zones.
        pod_range: default overlay range of the pods; each node takes a /24 of it.
        node_prefix: prefix length of the node subnet.
        api_server_prefix: prefix length of the subnet delegated to the API server.
        private_endpoint_prefix: prefix length of the subnet for private endpoints.
        nat_prefix: length of the NAT gateway's public prefix; each address carries 50,000 flows to one destination.
        max_pods: pods a node.
        surge: share of a CPU pool that an upgrade adds.
        drain_minutes: how long an upgrade waits for a node to drain.
        upgrade_channel: what AKS upgrades of Kubernetes by itself.
        node_image_channel: likewise of node images.
        autoscaler: arguments of `ManagedClusterPropertiesAutoScalerProfileArgs`, by their names.
        image_cleaner: whether AKS removes unused images from nodes; a giant job is faster with them kept.
    """

    name: Literal["trial", "many-jobs", "one-giant-job"]
    tier: Literal["Free", "Standard"]
    system_vm_size: str
    system_count: int
    system_max_count: int | None
    system_zonal: bool
    pod_range: str
    node_prefix: int
    api_server_prefix: int
    private_endpoint_prefix: int
    nat_prefix: int
    max_pods: int
    surge: str
    drain_minutes: int
    upgrade_channel: Literal["patch", "none"]
    node_image_channel: Literal["NodeImage", "SecurityPatch", "None"]
    autoscaler: Mapping[str, str | bool]
    image_cleaner: bool


_EVERYWHERE: dict[str, str | bool] = {
    "balance_similar_node_groups": "true",
    "ignore_daemonsets_utilization": True,
    "max_empty_bulk_delete": "100",
    "max_graceful_termination_sec": "600",
    "max_node_provision_time": "15m",
    "new_pod_scale_up_delay": "0s",
    "scale_down_utilization_threshold": "0.5",
    "scan_interval": "20s",
    "skip_nodes_with_local_storage": "false",
}

_BURSTY = MappingProxyType(
    _EVERYWHERE
    | {
        "expander": "least-waste",
        "max_total_unready_percentage": "100",
        "ok_total_unready_count": "1000",
        "scale_down_delay_after_add": "10m",
        "scale_down_delay_after_failure": "1m",
        "scale_down_unneeded_time": "5m",
        "scale_down_unready_time": "5m",
    }
)

_TRAINING = (
    MappingProxyType(  # ours: nodes are dear to get, so they go late, and half a fleet unready stops the scaling
        _EVERYWHERE
        | {
            "expander": "least-waste",
            "max_total_unready_percentage": "45",
            "ok_total_unready_count": "100",
            "scale_down_delay_after_add": "30m",
            "scale_down_delay_after_failure": "3m",
            "scale_down_unneeded_time": "20m",
            "scale_down_unready_time": "20m",
        }
    )
)

SIZINGS: dict[str, Sizing] = {
    sizing.name: sizing
    for sizing in (
        Sizing(
            name="trial",
            tier="Standard",
            system_vm_size="Standard_D4ds_v5",
            system_count=2,
            system_max_count=None,
            system_zonal=False,
            pod_range="10.244.0.0/16",  # 256 nodes
            node_prefix=24,
            api_server_prefix=27,
            private_endpoint_prefix=27,
            nat_prefix=31,  # Azure's smallest public prefix
            max_pods=110,
            surge="33%",
            drain_minutes=30,
            upgrade_channel="patch",
            node_image_channel="NodeImage",
            autoscaler=_BURSTY,
            image_cleaner=True,
        ),
        Sizing(
            name="many-jobs",
            tier="Standard",
            system_vm_size="Standard_D8ds_v5",
            system_count=3,
            system_max_count=None,
            system_zonal=True,
            pod_range="10.244.0.0/16",
            node_prefix=22,
            api_server_prefix=27,
            private_endpoint_prefix=27,
            nat_prefix=31,
            max_pods=110,
            surge="33%",
            drain_minutes=30,
            upgrade_channel="patch",
            node_image_channel="NodeImage",
            autoscaler=_BURSTY,
            image_cleaner=True,
        ),
        Sizing(
            name="one-giant-job",
            tier="Standard",
            system_vm_size="Standard_D16ds_v5",
            system_count=3,
            system_max_count=10,  # ours: CoreDNS and the operators grow with the number of nodes
            system_zonal=True,
            pod_range="100.64.0.0/11",  # 8,192 nodes, without spending RFC 1918 addresses
            node_prefix=18,
            api_server_prefix=26,
            private_endpoint_prefix=27,
            nat_prefix=28,  # 16 addresses, the most a NAT gateway takes
            max_pods=50,  # ours: one or few Ray pods a node
            surge="10%",
            drain_minutes=1440,
            upgrade_channel="none",
            node_image_channel="None",
            autoscaler=_TRAINING,
            image_cleaner=False,
        ),
    )
}
