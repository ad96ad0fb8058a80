"""The engine that started this plugin: what is told to it, and what happens when it is gone.

Owns the connection back. Refuses to fail an operation for a line that could not be shown.
"""

from __future__ import annotations

import os
import threading
from typing import Any

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_TELL_SECONDS = 10.0


class Engine:
    """The engine at an address; none where the address is empty, as in tests."""

    def __init__(self, address: str = "") -> None:
        self._told: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._channel = grpc.insecure_channel(address) if address else None
        self._stub: Any = engine_pb2_grpc.EngineStub(self._channel) if self._channel else None

    def tell(self, urn: str, message: str, *, warning: bool = False) -> None:
        """Show a line beside a resource, once: the engine asks for some diffs more than once."""
        with self._lock:
            if (urn, message) in self._told:
                return
            self._told.add((urn, message))
        if self._stub:
            severity = engine_pb2.WARNING if warning else engine_pb2.INFO
            try:
                self._stub.Log(
                    engine_pb2.LogRequest(severity=severity, urn=urn, message=message), timeout=_TELL_SECONDS
                )
            except grpc.RpcError:
                return  # an engine that cannot show a line is ending; the operation itself must still be answered

    def end_process_when_gone(self) -> None:
        """Exit when the engine's end of the connection is closed.

        A killed engine cannot stop its plugins, and the parent process is a language host that may outlive it too.
        """
        if not self._channel:
            return

        def watch(state: grpc.ChannelConnectivity) -> None:
            if state is grpc.ChannelConnectivity.TRANSIENT_FAILURE:
                os._exit(0)  # at once: threads in a call to Anyscale would keep a tidier exit waiting

        self._channel.subscribe(watch, try_to_connect=True)
