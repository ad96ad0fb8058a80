"""A Python language host for the Pulumi engine, for machines without the official one.

Owns starting programs and Python plugins, and ending them: nothing that it starts outlives it, and it does not outlive
the engine. Refuses to install anything: the virtual environment that `Pulumi.yaml` names must be there. The engine
starts it with its own address as the last argument and reads the port from its first line.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent import futures
from pathlib import Path
from types import FrameType
from typing import IO, Any, Literal, NoReturn, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import language_pb2_grpc as rpc
from pulumi.runtime.proto import plugin_pb2

VERSION = "1.0.0"
RUNNER = Path(__file__).with_name("run_program.py")
REFUSED = 32
"""Exit code of a program that has already told the user why it ends."""
INTERPRETER = "SIMULATOR_PYTHON"
"""Variable that names another interpreter: one that has loaded the libraries already, for tests."""
LOOK_SECONDS = 0.2
"""Time between two looks at whether the engine still lives: nothing portable tells a process of its parent's death."""


class Children:
    """Processes of this host, each with a session of its own, so that what they start ends with them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended: set[int] = set()

    def start(self, command: list[str], context: Any, **options: Any) -> subprocess.Popen[bytes]:
        """Start `command`; it ends when the engine drops the call."""
        with self._lock:
            child = cast(
                "subprocess.Popen[bytes]",
                subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **options),
            )
            self._running.add(child)
        context.add_callback(lambda: self._end(child))
        return child

    def ended(self, child: subprocess.Popen[bytes]) -> bool:
        """Tell whether this host ended the child, rather than the child itself or somebody else."""
        with self._lock:
            return child.pid in self._ended

    def end_all(self) -> None:
        """End every child; returns at once."""
        with self._lock:
            running = list(self._running)
        for child in running:
            self._end(child)

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._running.discard(child)
            if child.poll() is None:
                self._ended.add(child.pid)
                os.killpg(child.pid, signal.SIGKILL)


class Host(rpc.LanguageRuntimeServicer):
    """What the engine asks of a language host.

    Attributes:
        engine: address of the engine, for the program.
        programs: programs that run.
        plugins: plugins that run; a cancelled program does not take them along, they may be in the middle of a write.
    """

    def __init__(self, engine: str) -> None:
        self.engine, self.programs, self.plugins = engine, Children(), Children()

    def Handshake(self, request: Any, context: Any) -> pb.LanguageHandshakeResponse:
        return pb.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetRequiredPackages(self, request: Any, context: Any) -> pb.GetRequiredPackagesResponse:
        """Name none: providers are attached, or named in `Pulumi.yaml`."""
        return pb.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: Any) -> pb.GetRequiredPluginsResponse:
        """Name none, as above."""
        return pb.GetRequiredPluginsResponse()

    def GetProgramDependencies(self, request: Any, context: Any) -> pb.GetProgramDependenciesResponse:
        return pb.GetProgramDependenciesResponse()

    def About(self, request: Any, context: Any) -> pb.AboutResponse:
        return pb.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        """End the program; without it an error of the engine costs five seconds and a traceback."""
        self.programs.end_all()
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> pb.RunResponse:
        """Run the program to its end; `bail` says that the user knows why it failed."""
        python = _python(request.info, context)
        folder = Path(request.info.program_directory or request.pwd)
        program = folder / (request.info.entry_point or ".")
        if program.is_dir():
            program /= "__main__.py"
        watched, held = os.pipe()  # `held` closes with this process, which the program reads as the end
        try:
            child = self.programs.start(
                [python, str(RUNNER), str(program), str(watched)],
                context,
                cwd=request.pwd or folder,
                env=self._environment(request),
                pass_fds=[watched],
            )
            code = child.wait()
        finally:
            os.close(watched)
            os.close(held)
        if code in {0, REFUSED} or self.programs.ended(child):
            return pb.RunResponse(bail=code != 0)
        how = f"exit code {code}" if code > 0 else signal.Signals(-code).name
        return pb.RunResponse(error=f"the program ended with {how}")

    def RunPlugin(self, request: Any, context: Any) -> Iterator[pb.RunPluginResponse]:
        """Run a Python plugin and pass on what it prints."""
        given = dict(entry.split("=", 1) for entry in request.env if "=" in entry)
        child = self.plugins.start(
            [_python(request.info, context), "-u", request.info.program_directory, *request.args],
            context,
            cwd=request.pwd or None,
            env={**os.environ, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        yield from _printed({"stdout": child.stdout, "stderr": child.stderr})
        yield pb.RunPluginResponse(exitcode=child.wait())

    def leave(self) -> NoReturn:
        """End everything, this process last."""
        self.programs.end_all()
        self.plugins.end_all()
        os._exit(0)

    def _environment(self, request: Any) -> dict[str, str]:
        settings = {
            "monitor": request.monitor_address,
            "engine": self.engine,
            "project": request.project,
            "stack": request.stack,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "organization": request.organization or "organization",
            "root_directory": request.info.root_directory,
        }
        return {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
            "PULUMI_RUN_SETTINGS": json.dumps(settings),
        }


def _printed(streams: Mapping[Literal["stdout", "stderr"], IO[bytes] | None]) -> Iterator[pb.RunPluginResponse]:
    """Lines of several streams as they come, until all have ended."""
    lines: queue.Queue[pb.RunPluginResponse | None] = queue.Queue()

    def pump(field: Literal["stdout", "stderr"], stream: IO[bytes] | None) -> None:
        for line in stream or ():
            lines.put(pb.RunPluginResponse(stdout=line) if field == "stdout" else pb.RunPluginResponse(stderr=line))
        lines.put(None)

    for field, stream in streams.items():
        threading.Thread(target=pump, args=(field, stream), daemon=True).start()
    for _ in streams:
        yield from iter(lines.get, None)


def _python(info: Any, context: Any) -> str:
    """The interpreter of the virtual environment that the project names, else the one of this host."""
    if other := os.environ.get(INTERPRETER):
        return other
    options = dict(info.options)
    if "virtualenv" not in options:
        return sys.executable
    folder = Path(info.root_directory, options["virtualenv"])
    python = folder / "bin" / "python"
    if not python.exists():
        context.abort(
            grpc.StatusCode.FAILED_PRECONDITION,
            f"the virtual environment {folder} that the project names is not there: make it, install the requirements",
        )
    return str(python)


def _end_with(engine: int, host: Host) -> None:
    """End when the engine does, also where it was killed and could say nothing."""
    while os.getppid() == engine:
        time.sleep(LOOK_SECONDS)
    host.leave()


def main() -> None:
    """Serve until the engine ends."""
    engine = os.getppid()
    host = Host(engine=sys.argv[-1])
    server = grpc.server(futures.ThreadPoolExecutor(16))
    rpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def on_signal(_number: int, _frame: FrameType | None) -> NoReturn:
        host.leave()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    threading.Thread(target=_end_with, args=(engine, host), daemon=True).start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
