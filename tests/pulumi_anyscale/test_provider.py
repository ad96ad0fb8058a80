from __future__ import annotations

import json
import threading
from collections.abc import Generator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
import httpx
import pytest
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2_grpc, status_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from pulumi_anyscale.api import Api
from pulumi_anyscale.engine import Engine
from pulumi_anyscale.provider import Provider
from pulumi_anyscale.registry import HANDLERS
from pulumi_anyscale.waiting import Timing, Waiter
from pulumi_anyscale.wire import UNKNOWN_TEXT
from tests.pulumi_anyscale.anyscale_fake import CLOUD, TOKEN, FakeAnyscale, registration

DRAIN = {"cloudId": "cld_1", "cloudResourceId": "cldrsrc_1", "clusterId": "a", "primary": True, "timeoutSeconds": 900}


def urn(kind: str) -> str:
    return f"urn:pulumi:dev::project::component:index:Parent$anyscale:index:{kind}::one"


def struct(values: dict[str, Any]) -> Struct:
    return ParseDict(values, Struct())


class RecordingEngine(engine_pb2_grpc.EngineServicer):
    """Remembers what is told to the user."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def Log(self, request: Any, context: Any) -> empty_pb2.Empty:
        self.told.append((engine_pb2.LogSeverity.Name(request.severity), request.message))
        return empty_pb2.Empty()


class Session:
    """A provider behind gRPC, as the engine has it."""

    def __init__(self, stub: Any, anyscale: FakeAnyscale, engine: RecordingEngine) -> None:
        self.stub, self.anyscale, self.engine = stub, anyscale, engine

    def check(self, kind: str, values: dict[str, Any]) -> pb.CheckResponse:
        return self.stub.Check(pb.CheckRequest(urn=urn(kind), news=struct(values)))

    def diff(self, kind: str, old: dict[str, Any], new: dict[str, Any], **state: Any) -> pb.DiffResponse:
        return self.stub.Diff(
            pb.DiffRequest(
                id="x", urn=urn(kind), olds=struct({**old, **state}), old_inputs=struct(old), news=struct(new)
            )
        )

    def create(self, kind: str, values: dict[str, Any], *, preview: bool = False) -> pb.CreateResponse:
        return self.stub.Create(pb.CreateRequest(urn=urn(kind), properties=struct(values), preview=preview))


@contextmanager
def session(anyscale: FakeAnyscale, waiter: Waiter | None = None) -> Generator[Session]:
    engine, both = RecordingEngine(), [grpc.server(futures.ThreadPoolExecutor(8)) for _ in range(2)]
    time = waiter or anyscale.time
    provider = Provider(api=lambda: Api(anyscale.client(time=time)), waiter=time, engine=Engine())
    engine_pb2_grpc.add_EngineServicer_to_server(engine, both[0])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, both[1])
    engine_port, port = (server.add_insecure_port("127.0.0.1:0") for server in both)
    for server in both:
        server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Attach(plugin_pb2.PluginAttach(address=f"127.0.0.1:{engine_port}"))
        yield Session(stub, anyscale, engine)
    for server in both:
        server.stop(None)


def test_the_schema_is_valid_json_with_every_resource_and_property() -> None:
    with session(FakeAnyscale()) as provider:
        schema = json.loads(provider.stub.GetSchema(pb.GetSchemaRequest()).schema)

    assert schema["name"] == "anyscale"
    assert set(schema["resources"]) == set(HANDLERS)
    for name, resource in schema["resources"].items():
        assert set(resource["inputProperties"]) == {row.name for row in HANDLERS[name].inputs}
        assert set(resource["required"]) <= set(resource["properties"])
        for described in resource["properties"].values():
            assert described["type"] in ("string", "boolean", "integer", "array")
            assert described["description"].endswith(".")
    assert schema["resources"]["anyscale:index:CloudResource"]["properties"]["zones"]["items"] == {"type": "string"}


def test_the_plugin_says_its_version_and_that_it_can_preview() -> None:
    with session(FakeAnyscale()) as provider:
        assert provider.stub.GetPluginInfo(empty_pb2.Empty()).version.count(".") == 2
        assert provider.stub.Configure(pb.ConfigureRequest()).supportsPreview
        assert provider.stub.DiffConfig(pb.DiffRequest()).changes == pb.DiffResponse.DIFF_NONE


def test_a_token_in_the_configuration_is_refused_for_it_would_stand_in_the_state() -> None:
    with session(FakeAnyscale()) as provider:
        answer = provider.stub.CheckConfig(pb.CheckRequest(news=struct({"token": "x", "version": "1.0.0"})))

    assert [failure.property for failure in answer.failures] == ["token"]
    assert "ANYSCALE_CLI_TOKEN" in answer.failures[0].reason


def test_check_lists_all_failures_with_property_and_reason() -> None:
    with session(FakeAnyscale()) as provider:
        answer = provider.check("CloudResource", {**registration(), "regoin": "x", "zones": [1], "provider": "azure"})

    found = {failure.property: failure.reason for failure in answer.failures}
    assert set(found) == {"regoin", "zones", "provider"}
    assert "did you mean 'region'?" in found["regoin"]


def test_check_unwraps_secrets_and_drops_nulls() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "redis:6379"}

    with session(FakeAnyscale()) as provider:
        answer = provider.check("CloudResource", {**registration(), "redisEndpoint": secret, "zones": None})

    assert not answer.failures
    assert MessageToDict(answer.inputs)["redisEndpoint"] == "redis:6379"


@pytest.mark.parametrize("mark", [UNKNOWN_TEXT, "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"])
def test_unknowns_pass_through_check_and_preview(mark: str) -> None:
    given = {**registration(), "cloudId": mark, "zones": [mark]}

    with session(FakeAnyscale()) as provider:
        checked = provider.check("CloudResource", given)
        made = provider.create("CloudResource", MessageToDict(checked.inputs), preview=True)
        assert provider.anyscale.calls == [], "a preview of a creation needs nobody"

    outputs = MessageToDict(made.properties)
    assert not checked.failures
    assert made.id == ""
    assert outputs["cloudId"] == UNKNOWN_TEXT
    assert outputs["zones"] == [UNKNOWN_TEXT]
    assert (outputs["cloudResourceId"], outputs["isDefault"]) == (UNKNOWN_TEXT, UNKNOWN_TEXT)
    assert outputs["region"] == "eastus", "what is known stays known"


def test_equal_inputs_are_no_difference() -> None:
    with session(FakeAnyscale()) as provider:
        answer = provider.diff("CloudResource", registration(), registration(), cloudResourceId="cldrsrc_1")

    assert answer.changes == pb.DiffResponse.DIFF_NONE
    assert not answer.deleteBeforeReplace


def test_differences_say_what_is_added_removed_changed_or_replaced() -> None:
    old = registration(zones=["1"], networkingMode="PRIVATE", tenantId=None)
    new = registration(redisEndpoint="redis:6379", persistentVolumeClaim="other", region="westus3")

    with session(FakeAnyscale()) as provider:
        answer = provider.diff("CloudResource", old, new)

    kinds = pb.PropertyDiff
    assert answer.changes == pb.DiffResponse.DIFF_SOME
    assert answer.hasDetailedDiff
    assert {name: diff.kind for name, diff in answer.detailedDiff.items()} == {
        "region": kinds.UPDATE_REPLACE,
        "networkingMode": kinds.DELETE_REPLACE,
        "tenantId": kinds.ADD_REPLACE,
        "persistentVolumeClaim": kinds.UPDATE,
        "zones": kinds.DELETE,
        "redisEndpoint": kinds.ADD,
    }
    assert set(answer.replaces) == {"region", "networkingMode", "tenantId"}
    assert answer.deleteBeforeReplace, "the name is unique in the cloud"


@pytest.mark.parametrize(
    ("kind", "inputs", "name", "first"),
    [
        ("Cloud", CLOUD, "name", True),
        ("Drain", DRAIN, "clusterId", True),
        ("Drain", DRAIN, "cloudResourceId", True),
        ("OperatorReady", {"cloudId": "c", "cloudResourceId": "r", "trigger": "1"}, "cloudResourceId", False),
    ],
)
def test_an_unknown_in_a_replacing_property_replaces(kind: str, inputs: dict[str, Any], name: str, first: bool) -> None:
    with session(FakeAnyscale()) as provider:
        answer = provider.diff(kind, inputs, {**inputs, name: UNKNOWN_TEXT})

    assert list(answer.replaces) == [name], "a new cluster is unknown when the old drain must be run"
    assert answer.deleteBeforeReplace is first


def test_the_reason_of_a_replacement_reaches_the_user_once() -> None:
    with session(FakeAnyscale()) as provider:
        for _ in range(2):
            provider.diff("Cloud", CLOUD, {**CLOUD, "name": "other"})
        told = provider.engine.told

    reason = "must be replaced: name changes from 'ray' to 'other': Anyscale has no way to rename a cloud"
    assert told == [("INFO", reason)]


def test_a_change_that_can_never_be_carried_out_fails_the_preview() -> None:
    with session(FakeAnyscale()) as provider, pytest.raises(grpc.RpcError, match="primary resource"):
        provider.diff("CloudResource", registration(), registration(region="westus3"), isDefault=True)


def test_a_preview_of_an_update_knows_the_outputs_that_stay() -> None:
    request = pb.UpdateRequest(
        id="x",
        urn=urn("CloudResource"),
        olds=struct({**registration(), "cloudResourceId": "cldrsrc_1", "isDefault": True}),
        news=struct(registration(zones=["1"])),
        preview=True,
    )
    with session(FakeAnyscale()) as provider:
        outputs = MessageToDict(provider.stub.Update(request).properties)
        assert provider.anyscale.calls == []

    assert outputs["cloudResourceId"] == "cldrsrc_1", "else operator and drain would seem to be replaced"
    assert outputs["zones"] == ["1"]


def test_a_preview_of_another_wait_does_not_know_its_result() -> None:
    wait = {"cloudId": "cld_1", "cloudResourceId": "cldrsrc_1", "trigger": "1", "timeoutSeconds": 9}
    olds = struct({**wait, "status": "HEALTHY", "operatorVersion": "1"})
    news = struct({**wait, "trigger": "2"})
    with session(FakeAnyscale()) as provider:
        request = pb.UpdateRequest(id="x", urn=urn("OperatorReady"), olds=olds, news=news, preview=True)
        outputs = MessageToDict(provider.stub.Update(request).properties)

    assert outputs["status"] == outputs["operatorVersion"] == UNKNOWN_TEXT


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


def test_numbers_stay_whole_on_the_wire() -> None:
    with session(FakeAnyscale()) as provider:
        created = provider.create("Drain", {**DRAIN, "timeoutSeconds": 60})

    assert MessageToDict(created.properties)["timeoutSeconds"] == 60


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
        assert waiting.wait(timeout=60)
        provider.stub.Cancel(empty_pb2.Empty())
        with pytest.raises(grpc.RpcError) as raised:
            creation.result(timeout=60)

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
        begun.result(timeout=60)
        provider.stub.Cancel(empty_pb2.Empty())
        with pytest.raises(grpc.RpcError, match="before Anyscale answered"):
            read.result(timeout=60)
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
