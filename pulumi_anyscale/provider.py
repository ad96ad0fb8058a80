"""The plugin protocol, thinly: requests in, plain functions of the resource called, answers out.

Owns previews, unknowns, partial failures and what the user is told. Refuses to know any resource (`registry.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, status_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc as rpc

from pulumi_anyscale.api import Api
from pulumi_anyscale.engine import Engine
from pulumi_anyscale.errors import AnyscaleError, PartlyMade
from pulumi_anyscale.handler import Handler, Operation
from pulumi_anyscale.properties import UNKNOWN, Change
from pulumi_anyscale.registry import HANDLERS
from pulumi_anyscale.schema import schema
from pulumi_anyscale.waiting import Waiter
from pulumi_anyscale.wire import plain, struct

NAME, VERSION = "anyscale", "1.0.0"
_PLUGIN_SETTINGS = ("version", "pluginDownloadURL", "pluginChecksums")
"""What the engine itself adds to a provider's configuration."""


class Provider(rpc.ResourceProviderServicer):
    """Serves the resources of `handlers`.

    Args:
        api: made at the first call, so that the first preview of a stack needs neither token nor network.
    """

    def __init__(
        self,
        *,
        api: Callable[[], Api],
        waiter: Waiter,
        engine: Engine,
        handlers: Mapping[str, Handler] = HANDLERS,
    ) -> None:
        self._api, self._waiter, self._engine, self._handlers = api, waiter, engine, handlers

    def Attach(self, request: plugin_pb2.PluginAttach, context: Any) -> empty_pb2.Empty:
        self._engine = Engine(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: pb.GetSchemaRequest, context: Any) -> pb.GetSchemaResponse:
        return pb.GetSchemaResponse(schema=json.dumps(schema(NAME, VERSION, self._handlers.values())))

    def CheckConfig(self, request: pb.CheckRequest, context: Any) -> pb.CheckResponse:
        """There is nothing to configure: it all comes from the environment, so that no token stands in a state."""
        reason = "the provider takes no configuration: set ANYSCALE_CLI_TOKEN and ANYSCALE_HOST in the environment"
        names = [name for name in plain(request.news) if name not in _PLUGIN_SETTINGS]
        failures = [pb.CheckFailure(property=name, reason=reason) for name in sorted(names)]
        return pb.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: pb.DiffRequest, context: Any) -> pb.DiffResponse:
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE)

    def Configure(self, request: pb.ConfigureRequest, context: Any) -> pb.ConfigureResponse:
        return pb.ConfigureResponse(supportsPreview=True)

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        self._waiter.cancel()
        return empty_pb2.Empty()

    def Check(self, request: pb.CheckRequest, context: Any) -> pb.CheckResponse:
        checked = self._handler(request.urn, context).check(plain(request.news))
        failures = [pb.CheckFailure(property=failure.name, reason=failure.reason) for failure in checked.failures]
        return pb.CheckResponse(inputs=struct(checked.inputs), failures=failures)

    def Diff(self, request: pb.DiffRequest, context: Any) -> pb.DiffResponse:
        handler = self._handler(request.urn, context)
        try:
            changed = handler.diff(plain(request.olds), plain(request.old_inputs), plain(request.news))
        except AnyscaleError as error:
            _fail(context, error)
        replacing = [change for change in changed if change.row.replaces]
        if replacing:
            reasons = "; ".join(f"{change}: {change.row.replaces}" for change in replacing)
            self._engine.tell(request.urn, f"must be replaced: {reasons}")
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_SOME if changed else pb.DiffResponse.DIFF_NONE,
            diffs=[change.row.name for change in changed],
            replaces=[change.row.name for change in replacing],
            detailedDiff={change.row.name: pb.PropertyDiff(kind=_kind(change), inputDiff=True) for change in changed},
            hasDetailedDiff=True,
            deleteBeforeReplace=handler.delete_before_replace and bool(replacing),
        )

    def Create(self, request: pb.CreateRequest, context: Any) -> pb.CreateResponse:
        handler, inputs = self._handler(request.urn, context), plain(request.properties)
        if request.preview:
            return pb.CreateResponse(properties=struct({**inputs, **_unknown_outputs(handler)}))
        try:
            made = handler.create(inputs, self._operation(request.urn, request.timeout))
        except AnyscaleError as error:
            _fail(context, error, inputs=request.properties)
        return pb.CreateResponse(id=made.object_id, properties=struct(made.state))

    def Read(self, request: pb.ReadRequest, context: Any) -> pb.ReadResponse:
        handler = self._handler(request.urn, context)
        try:
            found = handler.read(
                request.id, plain(request.inputs), plain(request.properties), self._operation(request.urn, 0)
            )
        except AnyscaleError as error:
            _fail(context, error)
        if found is None:
            return pb.ReadResponse()
        return pb.ReadResponse(id=request.id, properties=struct(found.state), inputs=struct(found.inputs))

    def Update(self, request: pb.UpdateRequest, context: Any) -> pb.UpdateResponse:
        handler, olds, inputs = self._handler(request.urn, context), plain(request.olds), plain(request.news)
        if request.preview:
            kept = {row.name: olds[row.name] for row in handler.outputs if row.name in olds}
            unknown = _unknown_outputs(handler)
            return pb.UpdateResponse(
                properties=struct({**inputs, **({**unknown, **kept} if handler.kept_on_update else unknown)})
            )
        try:
            state = handler.update(request.id, olds, inputs, self._operation(request.urn, request.timeout))
        except AnyscaleError as error:
            _fail(context, error, inputs=request.news)
        return pb.UpdateResponse(properties=struct(state))

    def Delete(self, request: pb.DeleteRequest, context: Any) -> empty_pb2.Empty:
        handler = self._handler(request.urn, context)
        try:
            handler.delete(request.id, plain(request.properties), self._operation(request.urn, request.timeout))
        except AnyscaleError as error:
            _fail(context, error)
        return empty_pb2.Empty()

    def _handler(self, urn: str, context: Any) -> Handler:
        token = urn.split("::")[2].rpartition("$")[2]  # not from the end: a name may hold "::"
        if token not in self._handlers:
            context.abort(
                grpc.StatusCode.INVALID_ARGUMENT,
                f"the provider {NAME} has no resource {token}; it has {', '.join(self._handlers)}",
            )
        return self._handlers[token]

    def _operation(self, urn: str, timeout_seconds: float) -> Operation:
        return Operation(
            api=self._api(),
            waiter=self._waiter,
            tell=lambda text: self._engine.tell(urn, text),
            warn=lambda text: self._engine.tell(urn, text, warning=True),
            timeout_seconds=timeout_seconds,
        )


def _unknown_outputs(handler: Handler) -> dict[str, Any]:
    return {row.name: UNKNOWN for row in handler.outputs}


def _kind(change: Change) -> pb.PropertyDiff.Kind.ValueType:
    kinds = pb.PropertyDiff
    if change.old is None:
        return kinds.ADD_REPLACE if change.row.replaces else kinds.ADD
    if change.new is None:
        return kinds.DELETE_REPLACE if change.row.replaces else kinds.DELETE
    return kinds.UPDATE_REPLACE if change.row.replaces else kinds.UPDATE


def _fail(context: Any, error: AnyscaleError, *, inputs: Any = None) -> NoReturn:
    """End the call with the error's own sentence; with the id where an object exists, so that the engine records it."""
    details: Sequence[any_pb2.Any] = ()
    if isinstance(error, PartlyMade):
        detail = any_pb2.Any()
        detail.Pack(
            pb.ErrorResourceInitFailed(
                id=error.object_id, properties=struct(error.state), reasons=[str(error)], inputs=inputs
            )
        )
        details = (detail,)
    code = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=code.value[0], message=str(error), details=details)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, str(error))
    raise AssertionError("abort raises")
