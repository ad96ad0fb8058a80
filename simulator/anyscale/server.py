"""The control plane as a running server, in a thread of the process that asked for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from simulator.anyscale.app import application
from simulator.anyscale.faults import Faults
from simulator.anyscale.state import ControlPlane, Polls
from simulator.world import World

LOOPBACK = "127.0.0.1"


@contextmanager
def serve(world: World, *, faults: Faults | None = None, polls: Polls | None = None) -> Generator[str]:
    """Serve on a free port of the loopback interface; yields the URL that clients take for the console's.

    Args:
        world: what exists; its `anyscale` section is changed and saved by each request.
        faults: what goes wrong on the way; those of the environment where not given.
        polls: how slow things are.
    """
    plane = ControlPlane(world=world, polls=polls or Polls())
    app = application(plane, faults or Faults.from_environment())
    # The protocol is named because asyncio turns Nagle's algorithm off only then: it costs 40 ms a request.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind((LOOPBACK, 0))
        # Before the thread starts, so that a client that connects early waits instead of being refused.
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
