"""The protocol: provider instances, faults, lost and cancelled answers, turns, latency, the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import status_pb2
from standins_client import CREDENTIAL, GROUP, REGION, SUBSCRIPTION, Refusal, build, standins

from simulator.standins import Fault, Faults, Latency
from simulator.standins.wire import UNKNOWN, is_unknown, plain, struct

Json = dict[str, Any]

GROUP_TYPE = "azure-native:resources:ResourceGroup"
CREDENTIAL_TYPE = REGION["credential"][0]


def test_each_provider_instance_keeps_its_own_configuration(tmp_path: Path) -> None:
    with standins(tmp_path) as served:
        other = "22222222-2222-2222-2222-222222222222"
        one, two = served.azure(), served.azure(subscriptionId=other, location="westus3")
        first, _ = one.create(GROUP_TYPE, "g", {"resourceGroupName": "rg"})
        second, outputs = two.create(GROUP_TYPE, "g", {"resourceGroupName": "rg"})
    assert first == f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg", "the first instance's subscription"
    assert second == f"/subscriptions/{other}/resourceGroups/rg", "two instances of one stack on one port"
    assert outputs["location"] == "westus3", "and the second's location"


def test_a_connection_that_was_not_configured_falls_back_to_its_stack(tmp_path: Path) -> None:
    with standins(tmp_path) as served:
        served.azure("a")
        served.azure("b", subscriptionId="22222222-2222-2222-2222-222222222222")
        stranger = served.client("azuread")
        channel = grpc.insecure_channel(
            f"127.0.0.1:{served.ports['azure-native']}", options=[("grpc.use_local_subchannel_pool", 1)]
        )
        stranger.stub = type(stranger.stub)(channel)
        assert stranger.create(GROUP_TYPE, "g", {"resourceGroupName": "rg"})[0] == GROUP, "after a reconnection"


def test_an_error_is_met_as_often_as_asked_and_leaves_nothing(tmp_path: Path) -> None:
    faults = Faults(Fault(type_suffix=":ResourceGroup", operation="create", error='Code="ServerBusy"', skip=1, times=2))
    with standins(tmp_path, faults=faults) as served:
        azure = served.azure()
        azure.create(GROUP_TYPE, "a", {"resourceGroupName": "a"})
        for _ in range(2):
            with pytest.raises(Refusal, match="ServerBusy"):
                azure.create(GROUP_TYPE, "b", {"resourceGroupName": "b"})
        assert len(list(served.world.records())) == 1, "the fault came before the write"
        azure.create(GROUP_TYPE, "b", {"resourceGroupName": "b"})
    assert [call.done for call in served.world.journal] == [True, False, False, True], "the journal tells them apart"


def test_a_fault_concerns_only_what_it_names(tmp_path: Path) -> None:
    with standins(tmp_path, faults=Faults(Fault(key="/resourcegroups/b", error="x", times=0))) as served:
        azure = served.azure()
        azure.create(GROUP_TYPE, "a", {"resourceGroupName": "a"})
        with pytest.raises(Refusal):
            azure.create(GROUP_TYPE, "b", {"resourceGroupName": "b"})


def test_an_answer_that_is_lost_leaves_the_record(tmp_path: Path) -> None:
    faults = Faults(Fault(operation="create", error="connection reset by peer", after_commit=True))
    with standins(tmp_path, faults=faults) as served:
        with pytest.raises(Refusal, match="connection reset"):
            served.azure().create(GROUP_TYPE, "g", {"resourceGroupName": "rg"})
        assert served.world.get(GROUP.lower()), "Azure made it, though nobody heard"
    assert served.world.journal[0].done, "the world changed"


def test_a_caller_who_dies_leaves_what_azure_would(tmp_path: Path) -> None:
    with standins(tmp_path, faults=Faults(Fault(operation="create", hang=True, after_commit=True))) as served:
        azure = served.azure()
        call = azure.start(GROUP_TYPE, "g", {"resourceGroupName": "rg"})
        served.wait_for(":ResourceGroup")
        call.cancel()
    assert served.world.get(GROUP.lower()), "on disk before the answer"


def test_a_cancelled_create_names_what_it_made(tmp_path: Path) -> None:
    with standins(tmp_path, latency=Latency(factor=1000)) as served:
        azure = served.azure()
        call = azure.start(GROUP_TYPE, "g", {"resourceGroupName": "rg"})
        served.wait_for(":ResourceGroup")
        azure.stub.Cancel(empty_pb2.Empty())
        error = call.exception()
    [trailer] = [value for name, value in call.trailing_metadata() if name == "grpc-status-details-bin"]
    detail = pb.ErrorResourceInitFailed()
    status_pb2.Status.FromString(trailer).details[0].Unpack(detail)
    assert detail.id == GROUP and "canceled" in error.details(), "else the group is an orphan without a trace"


def test_a_hanging_call_goes_on_when_released(tmp_path: Path) -> None:
    faults = Faults(Fault(operation="create", hang=True))
    with standins(tmp_path, faults=faults) as served:
        azure = served.azure()
        call = azure.start(GROUP_TYPE, "g", {"resourceGroupName": "rg"})
        faults.release()
        assert call.result().id == GROUP, "a test decides when the cloud answers"


def test_two_writes_on_one_identity_at_once_are_refused(tmp_path: Path) -> None:
    faults = Faults(Fault(type_suffix="Credential", operation="create", key="first", hang=True, after_commit=True))
    with standins(tmp_path, faults=faults) as served:
        azure = served.azure()
        build(azure, upto="operator")
        first = {**CREDENTIAL, "federatedIdentityCredentialResourceName": "first"}
        call = azure.start(CREDENTIAL_TYPE, "first", first)
        served.wait_for(":FederatedIdentityCredential")
        second = {**first, "federatedIdentityCredentialResourceName": "second", "subject": "other"}
        with pytest.raises(Refusal, match="ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity"):
            azure.create(CREDENTIAL_TYPE, "second", second)
        faults.release()
        call.result()
        assert azure.create(CREDENTIAL_TYPE, "second", second)[0], "one after another is fine"


def test_writes_on_two_identities_do_not_wait_for_each_other(tmp_path: Path) -> None:
    faults = Faults(Fault(type_suffix="Credential", key="/operator/", hang=True))
    with standins(tmp_path, faults=faults) as served:
        azure = served.azure()
        build(azure, upto="identity")
        azure.start(CREDENTIAL_TYPE, "a", CREDENTIAL)
        assert azure.create(CREDENTIAL_TYPE, "b", {**CREDENTIAL, "resourceName": "cluster"})[0], "another identity"


def test_reads_and_checks_are_no_writes(tmp_path: Path) -> None:
    with standins(tmp_path) as served:
        azure = served.azure()
        azure.check(GROUP_TYPE, "g", {"resourceGroupName": "rg"})
        azure.read(GROUP_TYPE, GROUP)
        azure.diff(GROUP_TYPE, {"resourceGroupName": "a"}, {"resourceGroupName": "b"})
        azure.create(GROUP_TYPE, "g", {"resourceGroupName": "rg"}, preview=True)
    assert served.world.journal == (), "tests assert '0 writes' on it"


def test_what_is_gone_is_deleted_without_complaint(tmp_path: Path) -> None:
    with standins(tmp_path) as served:
        served.azure().delete(GROUP_TYPE, GROUP)
    assert [call.done for call in served.world.journal] == [False], "nothing was there to change"


def test_a_data_source_that_is_not_simulated_says_so(tmp_path: Path) -> None:
    with standins(tmp_path) as served, pytest.raises(Refusal, match="not simulated"):
        served.azure().invoke("azure-native:quota:getSomething", {})


def test_whatever_is_asked_for_is_noted_apart_from_writes(tmp_path: Path) -> None:
    with standins(tmp_path) as served:
        azure = served.azure()
        azure.invoke("azure-native:authorization:getClientConfig", {})
        with pytest.raises(Refusal):
            azure.invoke("azure-native:storage:listStorageAccountKeys", {})
        noted = [(call.type.rpartition(":")[2], call.done) for call in served.world.invokes]
        assert served.world.journal == ()
    assert noted == [("getClientConfig", True), ("listStorageAccountKeys", False)], "a refused question was asked too"


def test_missing_inputs_are_failures_of_check(tmp_path: Path) -> None:
    with standins(tmp_path) as served:
        azure = served.client("azure-native", subscriptionId=SUBSCRIPTION)
        type = "azure-native:network:Subnet"
        answer = azure.stub.Check(pb.CheckRequest(urn=azure.urn(type, "s"), news=struct({"subnetName": "s"})))
        missing = {failure.property for failure in answer.failures}
        group = azure.stub.Check(pb.CheckRequest(urn=azure.urn(GROUP_TYPE, "g"), news=struct({})))
    assert missing == {"resourceGroupName", "virtualNetworkName"}, "all at once"
    assert "pulumi config set azure-native:location" in group.failures[0].reason, "with the remedy"


def test_latency_is_the_table_times_the_factor() -> None:
    half = Latency(factor=0.5)
    assert half.seconds("azure-native", "azure-native:containerservice:ManagedCluster", "create") == 150, "minutes"
    assert half.seconds("kubernetes", "kubernetes:core/v1:Namespace", "create") == 0.5, "what has no row"
    assert Latency().seconds("azure-native", "x", "create") == 0, "tests do not wait"


def test_secrets_arrive_plain_and_unknowns_stay_unknown() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "s3cret"}
    output = {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
    values = plain(struct({"a": secret, "b": output, "c": [1.0, 1.5, None], "d": None}))
    assert values == {"a": "s3cret", "b": UNKNOWN, "c": [1, 1.5, None]}, "unwrapped; whole numbers are whole; no nulls"
    assert is_unknown("3eeb2bf0-c639-47a8-9e75-3b44932eb421") and not is_unknown("x"), "unknowns have a mark per type"
