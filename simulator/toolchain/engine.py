"""Where `pulumi` comes from: the first way that works, said on one line.

1. `pulumi` on PATH, recent enough. 2. The SDK's own installer. 3. A build from Go modules. What 2 and 3 bring is kept
in this user's cache, whole or not at all, and is found there the next time without looking at the network.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from simulator.toolchain.acquire import Failed, cache, one_at_a_time, run_to_end

FLOOR = (3, 244, 0)
"""Error hooks see every provider error from here on."""
BUILT = "v3.250.0"
"""The newest release whose Go modules resolve together with their replace lines."""
GO_FLOOR = (1, 26)
MODULE = Path(__file__).parent / "go"
HOST = Path(__file__).with_name("language_host.py")
HOST_NAME = "pulumi-language-python"
INSTALLER_SECONDS = 300
"""The installer downloads about 100 MB; where its site is refused it fails at once, where it is silent we give up."""

console = Console(stderr=True, highlight=False)


class NoEngineError(Exception):
    """No way led to `pulumi`; says what is missing and the commands that install it."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A `pulumi` that runs here.

    Attributes:
        program: the executable.
        way: how it came, in words, with its version.
    """

    program: Path
    way: str


@functools.cache
def ready() -> Engine:
    """Return an engine that finds a Python language host: the official one, else this project's, put beside it.

    Put `program.parent` first on PATH to use it.

    Raises:
        NoEngineError: no way worked.
    """
    engine = find() or obtain()
    beside = f"{engine.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if shutil.which(HOST_NAME, path=beside):
        return engine
    way = f"{engine.way}, with this project's Python language host"
    return Engine(program=_with_own_host(engine.program), way=way)


def find() -> Engine | None:
    """The engine that is here already: on PATH, or brought to the cache before."""
    return next(_here(), None)


def obtain() -> Engine:
    """Bring an engine to the cache: by the SDK's installer, else by a build from Go modules.

    Raises:
        NoEngineError: neither worked.
    """
    with one_at_a_time(console):
        if (found := find()) is not None:  # another process brought it while this one waited
            return found
        try:
            _install()
        except Failed as refusal:
            console.print(f"pulumi cannot be downloaded from here ({str(refusal).rpartition(chr(10))[2]})")
            _build(_go())
    found = find()
    if found is None:
        raise NoEngineError(f"pulumi was brought to {cache()} but tells no version of {dotted(FLOOR)} or later")
    return found


def version(program: Path) -> tuple[int, ...]:
    """Version that the program tells; `(0,)` where it tells none or does not start."""
    with _home_for_now() as env:
        try:
            done = subprocess.run([program, "version"], env=env, capture_output=True, text=True, check=False)
        except OSError:
            return (0,)
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", done.stdout.strip())
    return tuple(int(part) for part in match.groups()) if match else (0,)


def dotted(parts: tuple[int, ...]) -> str:
    """A version as people write it."""
    return ".".join(str(part) for part in parts)


def _here() -> Iterator[Engine]:
    on_path = shutil.which("pulumi")
    places = [(Path(on_path).resolve(), "on PATH")] if on_path else []
    places += [(_installed(), "by its installer"), (_built(), "built from Go modules")]
    for program, way in places:
        if not program.exists():
            continue
        told = version(program)
        if told >= FLOOR:
            yield Engine(program=program, way=f"{dotted(told)} {way}")
        else:
            console.print(f"pulumi {dotted(told)} {way} is older than {dotted(FLOOR)}: not used")


@contextmanager
def _home_for_now() -> Generator[dict[str, str]]:
    """An environment in which `pulumi` writes its logs, one a command, elsewhere than in the user's home."""
    with tempfile.TemporaryDirectory() as home:
        yield {**os.environ, "PULUMI_HOME": home, "PULUMI_SKIP_UPDATE_CHECK": "true"}


def _installed() -> Path:
    return cache() / "pulumi-installed" / "bin" / "pulumi"


def _built() -> Path:
    """Named after what it is built from, so that another lock is another build."""
    source = b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum"))
    return cache() / f"pulumi-{hashlib.sha256(source).hexdigest()[:12]}" / "pulumi"


def _install() -> None:
    target = _installed().parents[1]
    with tempfile.TemporaryDirectory(dir=cache()) as draft, _home_for_now() as env:
        root = Path(draft, target.name)
        script = "import sys; from pulumi.automation import PulumiCommand; PulumiCommand.install(root=sys.argv[1])"
        command = [sys.executable, "-c", script, str(root)]
        run_to_end(command, "downloading pulumi", console, env=env, seconds=INSTALLER_SECONDS)
        shutil.rmtree(target, ignore_errors=True)  # what an older project left
        root.replace(target)


def _build(go: str) -> None:
    target = _built()
    with tempfile.TemporaryDirectory(dir=cache()) as draft:
        folder = Path(draft, target.parent.name)
        flags = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={BUILT}"
        command = [go, "build", "-mod=readonly", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", flags]
        command += ["-o", str(folder / "pulumi"), "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"]
        try:
            run_to_end(command, "building pulumi, once for this user: 3 to 6 minutes on 2 cores", console, cwd=MODULE)
        except Failed as refusal:
            raise NoEngineError(f"pulumi could not be built from Go modules: {refusal}") from None
        shutil.rmtree(target.parent, ignore_errors=True)
        folder.replace(target.parent)


def _go() -> str:
    """The Go command, where it is recent enough.

    Raises:
        NoEngineError: it is not; names the commands that install `pulumi` or Go.
    """
    go, told = shutil.which("go"), ""
    if go:
        # In the module's folder, where Go may bring the toolchain that go.mod asks for.
        done = subprocess.run([go, "env", "GOVERSION"], cwd=MODULE, capture_output=True, text=True, check=False)
        told = done.stdout.strip()
    match = re.match(r"go(\d+)\.(\d+)", told)
    if go and match and (int(match[1]), int(match[2])) >= GO_FLOOR:
        return go
    raise NoEngineError(
        f"pulumi {dotted(FLOOR)} or later is not on PATH, cannot be downloaded from here, and cannot be built: "
        f"Go is {told or 'not on PATH'}, {dotted(GO_FLOOR)} or later is needed. Install one of them:\n"
        "  pulumi   brew install pulumi/tap/pulumi    or   curl -fsSL https://get.pulumi.com | sh\n"
        "  Go       brew install go                   or   sudo snap install go --classic"
    )


def _with_own_host(program: Path) -> Path:
    """`program` with our language host beside it: a host found elsewhere costs a warning a command."""
    launcher = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(HOST))} "$@"\n'
    stamp = program.stat()
    key = hashlib.sha256(f"{program} {stamp.st_mtime_ns} {stamp.st_size} {launcher}".encode()).hexdigest()[:12]
    target = cache() / f"pulumi-with-host-{key}"
    if target.exists():
        return target / "pulumi"
    with one_at_a_time(console), tempfile.TemporaryDirectory(dir=cache()) as draft:
        folder = Path(draft, target.name)
        folder.mkdir()
        try:
            (folder / "pulumi").hardlink_to(program)  # a symbolic link would be resolved before the engine looks around
        except OSError:  # another file system, or another owner's file
            shutil.copy2(program, folder / "pulumi")
        (folder / HOST_NAME).write_text(launcher)
        (folder / HOST_NAME).chmod(0o755)
        if not target.exists():
            folder.replace(target)
    return target / "pulumi"
