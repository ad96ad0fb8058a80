from __future__ import annotations

from typing import Any

import pytest
from graph import Declared, Graph, deploy
from regions import a_storage
from specs import a_spec

from stack.spec import MountSpec, StackSpec


def mounts(stack: str = "eastus", **changes: Any) -> tuple[StackSpec, Graph]:
    spec = a_spec(stack, **changes)
    return spec, deploy(lambda: a_storage(spec), stack=stack)


def of(graph: Graph, mount: MountSpec, kind: str) -> Declared:
    [found] = [r for r in graph.of_type(f":{kind}") if r.inputs["metadata"]["name"] == mount.name]
    return found


def a_mount(spec: StackSpec, name: str) -> MountSpec:
    [found] = [mount for mount in spec.mounts if mount.name == name]
    return found


@pytest.mark.parametrize("stack", ["eastus", "westus3"])
def test_every_mount_is_a_volume_and_a_claim_that_know_each_other_by_name(stack: str) -> None:
    spec, graph = mounts(stack)
    namespace = spec.names.operator_namespace

    assert len(graph.of_type(":PersistentVolume")) == len(graph.of_type(":PersistentVolumeClaim")) == len(spec.mounts)
    for mount in spec.mounts:
        volume, claim = of(graph, mount, "PersistentVolume"), of(graph, mount, "PersistentVolumeClaim")
        reference = volume.inputs["spec"]["claimRef"]
        assert (reference["namespace"], reference["name"]) == (namespace, mount.name), "nobody else may claim it"
        assert claim.inputs["metadata"]["namespace"] == namespace, "claims live where the pods are"
        assert claim.inputs["spec"]["volumeName"] == mount.name, "else the driver would make a volume of its own"
        for key in ("storageClassName", "accessModes"):
            assert claim.inputs["spec"][key] == volume.inputs["spec"][key], f"a claim binds only where {key} agrees"
        assert volume.urn in claim.waits_for, "a claim is made after its volume, and goes before it"


def test_a_volume_finds_its_container_by_the_token_of_the_pod_and_no_secret() -> None:
    spec, graph = mounts("westus3")
    csi = of(graph, a_mount(spec, "checkpoints"), "PersistentVolume").inputs["spec"]["csi"]

    assert csi["driver"] == "blob.csi.azure.com"
    assert csi["volumeAttributes"] == {
        "protocol": "fuse2",
        "storageAccount": spec.names.storage_account,
        "resourceGroup": spec.names.data_resource_group,
        "containerName": "checkpoints",
        "clientID": "the-client-id",
        "tenantID": "the-tenant-id",
        "mountWithWorkloadIdentityToken": "true",
        "isHnsEnabled": "true",
    }
    assert not [key for key in csi if key.endswith("SecretRef")], "keys are off"


def test_data_whose_home_is_the_primary_come_from_the_account_that_all_share() -> None:
    spec, graph = mounts("westus3")
    attributes = of(graph, a_mount(spec, "datasets"), "PersistentVolume").inputs["spec"]["csi"]["volumeAttributes"]

    assert (attributes["storageAccount"], attributes["resourceGroup"]) == ("raysharedaccount", "rg-shared")


def test_a_handle_is_unique_and_cannot_be_taken_apart() -> None:
    spec, graph = mounts()
    handles = [volume.inputs["spec"]["csi"]["volumeHandle"] for volume in graph.of_type(":PersistentVolume")]

    assert f"{spec.names.storage_account}_checkpoints_checkpoints" in handles
    assert len(set(handles)) == len(handles), "the driver takes two volumes of one handle for one"
    assert not [handle for handle in handles if set("#/") & set(handle)], "`a#b#c` names a container to be deleted"


def test_mount_options_stand_on_the_volume_since_a_class_hands_none_to_a_static_one() -> None:
    spec, graph = mounts()

    for mount in spec.mounts:
        assert of(graph, mount, "PersistentVolume").inputs["spec"]["mountOptions"] == list(mount.options)


@pytest.mark.parametrize(("stack", "access"), [("eastus", "ReadWriteMany"), ("westus3", "ReadOnlyMany")])
def test_shared_data_are_read_only_where_they_are_not_at_home(stack: str, access: str) -> None:
    spec, graph = mounts(stack)
    volume = of(graph, a_mount(spec, "models"), "PersistentVolume").inputs["spec"]

    assert volume["accessModes"] == [access]
    assert volume["csi"]["readOnly"] is (access == "ReadOnlyMany")


def test_no_claim_that_goes_takes_data_along() -> None:
    _, graph = mounts()

    assert {v.inputs["spec"]["persistentVolumeReclaimPolicy"] for v in graph.of_type(":PersistentVolume")} == {"Retain"}
    assert graph.only(":StorageClass").inputs["reclaimPolicy"] == "Retain"


def test_everything_in_the_cluster_goes_with_it_and_makes_room_for_its_successor() -> None:
    _, graph = mounts()
    cluster, provider = graph.only(":ManagedCluster").urn, graph.only("providers:kubernetes").urn
    inside = [*graph.of_type(":PersistentVolume"), *graph.of_type(":PersistentVolumeClaim")]

    for made in [*inside, graph.only(":StorageClass")]:
        assert made.deleted_with == cluster, "a dead API server must not block a destroy"
        assert made.provider.startswith(provider), "else it would go to whatever kubeconfig is about"
        assert made.delete_before_replace, "two of one name cannot stand side by side"


def test_a_volume_that_is_replaced_takes_its_claim_along_and_no_other() -> None:
    spec, graph = mounts()

    for mount in spec.mounts:
        volume, claim = of(graph, mount, "PersistentVolume"), of(graph, mount, "PersistentVolumeClaim")
        assert list(claim.request.replace_with) == [volume.urn], "a volume stays while its claim is there"


def test_claims_wait_for_their_namespace() -> None:
    _, graph = mounts()
    namespace = graph.only(":Namespace")

    assert all(namespace.urn in claim.waits_for for claim in graph.of_type(":PersistentVolumeClaim"))


def test_the_class_for_users_own_claims_names_a_container() -> None:
    _, graph = mounts()
    made = graph.only(":StorageClass").inputs

    assert made["metadata"]["name"] == "blob-fuse2"
    assert made["provisioner"] == "blob.csi.azure.com"
    assert made["parameters"]["containerName"] == "cluster-storage", "else each claim gets a container of its own"
    assert made["parameters"]["mountWithWorkloadIdentityToken"] == "true"
    assert "--cancel-list-on-mount-seconds=0" in made["mountOptions"], (
        "else a new pod sees empty folders for ten seconds"
    )
