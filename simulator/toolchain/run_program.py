"""Runs one Pulumi program; started by the language host with the program's file and a descriptor to watch."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from pathlib import Path

import pulumi
from pulumi import runtime

REFUSED = 32
"""Exit code that says: the user has been told why."""


def _end_with_host(lifeline: int) -> None:
    """The host holds the other end of the pipe; when it dies, however it dies, so does the program."""
    os.read(lifeline, 1)
    os._exit(1)


def told(error: BaseException, folder: Path) -> str:
    """The error as a traceback through the user's own files; whole where none of them is in it."""
    whole = traceback.TracebackException.from_exception(error)
    pending = [whole]
    while pending:
        part = pending.pop()
        inside = [frame for frame in part.stack if _users(Path(frame.filename), folder)]
        part.stack = traceback.StackSummary.from_list(inside or part.stack)
        pending += [other for other in (part.__cause__, part.__context__, *(part.exceptions or ())) if other]
    return "".join(whole.format())


def _users(file: Path, folder: Path) -> bool:
    return file.is_relative_to(folder) and "site-packages" not in file.parts and file != Path(__file__)


def _run(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


def main() -> None:
    """Run the program under the engine that the settings name."""
    program, lifeline = Path(sys.argv[1]), int(sys.argv[2])
    threading.Thread(target=_end_with_host, args=(lifeline,), daemon=True).start()
    settings = json.loads(os.environ.pop("PULUMI_RUN_SETTINGS"))
    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(runtime.Settings(**settings))
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # what is left pending after an error is not news
    sys.path[0] = str(program.parent)
    sys.argv = [str(program)]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(runtime.run_in_stack(lambda: _run(program)))
    except pulumi.RunError as refusal:
        pulumi.log.error(str(refusal))
        sys.exit(REFUSED)
    except Exception as error:  # noqa: BLE001 - whatever a program raises is told to the user, once
        pulumi.log.error(f"Program failed with an unhandled exception:\n{told(error, program.parent)}")
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
