"""The plugin's process: `python pulumi_anyscale ENGINE_ADDRESS` serves on a free port and prints it.

The engine starts it through the Python language host, as `PulumiPlugin.yaml` says.
"""

import os
import signal
import sys
from concurrent import futures
from functools import cache
from pathlib import Path

# Started as a folder, Python puts the folder itself on the path, where its modules would stand without their package.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_anyscale.api import Api
from pulumi_anyscale.engine import Engine
from pulumi_anyscale.errors import AnyscaleError
from pulumi_anyscale.provider import Provider
from pulumi_anyscale.waiting import Timing, Waiter

_OPERATIONS_AT_ONCE = 64
"""More than the engine's usual parallelism: waits hold their threads, and a Cancel must still get one."""


@cache
def _api(waiter: Waiter) -> Api:
    from pulumi_anyscale.client import Client  # noqa: PLC0415 - half of the start-up time, and a preview needs none

    return Api(Client(environment=os.environ, home=Path.home(), waiter=waiter))


def main() -> None:
    """Serve until the engine ends this process, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the engine says Cancel instead
    engine = Engine(sys.argv[-1] if len(sys.argv) > 1 else "")
    try:
        waiter = Waiter(Timing.of(os.environ))
    except AnyscaleError as error:
        sys.exit(str(error))  # the engine shows what a plugin writes while it starts
    server = grpc.server(futures.ThreadPoolExecutor(_OPERATIONS_AT_ONCE))
    provider = Provider(api=lambda: _api(waiter), waiter=waiter, engine=engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    engine.end_process_when_gone()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
