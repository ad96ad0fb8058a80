"""A Python in which the libraries of programs and plugins are loaded already, for tests that start hundreds of them.

`server.py` loads them once and answers each start with a fork of itself; `python.py` stands where an interpreter does,
and hands what it was started with to the server. What runs is the same program on the same libraries, in a process of
its own: a fork sees nothing that another did.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent


@contextmanager
def preloaded(modules: Sequence[str], *, path: Path) -> Generator[Path]:
    """An interpreter that has imported `modules`, found below `path`; its server lives as long as the context."""
    with TemporaryDirectory() as folder:  # a short name: that of a socket may have a hundred characters
        address, python = Path(folder, "socket"), Path(folder, "python")
        command = shlex.join([sys.executable, "-I", "-S", str(HERE / "python.py"), str(address)])
        python.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        python.chmod(0o755)
        words = [sys.executable, str(HERE / "server.py"), str(address), str(path), *modules]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            try:
                assert server.stdout and server.stdout.readline(), "it loads what it is asked to"
                yield python
            finally:
                server.communicate()  # the end of its input is its end
