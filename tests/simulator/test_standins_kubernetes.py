"""Kubernetes: which cluster, who may, what must be there first, what a change replaces, what a refresh brings."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as pb
from standins_client import CLUSTER, GROUP, OMIT, REGION, Client, Refusal, Standins, build, merged

from simulator.standins.wire import struct

Json = dict[str, Any]

NAMESPACE = "kubernetes:core/v1:Namespace"
RELEASE = "kubernetes:helm.sh/v3:Release"
VOLUME = "kubernetes:core/v1:PersistentVolume"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CONFIG = "kubernetes:core/v1:ConfigMap"
SERVICE = "kubernetes:core/v1:Service"
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"

CHART: Json = {"chart": "anyscale-operator", "version": "1.8.0", "name": "operator", "namespace": "default"}
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
    ("an object that exists", NAMESPACE, {"metadata": {"name": "anyscale-operator"}}, "already exists"),
    ("a name with capitals", CONFIG, {"metadata": {"name": "Name"}}, "RFC 1123 subdomain"),
    ("a name with a colon", CONFIG, {"metadata": {"name": "a:b"}}, "RFC 1123 subdomain"),
    ("a namespace with a dot", NAMESPACE, {"metadata": {"name": "a.b"}}, "RFC 1123 label"),
    ("a namespace of 64 letters", NAMESPACE, {"metadata": {"name": "a" * 64}}, "RFC 1123 label"),
    ("a service that begins with a digit", SERVICE, {"metadata": {"name": "1a"}}, "RFC 1035 label"),
    ("a role with a per cent sign", ROLE, {"metadata": {"name": "a%b"}}, "path segment"),
    ("a gateway before its definition", GATEWAY,
     {"apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "a"}},
     'no matches for kind "Gateway"'),
    ("a claim on an absent volume", CLAIM, PVC, 'volume "pv" not found'),
    ("a dynamic claim of an absent class", CLAIM, merged(PVC, {"spec": {"volumeName": OMIT}}), "blob-fuse2"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "type", "inputs", "text"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_kubernetes_refuses(
    kubernetes: Client, served: Standins, what: str, type: str, inputs: Json, text: str
) -> None:
    with pytest.raises(Refusal, match=text):
        kubernetes.create(type, "x", inputs)
    assert not served.world.journal[-1].done, f"{what}: a refused write is told as refused"


NAMES = [(CONFIG, "a.b-c"), (NAMESPACE, "1a"), (SERVICE, "a1"), (ROLE, "system:node"), (ROLE, "Upper")]


@pytest.mark.parametrize(("type", "name"), NAMES)
def test_a_name_of_the_right_form_is_taken(kubernetes: Client, type: str, name: str) -> None:
    assert kubernetes.create(type, "x", {"metadata": {"name": name}})[0].endswith(name), "roles may have colons"


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


def test_a_volume_stays_until_its_claim_is_gone(kubernetes: Client, served: Standins) -> None:
    kubernetes.create(VOLUME, "pv", PV)
    kubernetes.create(CLAIM, "claim", PVC)

    with pytest.raises(Refusal, match=r"kubernetes.io/pv-protection.*bound to claim default/claim"):
        kubernetes.delete(VOLUME, "pv")
    assert any(served.world.records(type_suffix=":PersistentVolume")), "a refused deletion takes nothing"

    kubernetes.delete(CLAIM, "default/claim")
    kubernetes.delete(VOLUME, "pv")
    assert not list(served.world.records(type_suffix=":PersistentVolume"))


def test_a_claim_of_another_cluster_keeps_no_volume_of_the_same_name(kubernetes: Client, served: Standins) -> None:
    type, inputs = REGION["cluster"]
    served.azure().create(type, "second", {**inputs, "resourceName": "second", "aadProfile": {}})
    other = served.kubernetes(CLUSTER.replace("/aks", "/second"))
    for client in (kubernetes, other):
        client.create(VOLUME, "pv", PV)
    other.create(CLAIM, "claim", PVC)

    kubernetes.delete(VOLUME, "pv")

    [left] = served.world.records(type_suffix=":PersistentVolume")
    assert left.key.startswith(CLUSTER.replace("/aks", "/second").lower())


def test_a_dynamic_blob_volume_never_comes(kubernetes: Client) -> None:
    storage_class = {"metadata": {"name": "blob-fuse2"}, "provisioner": "blob.csi.azure.com"}
    kubernetes.create("kubernetes:storage.k8s.io/v1:StorageClass", "sc", storage_class)
    with pytest.raises(Refusal, match="may not make storage accounts"):
        kubernetes.create(CLAIM, "claim", merged(PVC, {"spec": {"volumeName": OMIT}}))


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
    (RELEASE, CHART, {"name": "x"}, True),
    (RELEASE, CHART, {"namespace": "x"}, True),
    (RELEASE, CHART, {"version": "1.9.0", "values": {"x": 1}}, False),
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
