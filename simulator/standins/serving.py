"""Start the stand-ins."""

from __future__ import annotations

from collections.abc import Generator
from concurrent import futures
from contextlib import contextmanager

import grpc
from pulumi.runtime.proto import provider_pb2_grpc as rpc

from simulator.standins.azure.core import AzureNative
from simulator.standins.azuread import AzureAD
from simulator.standins.faults import Faults
from simulator.standins.kubernetes import Kubernetes
from simulator.standins.latency import Latency
from simulator.standins.rules import Rules
from simulator.standins.servicer import StandIn
from simulator.world import World

_THREADS = 64
"""Calls one provider answers at a time; the engine sends as many as it has resources ready, several engines at once."""


@contextmanager
def serve_all(
    world: World, anyscale_url: str, latency: Latency | None = None, faults: Faults | None = None
) -> Generator[dict[str, int]]:
    """Serve every simulated provider on a free port of the loopback interface until the block ends.

    Args:
        world: what exists; shared by all providers.
        anyscale_url: address of the simulated Anyscale API, whose operator the Helm releases stand for.
        latency: how long writes take; at once when None.
        faults: what goes wrong; nothing when None.

    Yields:
        Name of the provider to its port, as `PULUMI_DEBUG_PROVIDERS` wants them: `azure-native:PORT,...`.
    """
    rules: tuple[Rules, ...] = (AzureNative(), AzureAD(), Kubernetes(anyscale_url))
    faults, latency = faults or Faults(), latency or Latency()
    servers: list[grpc.Server] = []
    try:
        ports: dict[str, int] = {}
        for each in rules:
            server = grpc.server(futures.ThreadPoolExecutor(_THREADS))
            rpc.add_ResourceProviderServicer_to_server(StandIn(each, world, faults, latency), server)
            ports[each.name] = server.add_insecure_port("127.0.0.1:0")
            server.start()
            servers.append(server)
        yield ports
    finally:
        faults.release()
        for server in servers:
            server.stop(grace=0)
