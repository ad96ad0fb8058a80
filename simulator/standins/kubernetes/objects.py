"""Kubernetes objects: which are cluster-wide, which changes replace them, what the server adds, what never comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from simulator.standins.azure.kind import at
from simulator.standins.azure.public_addresses import address_of, label_asked_in_cluster, label_refused
from simulator.standins.kubernetes import clusters, helm
from simulator.standins.refusal import Refused
from simulator.standins.rules import Ask, Place
from simulator.world import Record

Json = dict[str, Any]

CLUSTER_WIDE = frozenset(
    {
        "APIService", "CSIDriver", "CiliumClusterwideNetworkPolicy", "ClusterRole", "ClusterRoleBinding",
        "CustomResourceDefinition", "GatewayClass", "IngressClass", "MutatingWebhookConfiguration", "Namespace", "Node",
        "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttributesClass",
    }
)  # fmt: skip

REPLACES: dict[str, tuple[str, ...]] = {
    "ClusterRoleBinding": ("roleRef",),
    "ConfigMap": ("data", "binaryData", "immutable"),
    "CSIDriver": ("spec",),
    "DaemonSet": ("spec.selector",),
    "Deployment": ("spec.selector",),
    "Job": ("spec.selector", "spec.template", "spec.completions"),
    "PersistentVolume": ("spec.csi", "spec.nfs", "spec.azureFile"),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.storageClassName", "spec.volumeName", "spec.selector"),
    "PriorityClass": ("value",),
    "RoleBinding": ("roleRef",),
    "RuntimeClass": ("handler",),
    "Secret": ("data", "stringData", "type"),
    "Service": ("spec.clusterIP",),
    "StatefulSet": ("spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
    "StorageClass": ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
}
"""Kind to the paths whose change needs a new object; the name and the namespace always do."""

_SUBDOMAIN = (
    "lowercase RFC 1123 subdomain",
    r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
)
_SEGMENT = ("path segment", r"(?!\.{1,2}$)[^/%]+")
_NAMES = {
    "Namespace": ("lowercase RFC 1123 label", r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"),
    "Service": ("lowercase RFC 1035 label", r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"),
    "Release": ("Helm release name of at most 53 characters", f"(?=.{{1,53}}$){_SUBDOMAIN[1]}"),
    **dict.fromkeys(("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"), _SEGMENT),
}
"""Kind to the form of its names, where that is not a subdomain."""

MUTABLE_WHEN = {"ConfigMap": "enableConfigMapMutable", "Secret": "enableSecretMutable"}
"""Kind to the provider setting that lets its contents change in place."""

_OWN_GROUPS = frozenset(
    {
        "", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps", "autoscaling",
        "batch", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io",
        "flowcontrol.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io",
        "resource.k8s.io", "scheduling.k8s.io", "snapshot.storage.k8s.io", "storage.k8s.io",
    }
)  # fmt: skip
_GROUPS_OF_AKS = {
    "cilium.io": ("networkProfile.networkDataplane", "cilium"),
    "azmonitoring.coreos.com": ("azureMonitorProfile.metrics.enabled", True),
    "keda.sh": ("workloadAutoScalerProfile.keda.enabled", True),
    "karpenter.sh": ("nodeProvisioningProfile.mode", "Auto"),
    "karpenter.azure.com": ("nodeProvisioningProfile.mode", "Auto"),
}
"""API group to the property of the cluster, and its value, that brings it."""
_NAMESPACES_OF_BIRTH = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})
_CLASSES_OF_AKS = frozenset({"default", "managed", "managed-csi", "managed-csi-premium", "managed-premium"})
_BLOB_DRIVER = "blob.csi.azure.com"


def kind_of(type: str) -> str:
    """`Namespace` from `kubernetes:core/v1:Namespace`."""
    return type.rpartition(":")[2]


def found(ask: Ask, kind: str, name: str, namespace: str = "") -> Record | None:
    """An object of the asked cluster, whatever version of its group it was made in."""
    prefix = f"{clusters.cluster_key(ask)}/"
    for record in ask.world.records(provider="kubernetes", type_suffix=f":{kind}"):
        meta = record.inputs.get("metadata", {})
        here = record.key.startswith(prefix) and meta.get("name") == name
        if here and namespace in ("", meta.get("namespace")):
            return record
    return None


def refuse_name(type: str, name: str) -> None:
    kind = kind_of(type)
    form, pattern = _NAMES.get(kind, _SUBDOMAIN)
    if not re.fullmatch(pattern, name):
        raise Refused(f'{kind} "{name}" is invalid: metadata.name: Invalid value: "{name}": must be a {form}')


def refuse_absent_namespace(ask: Ask, namespace: str) -> None:
    if namespace and namespace not in _NAMESPACES_OF_BIRTH and not found(ask, "Namespace", namespace):
        raise Refused(f'namespaces "{namespace}" not found')


def refuse_unknown_kind(ask: Ask, cluster: Record) -> None:
    """A custom resource needs its definition first: from AKS, from a chart, or from a definition of its own."""
    version = str(ask.inputs.get("apiVersion", "v1"))
    group = version.rpartition("/")[0]
    path, value = _GROUPS_OF_AKS.get(group, ("", None))
    if group in _OWN_GROUPS or (path and at(cluster.inputs, path) == value):
        return
    for record in ask.world.records(provider="kubernetes"):
        brought = helm.chart_of(record.inputs).api_groups if record.type == helm.RELEASE else frozenset[str]()
        defined = kind_of(record.type) == "CustomResourceDefinition" and at(record.inputs, "spec.group") == group
        if record.key.startswith(f"{cluster.key}/") and (group in brought or defined):
            return
    raise Refused(f'no matches for kind "{kind_of(ask.type)}" in version "{version}"')


def _refuse_unbound(ask: Ask, cluster: Record) -> None:
    """A claim is bound to a volume that is there, free, of its class, with its modes; else it is Pending for ever."""
    spec: Json = ask.inputs.get("spec", {})
    name, wanted = at(ask.inputs, "metadata.name"), spec.get("volumeName")
    if not wanted:
        _refuse_dynamic(ask, str(spec.get("storageClassName", "default")))
        return
    volume = found(ask, "PersistentVolume", wanted)
    if volume is None:
        raise _pending(name, f'volume "{wanted}" not found')
    held: Json = volume.inputs.get("spec", {})
    if held.get("storageClassName", "") != spec.get("storageClassName", ""):
        raise _pending(name, f"storage class differs from that of volume {wanted}")
    if not set(spec.get("accessModes", [])) <= set(held.get("accessModes", [])):
        raise _pending(name, f"volume {wanted} does not have the access modes {spec.get('accessModes')}")
    mine = f"{at(ask.inputs, 'metadata.namespace')}/{name}"
    if other := next((claim for claim in _bound_to(wanted, ask) if claim.id != mine), None):
        raise _pending(name, f"volume {wanted} is already bound to {other.id}")


def _bound_to(volume: str, ask: Ask) -> Iterator[Record]:
    """Claims of the asked cluster that are bound to a volume."""
    prefix = f"{clusters.cluster_key(ask)}/"
    for claim in ask.world.records(provider="kubernetes", type_suffix=":PersistentVolumeClaim"):
        if claim.key.startswith(prefix) and at(claim.inputs, "spec.volumeName") == volume:
            yield claim


def _refuse_dynamic(ask: Ask, storage_class: str) -> None:
    name, made = at(ask.inputs, "metadata.name"), found(ask, "StorageClass", storage_class)
    if made is None and storage_class not in _CLASSES_OF_AKS:
        raise _pending(name, f'storageclass.storage.k8s.io "{storage_class}" not found')
    if made and made.inputs.get("provisioner") == _BLOB_DRIVER:
        raise _pending(name, "the cluster's identity may not make storage accounts: a dynamic blob volume never comes")


def _pending(name: str, why: str) -> Refused:
    return Refused(f'PersistentVolumeClaim "{name}" failed to become Bound: it stays Pending: {why}')


def _refuse_gateway_in_vain(ask: Ask, cluster: Record) -> None:
    """Whoever waits for a gateway's address waits in vain where its proxy cannot run or be reached."""
    waits = "pulumi.com/waitFor" in (at(ask.inputs, "metadata.annotations") or {})
    if waits and (why := _proxy_pending(ask, cluster)):
        raise Refused(f'Gateway "{at(ask.inputs, "metadata.name")}": timed out waiting for an address: {why}')


