"""The provider protocol, once for all simulated providers.

Owns requests and answers: previews, provider instances, lost answers, whose turn it is, the journal. Refuses to know
what a cloud allows: `rules` says that. One server answers many engines and many provider instances at once.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol, TypeVar, cast

import grpc
from google.protobuf import any_pb2, empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, status_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc as rpc

from simulator.standins.changes import answer, changes
from simulator.standins.faults import Faults
from simulator.standins.latency import Latency
from simulator.standins.refusal import Refused
from simulator.standins.rules import Ask, Place, Rules
from simulator.standins.wire import Json, plain, struct
from simulator.world import INVOKE, Call, Record, World

Made = TypeVar("Made", bound=Record | None)


class _About(Protocol):
    """What every request about a resource carries."""

    @property
    def urn(self) -> str: ...


class _Cut(Exception):
    """The engine asked to stop while a write was under way; what was written stays."""


class StandIn(rpc.ResourceProviderServicer):
    """One simulated provider.

    Configuration is kept by connection: the engine opens one for each provider instance, and no request but Configure
    says which instance it means. A connection that was never configured falls back to its stack's last one.
    """

    def __init__(self, rules: Rules, world: World, faults: Faults, latency: Latency) -> None:
        self.rules, self.world, self.faults, self.latency = rules, world, faults, latency
        self._settings: dict[str, Json] = {}
        self._lock = threading.Lock()
        self._turns: set[str] = set()
        self._in_flight: dict[str, set[threading.Event]] = {}

    def Handshake(self, request: Any, context: Any) -> None:
        """There is none; the method that stands here otherwise says so with a traceback in the log."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no handshake")

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self.rules.version)

    def GetSchema(self, request: pb.GetSchemaRequest, context: Any) -> pb.GetSchemaResponse:
        """As much as `pulumi import` wants: the types of what exists, and of each the inputs it was made with."""
        anything = {"$ref": "pulumi.json#/Any"}
        types = {
            record.type: {"inputProperties": dict.fromkeys(record.inputs, anything)}
            for record in self.world.records(provider=self.rules.name)
        }
        schema = {"name": self.rules.name, "version": self.rules.version, "resources": types}
        return pb.GetSchemaResponse(schema=json.dumps(schema))

    def CheckConfig(self, request: pb.CheckRequest, context: Any) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: pb.DiffRequest, context: Any) -> pb.DiffResponse:
        old, new = plain(request.old_inputs), plain(request.news)
        identifier = "clusterIdentifier"
        moved = identifier in old and old.get(identifier) != new.get(identifier)
        return answer(changes(old, new), lambda path: moved and path == (identifier,), delete_first=True)

    def Configure(self, request: pb.ConfigureRequest, context: Any) -> pb.ConfigureResponse:
        given = plain(request.args) or {key.rpartition(":")[2]: value for key, value in request.variables.items()}
        with self._lock:
            self._settings[context.peer()] = given
            self._settings[_stack(request.urn)] = given
        return pb.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        with self._lock:
            stopped = list(self._in_flight.get(context.peer(), ()))
        for event in stopped:
            event.set()
        return empty_pb2.Empty()

    def Check(self, request: pb.CheckRequest, context: Any) -> pb.CheckResponse:
        inputs, failures = self.rules.check(self._ask(request, context, request.news), plain(request.olds))
        return pb.CheckResponse(
            inputs=struct(inputs), failures=[pb.CheckFailure(property=name, reason=why) for name, why in failures]
        )

    def Diff(self, request: pb.DiffRequest, context: Any) -> pb.DiffResponse:
        old, ask = plain(request.old_inputs), self._ask(request, context, request.news, id=request.id)
        return answer(
            changes(old, ask.inputs),
            lambda path: self.rules.replaces(ask, path),
            delete_first=self.rules.deletes_first(old),
        )

    def Create(self, request: pb.CreateRequest, context: Any) -> pb.CreateResponse:
        ask = self._ask(request, context, request.properties)
        if request.preview:
            return pb.CreateResponse(properties=struct(self.rules.preview(ask, {})))
        place = self.rules.place(ask)

        def commit() -> Record:
            self.rules.refuse_create(ask, place)
            return self._put(ask, place, None)

        made = self._write("create", ask, place, context, commit)
        return pb.CreateResponse(id=made.id, properties=struct(made.outputs))

    def Update(self, request: pb.UpdateRequest, context: Any) -> pb.UpdateResponse:
        ask = self._ask(request, context, request.news, id=request.id)
        if request.preview:
            return pb.UpdateResponse(properties=struct(self.rules.preview(ask, plain(request.olds))))
        place = self.rules.place(ask)

        def commit() -> Record:
            live = self.world.get(place.key)
            self.rules.refuse_update(ask, place, live)
            return self._put(ask, place, live)

        changed = self._write("update", ask, place, context, commit)
        return pb.UpdateResponse(properties=struct(self.rules.seen(ask, changed).outputs))

    def Read(self, request: pb.ReadRequest, context: Any) -> pb.ReadResponse:
        ask = self._ask(request, context, request.inputs, id=request.id)
        place = self.rules.place(ask)
        try:
            self._meet("read", ask, place, threading.Event(), after=False)
            self.rules.refuse_read(ask)
        except Refused as refusal:
            _refuse(context, refusal)
        live = self.world.get(place.key)
        if live is None:
            return pb.ReadResponse()
        live = self.rules.seen(ask, live)
        inputs = self.rules.projected(ask, live, ask.inputs, plain(request.properties))
        return pb.ReadResponse(id=live.id, properties=struct(live.outputs), inputs=struct(inputs))

    def Delete(self, request: pb.DeleteRequest, context: Any) -> empty_pb2.Empty:
        ask = self._ask(request, context, request.old_inputs, id=request.id)
        place = self.rules.place(ask)

        def commit() -> Record | None:
            live = self.world.get(place.key)
            self.rules.refuse_delete(ask, live)
            if live:
                for key in (*self.rules.gone_with(ask, live), place.key):
                    self.world.remove(key)
            return live

        self._write("delete", ask, place, context, commit)
        return empty_pb2.Empty()

    def Invoke(self, request: pb.InvokeRequest, context: Any) -> pb.InvokeResponse:
        ask = Ask(world=self.world, type=request.tok, name="", stack="", settings=self._configured(context, ""))
        nowhere, done = Place(id="", key=""), False
        try:
            self._meet(INVOKE, ask, nowhere, threading.Event(), after=False)
            found = self.rules.invoke(ask, request.tok, plain(request.args))
            done = True
        except Refused as refusal:
            _refuse(context, refusal)
        except KeyError:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{request.tok} is not simulated")
            raise AssertionError("abort raises") from None
        finally:
            self._note(INVOKE, ask, nowhere, done=done)
        answered: dict[str, Any] = {"return": struct(found)}  # a word that Python keeps for itself
        return pb.InvokeResponse(**answered)

    def _configured(self, context: Any, urn: str) -> Json:
        with self._lock:
            return self._settings.get(context.peer()) or self._settings.get(_stack(urn), {})

    def _ask(self, request: _About, context: Any, inputs: struct_pb2.Struct, *, id: str = "") -> Ask:
        kind, _, name = request.urn.split("::", 2)[2].partition("::")
        return Ask(
            world=self.world,
            type=kind.rpartition("$")[2],
            name=name,
            stack=_stack(request.urn),
            settings=self._configured(context, request.urn),
            inputs=plain(inputs),
            id=id,
        )

    def _put(self, ask: Ask, place: Place, live: Record | None) -> Record:
        record = Record(
            provider=self.rules.name,
            type=ask.type,
            id=place.id,
            key=place.key,
            stack=ask.stack,
            inputs=ask.inputs,
            outputs=self.rules.outputs(ask, place, live),
        )
        self.world.put(record)
        return record

    def _write(self, operation: str, ask: Ask, place: Place, context: Any, commit: Callable[[], Made]) -> Made:
        """Change the world, then take the cloud's time: what is written outlives a caller who is gone."""
        written: Record | None = None
        try:
            with self._stoppable(context) as stop, self._turn(ask, place):
                self._meet(operation, ask, place, stop, after=False)
                with self.world.lock:
                    written = made = commit()
                    self._note(operation, ask, place, done=made is not None)
                self._take_time(operation, ask, stop)
                self._meet(operation, ask, place, stop, after=True)
                return made
        except Refused as refusal:
            if written is None:
                self._note(operation, ask, place, done=False)
            _refuse(context, refusal)
        except _Cut:
            _cut(context, operation, written)

    def _take_time(self, operation: str, ask: Ask, stop: threading.Event) -> None:
        if stop.wait(self.latency.seconds(self.rules.name, ask.type, operation)):
            raise _Cut

    @contextmanager
    def _stoppable(self, context: Any) -> Generator[threading.Event]:
        """An event that is set when the caller goes away or sends Cancel."""
        stop = threading.Event()
        context.add_callback(stop.set)
        with self._lock:
            mine = self._in_flight.setdefault(context.peer(), set())
            mine.add(stop)
        try:
            yield stop
        finally:
            with self._lock:
                mine.discard(stop)

    @contextmanager
    def _turn(self, ask: Ask, place: Place) -> Generator[None]:
        turn = self.rules.turn(ask, place)
        with self._lock:
            if turn and turn in self._turns:
                raise self.rules.busy(ask)
            self._turns.add(turn)
        try:
            yield
        finally:
            with self._lock:
                self._turns.discard(turn)

    def _meet(self, operation: str, ask: Ask, place: Place, stop: threading.Event, *, after: bool) -> None:
        self.faults.meet(
            provider=self.rules.name, type=ask.type, operation=operation, key=place.key, after=after, cancelled=stop
        )
        if stop.is_set() and not after:
            raise Refused("context canceled")

    def _note(self, operation: str, ask: Ask, place: Place, *, done: bool) -> None:
        self.world.note(Call(provider=self.rules.name, operation=operation, type=ask.type, key=place.key, done=done))


def _stack(urn: str) -> str:
    return urn.removeprefix("urn:pulumi:").partition("::")[0]


def _refuse(context: Any, refusal: Refused) -> NoReturn:
    context.abort(grpc.StatusCode.UNKNOWN, str(refusal))
    raise AssertionError("abort raises")


def _cut(context: Any, operation: str, written: Record | None) -> NoReturn:
    """Answer a write that was cut short: what exists is named, so that no orphan is left without a trace."""
    reason = f"{operation} canceled before the cloud had finished"
    if written and operation != "delete":
        detail = any_pb2.Any()
        detail.Pack(
            pb.ErrorResourceInitFailed(
                id=written.id, properties=struct(written.outputs), reasons=[reason], inputs=struct(written.inputs)
            )
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason)
        status.details.append(cast(Any, detail))
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)
    raise AssertionError("abort raises")
