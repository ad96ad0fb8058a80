"""Kubernetes' rules: which cluster, who may, what must be there first, what never starts, what a change replaces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as pb
from standins_client import (
    CLUSTER,
    GROUP,
    OMIT,
    REGION,
    SYSTEM_TAINT,
    Client,
    Refusal,
    Standins,
    build,
    merged,
    standins,
)

from simulator.standins.wire import struct

Json = dict[str, Any]

NAMESPACE = "kubernetes:core/v1:Namespace"
RELEASE = "kubernetes:helm.sh/v3:Release"
VOLUME = "kubernetes:core/v1:PersistentVolume"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CONFIG = "kubernetes:core/v1:ConfigMap"
GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"

GATEWAY_CHART: Json = {
    "chart": "oci://docker.io/envoyproxy/gateway-helm", "version": "1.5.0", "name": "eg", "namespace": "envoy",
    "createNamespace": True,
    "values": {"deployment": {"pod": {"tolerations": SYSTEM_TAINT}}, "certgen": {"job": {"tolerations": SYSTEM_TAINT}}},
}  # fmt: skip
OPERATOR: Json = {
    "chart": "anyscale-operator", "version": "1.8.0", "name": "anyscale-operator", "namespace": "anyscale-operator",
    "values": {"global": {"cloudDeploymentId": "cldrsrc_1"}, "operator": {"tolerations": SYSTEM_TAINT}},
}  # fmt: skip
PLUGIN: Json = {"chart": "nvidia-device-plugin", "name": "plugin", "namespace": "default"}
PV: Json = {
    "metadata": {"name": "pv"},
    "spec": {
        "storageClassName": "blob-fuse2",
        "accessModes": ["ReadWriteMany"],
        "csi": {"driver": "blob.csi.azure.com"},
    },
}
PVC: Json = {
    "metadata": {"name": "claim", "namespace": "default"},
    "spec": {"storageClassName": "blob-fuse2", "accessModes": ["ReadWriteMany"], "volumeName": "pv"},
}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Standins]:
    with standins(tmp_path) as running:
        yield running


@pytest.fixture
def kubernetes(served: Standins) -> Client:
    build(served.azure())
    client = served.kubernetes()
    client.create(NAMESPACE, "ns", {"metadata": {"name": "anyscale-operator"}})
    return client


def test_an_object_needs_its_cluster(served: Standins) -> None:
    with pytest.raises(Refusal, match="configured Kubernetes cluster is unreachable"):
        served.kubernetes().create(NAMESPACE, "ns", {"metadata": {"name": "ns"}})


def test_a_kubeconfig_of_another_server_does_not_reach_the_cluster(served: Standins) -> None:
    fqdn = build(served.azure())["cluster"]["fqdn"]
    with pytest.raises(Refusal, match="unreachable"):
        served.kubernetes(kubeconfig="https://old.example:443").create(NAMESPACE, "a", {"metadata": {"name": "a"}})
    assert (
        served.kubernetes(kubeconfig=f"https://{fqdn}:443").create(NAMESPACE, "b", {"metadata": {"name": "b"}})[0]
        == "b"
    )


def test_a_kubeconfig_alone_finds_the_cluster(served: Standins) -> None:
    fqdn = build(served.azure())["cluster"]["fqdn"]
    client = served.client("kubernetes", kubeconfig=f"https://{fqdn}:443")
    client.create(NAMESPACE, "ns", {"metadata": {"name": "ns"}})
    [record] = served.world.records(provider="kubernetes")
    assert record.key.startswith(CLUSTER.lower()), "an object's key begins with its cluster's"


def test_without_an_administrator_everything_is_forbidden(served: Standins) -> None:
    build(served.azure(), {"admin": OMIT})
    with pytest.raises(Refusal, match="User does not have access to the resource in Azure"):
        served.kubernetes().create(NAMESPACE, "ns", {"metadata": {"name": "ns"}})


REFUSALS: list[tuple[str, str, Json, str]] = [
    ("an object in an absent namespace", CONFIG, {"metadata": {"name": "a", "namespace": "b"}},
     'namespaces "b" not found'),
    ("a release in an absent namespace", RELEASE, {**PLUGIN, "namespace": "b"}, 'namespaces "b" not found'),
    ("an object that exists", NAMESPACE, {"metadata": {"name": "anyscale-operator"}}, "already exists"),
    ("a name with capitals", CONFIG, {"metadata": {"name": "Name"}}, "RFC 1123"),
    ("a gateway before its definition", GATEWAY,
     {"apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "a"}},
     'no matches for kind "Gateway"'),
    ("a claim on an absent volume", CLAIM, PVC, 'volume "pv" not found'),
    ("a dynamic claim of an absent class", CLAIM, merged(PVC, {"spec": {"volumeName": OMIT}}), "blob-fuse2"),
    ("an operator without tolerations", RELEASE, merged(OPERATOR, {"values": {"operator": OMIT}}),
     "pods of operator stay Pending: 0 of 2 node pools are available: pool system has untolerated taint Critical"),
    ("an operator without its cloud resource", RELEASE, merged(OPERATOR, {"values": {"global": OMIT}}),
     "values.global.cloudDeploymentId is required"),
    ("a gateway whose hook job has no toleration", RELEASE, merged(GATEWAY_CHART, {"values": {"certgen": OMIT}}),
     "pods of certgen stay Pending"),
    ("a gateway without tolerations", RELEASE, merged(GATEWAY_CHART, {"values": {"deployment": OMIT}}),
     "pods of envoy-gateway stay Pending"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "type", "inputs", "text"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_kubernetes_refuses(
    kubernetes: Client, served: Standins, what: str, type: str, inputs: Json, text: str
) -> None:
    with pytest.raises(Refusal, match=text):
        kubernetes.create(type, "x", inputs)
    assert not served.world.journal[-1].done, f"{what}: a refused write is told as refused"


def test_the_charts_start_with_tolerations_and_bring_their_kinds(kubernetes: Client) -> None:
    _, gateway = kubernetes.create(RELEASE, "eg", GATEWAY_CHART)
    assert gateway["status"] == {
        "status": "deployed", "name": "eg", "namespace": "envoy", "revision": 1, "chart": "gateway-helm",
        "version": "1.5.0", "appVersion": "1.5.0",
    }  # fmt: skip
    kubernetes.create(GATEWAY, "gw", {"apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "gw"}})
    id, operator = kubernetes.create(RELEASE, "operator", OPERATOR)
    assert id == "anyscale-operator/anyscale-operator", "ids are namespace and name"
    assert operator["resourceNames"], "the objects of the release are named"
    again = kubernetes.update(RELEASE, "operator", id, OPERATOR, merged(OPERATOR, {"values": {"a": 1}}))
    assert again["status"]["revision"] == 2, "each update is a revision"


def test_the_operator_is_ready_only_where_its_cloud_resource_is_registered(
    kubernetes: Client, served: Standins
) -> None:
    with served.world.lock:
        served.world.anyscale["resources"] = [{"id": "cldrsrc_other"}]
        served.world.save()
    with pytest.raises(Refusal, match="anyscale.invalid knows no cloud resource cldrsrc_1"):
        kubernetes.create(RELEASE, "operator", OPERATOR)
    with served.world.lock:
        served.world.anyscale["resources"] = [{"id": "cldrsrc_1"}]
        served.world.save()
    assert kubernetes.create(RELEASE, "operator", OPERATOR)[0], "registered, so ready"


def test_a_device_plugin_must_be_allowed_onto_every_gpu_pool(served: Standins) -> None:
    build(
        served.azure(), {"pool": {"agentPoolName": "t4", "vmSize": "Standard_NC16as_T4_v3", "scaleSetPriority": "Spot"}}
    )
    kubernetes, everything = served.kubernetes(), {"values": {"tolerations": [{"operator": "Exists"}]}}
    with pytest.raises(Refusal, match="kept off the GPU pool t4 by the taint kubernetes.azure.com/scalesetpriority"):
        kubernetes.create(RELEASE, "plugin", PLUGIN)
    assert kubernetes.create(RELEASE, "plugin", PLUGIN | everything)[0], "tolerating all taints lets it in"


def test_an_untainted_pool_takes_any_pod(served: Standins) -> None:
    build(served.azure(), {"pool": {"nodeTaints": []}})
    kubernetes = served.kubernetes()
    kubernetes.create(NAMESPACE, "ns", {"metadata": {"name": "anyscale-operator"}})
    assert kubernetes.create(RELEASE, "operator", merged(OPERATOR, {"values": {"operator": OMIT}}))[0], "room on cpu"


CLAIMS: list[tuple[str, Json, str]] = [
    ("another class", {"spec": {"storageClassName": "other"}}, "storage class differs"),
    ("more modes than the volume has", {"spec": {"accessModes": ["ReadWriteOnce"]}}, "access modes"),
    ("a volume that is bound", {"metadata": {"name": "second"}}, "already bound to default/claim"),
]


@pytest.mark.parametrize(("what", "override", "text"), CLAIMS, ids=[row[0] for row in CLAIMS])
def test_a_claim_is_bound_to_its_volume_or_stays_pending(
    kubernetes: Client, what: str, override: Json, text: str
) -> None:
    kubernetes.create(VOLUME, "pv", PV)
    _, claim = kubernetes.create(CLAIM, "claim", PVC)
    assert claim["status"]["phase"] == "Bound", "volume and claim name each other"
    second = merged(PVC, {"metadata": {"name": "second"}})
    with pytest.raises(Refusal, match=text):
        kubernetes.create(CLAIM, what, merged(second, override))


def test_a_dynamic_blob_volume_never_comes(kubernetes: Client) -> None:
    storage_class = {"metadata": {"name": "blob-fuse2"}, "provisioner": "blob.csi.azure.com"}
    kubernetes.create("kubernetes:storage.k8s.io/v1:StorageClass", "sc", storage_class)
    with pytest.raises(Refusal, match="may not make storage accounts"):
        kubernetes.create(CLAIM, "claim", merged(PVC, {"spec": {"volumeName": OMIT}}))


def _gateway(kubernetes: Client, tolerations: list[Json], **annotations: str) -> Json:
    kubernetes.create(RELEASE, "eg", GATEWAY_CHART)
    pod = {"provider": {"kubernetes": {"envoyDeployment": {"pod": {"tolerations": tolerations}}}}}
    proxy = {"apiVersion": "gateway.envoyproxy.io/v1alpha1", "metadata": {"name": "p"}, "spec": pod}
    kubernetes.create("kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy", "p", proxy)
    about = {"apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "eg"}}
    pointer = {"spec": {"parametersRef": {"kind": "EnvoyProxy", "name": "p"}}}
    kubernetes.create("kubernetes:gateway.networking.k8s.io/v1:GatewayClass", "eg", about | pointer)
    gateway = {**about, "metadata": {"name": "gw", "annotations": annotations}, "spec": {"gatewayClassName": "eg"}}
    return kubernetes.create(GATEWAY, "gw", gateway)[1]


def test_a_gateway_gets_an_address_once_its_proxy_can_run(kubernetes: Client) -> None:
    assert _gateway(kubernetes, SYSTEM_TAINT)["status"]["addresses"], "the proxy runs on the system pool"


def test_whoever_waits_for_a_gateway_whose_proxy_cannot_run_is_told_why(kubernetes: Client) -> None:
    with pytest.raises(Refusal, match="timed out waiting for an address: 0 of 2 node pools"):
        _gateway(kubernetes, [], **{"pulumi.com/waitFor": "jsonpath={.status.addresses}"})


def test_a_gateway_whose_proxy_cannot_run_has_no_address(kubernetes: Client) -> None:
    assert "addresses" not in _gateway(kubernetes, [])["status"], "nothing listens"


REPLACEMENTS: list[tuple[str, Json, Json, bool]] = [
    (NAMESPACE, {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, True),
    (NAMESPACE, {"metadata": {"name": "a"}}, {"metadata": {"labels": {"x": "y"}}}, False),
    (CONFIG, {"metadata": {"name": "a"}, "data": {"x": "1"}}, {"data": {"x": "2"}}, True),
    (CONFIG, {"metadata": {"name": "a"}}, {"metadata": {"namespace": "b"}}, True),
    (VOLUME, PV, {"spec": {"csi": {"volumeHandle": "x"}}}, True),
    (VOLUME, PV, {"spec": {"mountOptions": ["x"]}}, False),
    (CLAIM, PVC, {"spec": {"volumeName": "x"}}, True),
    (CLAIM, PVC, {"spec": {"storageClassName": "x"}}, True),
    (CLAIM, PVC, {"spec": {"accessModes": ["x"]}}, True),
    (CLAIM, PVC, {"spec": {"resources": {"requests": {"storage": "2Ti"}}}}, False),
    ("kubernetes:storage.k8s.io/v1:StorageClass", {"metadata": {"name": "a"}}, {"parameters": {"x": "y"}}, True),
    ("kubernetes:storage.k8s.io/v1:StorageClass", {"metadata": {"name": "a"}}, {"provisioner": "x"}, True),
    (RELEASE, OPERATOR, {"name": "x"}, True),
    (RELEASE, OPERATOR, {"namespace": "x"}, True),
    (RELEASE, OPERATOR, {"version": "1.9.0", "values": {"x": 1}}, False),
]


@pytest.mark.parametrize(("type", "inputs", "change", "replaced"), REPLACEMENTS, ids=lambda value: str(value)[:50])
def test_a_change_replaces_only_what_kubernetes_cannot_change(
    served: Standins, type: str, inputs: Json, change: Json, replaced: bool
) -> None:
    replaces, kinds, first = served.kubernetes().diff(type, inputs, merged(inputs, change))
    assert bool(replaces) == replaced, f"{change} of {type}"
    assert kinds and first == replaced, "a given name cannot be taken twice, so the old one goes first"


def test_a_config_map_changes_in_place_where_the_provider_was_told_so(served: Standins) -> None:
    client, inputs = served.kubernetes(enableConfigMapMutable="true"), {"metadata": {"name": "a"}, "data": {"x": "1"}}
    assert not client.diff(CONFIG, inputs, merged(inputs, {"data": {"x": "2"}}))[0], (
        "the setting of the instance counts"
    )


def test_an_object_without_a_name_gets_one_and_stands_beside_the_old_one(served: Standins) -> None:
    client = served.kubernetes()
    checked = client.check(CONFIG, "config", {"data": {}})
    assert checked["metadata"]["name"].startswith("config-"), "logical name and a hash"
    assert checked["metadata"]["namespace"] == "default", "namespaced kinds get the default namespace"
    assert client.check(CONFIG, "config", {"data": {}}, checked) == checked, "the name stays"
    assert client.diff(CONFIG, {"data": {"a": "1"}}, {"data": {"a": "2"}})[2] is False, "two names, no gap"
    assert "namespace" not in client.check(NAMESPACE, "ns", {})["metadata"], "cluster-wide kinds get none"


def test_what_is_gone_is_not_updated(kubernetes: Client) -> None:
    inputs: Json = {"metadata": {"name": "gone"}}
    with pytest.raises(Refusal, match='namespaces "gone" not found'):
        kubernetes.update(NAMESPACE, "gone", "gone", inputs, inputs)


def test_a_namespace_takes_along_what_is_in_it(kubernetes: Client, served: Standins) -> None:
    kubernetes.create(CONFIG, "a", {"metadata": {"name": "a", "namespace": "anyscale-operator"}})
    kubernetes.create(CONFIG, "b", {"metadata": {"name": "b"}})
    kubernetes.delete(NAMESPACE, "anyscale-operator")
    assert [r.id for r in served.world.records(provider="kubernetes")] == ["default/b"], "and nothing else"


def test_objects_of_a_cluster_that_is_gone_are_let_go_only_when_told_so(kubernetes: Client, served: Standins) -> None:
    served.azure().delete("azure-native:containerservice:ManagedCluster", CLUSTER)
    with pytest.raises(Refusal, match="unreachable"):
        kubernetes.delete(NAMESPACE, "anyscale-operator")
    with pytest.raises(Refusal, match="unreachable"):
        kubernetes.read(NAMESPACE, "anyscale-operator", {"metadata": {"name": "anyscale-operator"}})
    lenient = served.kubernetes(deleteUnreachable="true")
    lenient.delete(NAMESPACE, "anyscale-operator")
    assert lenient.read(NAMESPACE, "anyscale-operator")[0] == "", "taken for gone"
    with pytest.raises(Refusal, match="unreachable"):
        lenient.delete(RELEASE, "anyscale-operator/anyscale-operator")


def test_two_clusters_of_one_stack_hold_objects_of_the_same_name(served: Standins) -> None:
    azure = served.azure()
    build(azure)
    type, inputs = REGION["cluster"]
    azure.create(type, "second", {**inputs, "resourceName": "second", "aadProfile": {}})
    second = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/second"
    for cluster in (CLUSTER, second):
        served.kubernetes(cluster).create(NAMESPACE, "ns", {"metadata": {"name": "same"}})
    assert len(list(served.world.records(provider="kubernetes"))) == 2, "the instance says which cluster is meant"


def test_a_refresh_brings_live_values_of_what_was_sent_and_no_more(kubernetes: Client, served: Standins) -> None:
    inputs: Json = {"metadata": {"name": "a", "namespace": "default"}, "data": {"x": "1"}}
    kubernetes.create(CONFIG, "a", inputs)
    [record] = served.world.records(type_suffix=":ConfigMap")
    record.outputs["data"] = {"x": "2", "added": "3"}
    served.world.put(record)
    _, refreshed, outputs = kubernetes.read(CONFIG, "default/a", inputs)
    assert refreshed == {**inputs, "data": {"x": "2"}}, "what the server or others added is not ours"
    assert outputs["metadata"]["uid"], "the server's own fields are outputs"


def test_only_the_cluster_identifier_replaces_the_provider(served: Standins) -> None:
    stub, old = served.kubernetes().stub, {"kubeconfig": "a", "clusterIdentifier": "x"}
    for new, replaces in (({**old, "kubeconfig": "b"}, []), ({**old, "clusterIdentifier": "y"}, ["clusterIdentifier"])):
        answer = stub.DiffConfig(pb.DiffRequest(old_inputs=struct(old), news=struct(new)))
        assert list(answer.replaces) == replaces, "else every object would be replaced with each new kubeconfig"