def _proxy_pending(ask: Ask, cluster: Record) -> str:
    gateway_class = found(ask, "GatewayClass", str(at(ask.inputs, "spec.gatewayClassName")))
    if gateway_class is None:
        return f"GatewayClass {at(ask.inputs, 'spec.gatewayClassName')} not found"
    pointers = (at(ask.inputs, "spec.infrastructure.parametersRef"), at(gateway_class.inputs, "spec.parametersRef"))
    name = next((pointer["name"] for pointer in pointers if pointer), "")
    proxy = found(ask, "EnvoyProxy", name) if name else None
    tolerations = at(proxy.inputs, "spec.provider.kubernetes.envoyDeployment.pod.tolerations") if proxy else None
    if why := clusters.pending_because(cluster, ask, tolerations or []):
        return why
    return _label_refused(ask, cluster, proxy.type, proxy.inputs, proxy.key) if proxy else ""


def _refuse_service_in_vain(ask: Ask, cluster: Record) -> None:
    """The provider waits for the address of a load balancer, which comes only with the label."""
    name, namespace = at(ask.inputs, "metadata.name"), at(ask.inputs, "metadata.namespace")
    live = found(ask, "Service", name, namespace)
    why = _label_refused(ask, cluster, ask.type, ask.inputs, live.key if live else "")
    if why and at(ask.inputs, "spec.type") == "LoadBalancer":
        raise Refused(f'Service "{namespace}/{name}" was not allocated an IP address: {why}')


