"""Loads modules, then forks twice for each client: a process that keeps watch, and the one that was asked for."""

from __future__ import annotations

import fcntl
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

MOST_FILES = 64
ABOVE = 1000
"""Of every number that a client's file has."""


def main() -> None:
    """Serve until the input ends; a fork returns as an interpreter would, and its exit code is that of what it ran."""
    address, path, *modules = sys.argv[1:]
    sys.path.insert(0, path)
    for module in modules:
        importlib.import_module(module)
    sys.path.pop(0)
    gc.freeze()  # pages that nobody writes stay shared
    if words := _served(address):
        _run(words)


def _served(address: str) -> list[str] | None:
    """Returns in the fork that runs, what it was started with; in the server once the input ends, nothing."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for keepers
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            ready, _, _ = select.select([listening, sys.stdin], [], [])
            if sys.stdin in ready:
                return None
            client, _ = listening.accept()
            if os.fork() == 0:
                break
            client.close()
    return _kept(client)


def _kept(client: socket.socket) -> list[str]:
    """Returns in the fork that runs; the keeper ends here, with the fork or with the client."""
    _, files, _, _ = socket.recv_fds(client, 1, MOST_FILES)
    started: dict[str, Any] = json.loads(client.makefile("rb").readline())
    heard, ended = os.pipe()
    os.set_blocking(ended, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(ended)
    if (child := os.fork()) == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for each in (heard, ended, client.detach()):
            os.close(each)
        return _become(started, files)
    for file in files:
        os.close(file)
    ready, _, _ = select.select([client, heard], [], [])
    if heard not in ready:
        os.killpg(child, signal.SIGKILL)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    client.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(started: dict[str, Any], files: list[int]) -> list[str]:
    """Take on the session, files, folder and environment of what the client was started for; returns its words."""
    os.setsid()
    apart = [fcntl.fcntl(file, fcntl.F_DUPFD, ABOVE) for file in files]
    for file in files:
        os.close(file)
    for file, number in zip(apart, started["files"], strict=True):
        os.dup2(file, number)
        os.close(file)
    # The server's own know of its files whether one can seek there, and may hold what they read.
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.environ.clear()
    os.environ.update(started["environment"])
    os.chdir(started["folder"])
    words: list[str] = started["words"]
    return words[words[0] == "-u" :]


def _run(words: list[str]) -> None:
    if words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        return
    program = Path.cwd() / words[0]
    sys.argv = words
    sys.path.insert(0, str(program if program.is_dir() else program.parent))
    runpy.run_path(str(program), run_name="__main__")


if __name__ == "__main__":
    main()
