"""In place of an interpreter: hands all that it was started with to the server, and ends as the fork does."""

import json
import os
import socket
import sys
from pathlib import Path


def main() -> int:
    """Start it, and wait for its end; where this process is killed, the server kills the fork."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(sys.argv[1])
        files = [number for each in Path("/dev/fd").iterdir() if _passes_on(number := int(each.name))]
        socket.send_fds(server, [b"\n"], files)
        started = {"files": files, "words": sys.argv[2:], "folder": str(Path.cwd()), "environment": dict(os.environ)}
        server.sendall(json.dumps(started).encode() + b"\n")
        code = int(server.makefile().readline() or 1)
    if code < 0:
        os.kill(os.getpid(), -code)
    return code


def _passes_on(number: int) -> bool:
    try:
        return os.get_inheritable(number)
    except OSError:  # the one by which the folder was read
        return False


if __name__ == "__main__":
    sys.exit(main())