def _label_refused(ask: Ask, cluster: Record, type: str, inputs: Json, key: str) -> str:
    """Why a load balancer gets no address: its DNS label cannot be had in the cluster's region."""
    label = label_asked_in_cluster(type, inputs)
    return str(label_refused(ask.world, label, cluster.outputs["location"], key) or "")


def _refuse_bound(ask: Ask, volume: Record) -> None:
    """A finalizer keeps a volume until its claim is gone; the provider waits, and at last gives up."""
    if claim := next(_bound_to(volume.id, ask), None):
        raise Refused(
            f"timed out waiting for the condition: finalizers might be preventing deletion "
            f"(kubernetes.io/pv-protection): PersistentVolume {volume.id} is bound to claim {claim.id}"
        )


REFUSE: dict[str, Callable[[Ask, Record], None]] = {
    "Gateway": _refuse_gateway_in_vain,
    "PersistentVolumeClaim": _refuse_unbound,
    "Service": _refuse_service_in_vain,
}
"""Kind to what its creation or change waits for in vain, given the cluster."""

REFUSE_DELETION: dict[str, Callable[[Ask, Record], None]] = {"PersistentVolume": _refuse_bound}
"""Kind to what its deletion waits for in vain, given the object."""


def _gateway_status(ask: Ask, place: Place) -> Json:
    if _proxy_pending(ask, clusters.cluster_of(ask)):
        return {"conditions": [{"type": "Programmed", "status": "False"}]}
    address = {"type": "IPAddress", "value": address_of(place.key)}
    return {"addresses": [address], "conditions": [{"type": "Programmed", "status": "True"}]}


def _service_status(ask: Ask, place: Place) -> Json:
    if at(ask.inputs, "spec.type") != "LoadBalancer":
        return {"loadBalancer": {}}
    return {"loadBalancer": {"ingress": [{"ip": address_of(place.key)}]}}


STATUS: dict[str, Callable[[Ask, Place], Json]] = {
    "Gateway": _gateway_status,
    "Service": _service_status,
    "Namespace": lambda ask, place: {"phase": "Active"},
    "PersistentVolume": lambda ask, place: {"phase": "Available"},
    "PersistentVolumeClaim": lambda ask, place: {"phase": "Bound"},
}
"""Kind to the status that the server soon shows."""
