from __future__ import annotations

import json
import threading
from concurrent import futures

import grpc
import httpx
import pytest
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import status_pb2

from pulumi_anyscale.waiting import Timing, Waiter
from tests.pulumi_anyscale.anyscale_fake import CLOUD, TOKEN, FakeAnyscale, registration, with_cloud
from tests.pulumi_anyscale.provider_session import session, struct, urn

DRAIN = {"cloudId": "cld_1", "cloudResourceId": "cldrsrc_1", "clusterId": "a", "primary": True, "timeoutSeconds": 900}


def test_a_whole_life_over_the_wire() -> None:
    with session(FakeAnyscale()) as provider:
        cloud = provider.create("Cloud", CLOUD)
        resource = provider.create("CloudResource", registration())
        drain = provider.create("Drain", DRAIN)
        assert (cloud.id, resource.id, drain.id) == ("cld_1", "cld_1:k8s-azure-eastus", "drain-cldrsrc_1")
        imported = provider.stub.Read(pb.ReadRequest(id=resource.id, urn=urn("CloudResource")))
        assert MessageToDict(imported.inputs) == registration()
        assert MessageToDict(imported.properties)["isDefault"] is True
        for kind, made in (("Drain", drain), ("CloudResource", resource), ("Cloud", cloud)):
            provider.stub.Delete(pb.DeleteRequest(id=made.id, urn=urn(kind), properties=made.properties))
        assert provider.anyscale.clouds == {}
        gone = provider.stub.Read(pb.ReadRequest(id=cloud.id, urn=urn("Cloud"), inputs=struct(CLOUD)))
        assert gone.id == "", "an empty id says that it is gone"


def test_whole_numbers_are_whole_although_the_wire_knows_only_doubles() -> None:
    with session(FakeAnyscale()) as provider:
        assert not provider.check("Drain", {**DRAIN, "timeoutSeconds": 60}).failures
        assert provider.check("Drain", {**DRAIN, "timeoutSeconds": 0.5}).failures


def failure(error: grpc.RpcError) -> tuple[str, pb.ErrorResourceInitFailed | None]:
    """Text of an error, and the partial state in it."""
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")  # type: ignore[attr-defined]
    status = status_pb2.Status.FromString(details or b"")
    partly = pb.ErrorResourceInitFailed()
    return status.message, partly if status.details and status.details[0].Unpack(partly) else None


def test_a_creation_that_fails_half_way_answers_with_the_id_and_the_state() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud(state="VERIFICATION_FAILED")
    with session(anyscale) as provider, pytest.raises(grpc.RpcError) as raised:
        provider.create("Cloud", CLOUD)

    text, partly = failure(raised.value)
    assert partly
    assert partly.id == "cld_1"
    assert MessageToDict(partly.properties)["cloudId"] == "cld_1"
    assert MessageToDict(partly.inputs) == CLOUD
    assert list(partly.reasons) == [text]


def test_an_update_that_may_have_registered_anew_answers_with_what_was_asked() -> None:
    anyscale = with_cloud()
    anyscale.fail("PUT .*/add_resource", status=504, times=10_000)
    news = struct(registration())
    request = pb.UpdateRequest(id="cld_1:k8s-azure-eastus", urn=urn("CloudResource"), olds=news, news=news)
    with session(anyscale) as provider, pytest.raises(grpc.RpcError) as raised:
        provider.stub.Update(request)

    partly = failure(raised.value)[1]
    assert partly
    assert partly.id == "cld_1:k8s-azure-eastus"
    assert MessageToDict(partly.inputs) == registration()


def test_a_creation_that_made_nothing_answers_without_an_id() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail("POST .*", status=422)
    with session(anyscale) as provider, pytest.raises(grpc.RpcError) as raised:
        provider.create("Cloud", CLOUD)

    assert failure(raised.value)[1] is None


def test_cancel_ends_a_wait_and_the_creation_answers_with_the_id() -> None:
    anyscale = FakeAnyscale()
    anyscale.activation_polls = 10_000
    truth, waiting = anyscale.answer, threading.Event()

    def watched(request: httpx.Request) -> httpx.Response:
        answer = truth(request)
        if request.url.path.endswith("/cld_1"):
            waiting.set()
        return answer

    anyscale.answer = watched  # type: ignore[method-assign]
    with session(anyscale, Waiter(Timing(poll_seconds=3600))) as provider:
        creation = provider.stub.Create.future(pb.CreateRequest(urn=urn("Cloud"), properties=struct(CLOUD)))
        assert waiting.wait(timeout=20)
        provider.stub.Cancel(empty_pb2.Empty())
        with pytest.raises(grpc.RpcError) as raised:
            creation.result(timeout=20)

    text, partly = failure(raised.value)
    assert "cancel" in text
    assert partly
    assert partly.id == "cld_1", "else Ctrl-C leaves an orphan without a trace"


def test_a_call_that_nobody_answers_does_not_hold_up_a_cancel() -> None:
    anyscale = FakeAnyscale()
    waiter = Waiter(Timing(grace_seconds=0.01))
    begun, release = futures.Future[None](), futures.Future[None]()

    def never(_: httpx.Request) -> httpx.Response:
        begun.set_result(None)
        release.result()
        return httpx.Response(200)

    anyscale.answer = never  # type: ignore[method-assign]
    with session(anyscale, waiter) as provider:
        read = provider.stub.Read.future(pb.ReadRequest(id="cld_1", urn=urn("Cloud"), inputs=struct(CLOUD)))
        begun.result(timeout=20)
        provider.stub.Cancel(empty_pb2.Empty())
        with pytest.raises(grpc.RpcError, match="before Anyscale answered"):
            read.result(timeout=20)
    release.set_result(None)


def test_warnings_of_an_operation_reach_the_user() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    with session(anyscale) as provider:
        provider.create("Cloud", CLOUD)
        assert [severity for severity, _ in provider.engine.told] == ["WARNING"]


def test_an_unknown_resource_is_explained() -> None:
    with session(FakeAnyscale()) as provider, pytest.raises(grpc.RpcError, match="anyscale:index:CloudResource"):
        provider.create("Clowd", {})


def test_the_token_is_in_no_answer_and_no_line() -> None:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    anyscale.fail("GET .*/resources", status=401, times=9, body=json.dumps({"detail": TOKEN}))
    with session(anyscale) as provider:
        made = provider.create("Cloud", CLOUD)
        with pytest.raises(grpc.RpcError) as raised:
            provider.create("CloudResource", registration())
        told = str(provider.engine.told)

    assert TOKEN not in str(made) + str(raised.value) + told
