"""Public addresses: which one a thing gets, and DNS labels, of which a region has each only once.

A label belongs to a public address; in a cluster AKS makes the address, for the load balancer of a Service or of an
Envoy proxy that asks for the label by an annotation.
"""

from __future__ import annotations

import ipaddress
import re
import zlib
from typing import Any

from simulator.standins.azure.kind import at
from simulator.standins.azure.locations import normal
from simulator.standins.refusal import Refused, azure
from simulator.world import Record, World

Json = dict[str, Any]

_RANGE = ipaddress.ip_network("198.18.0.0/15")
"""Addresses that Azure hands out here: the range for benchmarks, which nobody on the internet has."""
_SHAPE = "^[a-z][a-z0-9-]{1,61}[a-z0-9]$"
_IN_CLUSTER = {
    ":Service": "metadata.annotations",
    ":EnvoyProxy": "spec.provider.kubernetes.envoyService.annotations",
}
"""End of the type to where the annotations of its load balancer stand."""


def address_of(owner: str) -> str:
    """The same address for the same owner, in every run."""
    return str(_RANGE[zlib.crc32(owner.encode()) % _RANGE.num_addresses])


def label_asked_in_cluster(type: str, inputs: Json) -> str:
    """The label that an object in a cluster asks for; empty where it asks for none."""
    path = next((path for end, path in _IN_CLUSTER.items() if type.endswith(end)), "")
    annotations: Json = at(inputs, path) or {}
    return annotations.get("service.beta.kubernetes.io/azure-dns-label-name", "")


def label_refused(world: World, label: str, location: str, key: str) -> Refused | None:
    """Why the thing with this key cannot have the label in its region; None where it can, or asks for none."""
    if not label:
        return None
    if not re.match(_SHAPE, label):
        message = f"The domain name label {label} is invalid. It must conform to the following regular expression: "
        return azure(400, "InvalidDomainNameLabel", f"{message}{_SHAPE}.")
    region = normal(location)
    for record in world.records():
        if record.key != key and label == _held_in(world, record, region):
            message = f"DNS record {label}.{region}.cloudapp.azure.com is already used by another public IP."
            return azure(400, "DnsRecordInUse", message)
    return None


def _held_in(world: World, record: Record, region: str) -> str:
    """The label that a record holds in this region, once there is an address that has it."""
    if record.type.endswith(":network:PublicIPAddress"):
        here = normal(record.outputs["location"]) == region
        return at(record.inputs, "dnsSettings.domainNameLabel") if here else ""
    label = label_asked_in_cluster(record.type, record.inputs)
    clusters = world.records(provider="azure-native", type_suffix=":ManagedCluster") if label else ()
    cluster = next((cluster for cluster in clusters if record.key.startswith(f"{cluster.key}/")), None)
    if not cluster or normal(cluster.outputs["location"]) != region:
        return ""
    gateways = [gate for gate in world.records(type_suffix=":Gateway") if gate.key.startswith(f"{cluster.key}/")]
    reached = any(at(gate.outputs, "status.addresses") for gate in gateways)
    return label if reached or at(record.outputs, "status.loadBalancer.ingress") else ""
