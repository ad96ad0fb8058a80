"""A provider behind gRPC, as the engine has it, and what it tells the engine."""

from __future__ import annotations

from collections.abc import Generator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from pulumi_anyscale.api import Api
from pulumi_anyscale.engine import Engine
from pulumi_anyscale.provider import Provider
from pulumi_anyscale.waiting import Waiter
from tests.pulumi_anyscale.anyscale_fake import FakeAnyscale


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
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.Attach(plugin_pb2.PluginAttach(address=f"127.0.0.1:{engine_port}"))
            yield Session(stub, anyscale, engine)
    finally:
        time.cancel()  # also when the provider forgot to, so that a test that fails for it fails and does not hang
        for server in both:
            server.stop(None)
