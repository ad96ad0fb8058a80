"""A folder in which the real `pulumi` runs this project against the simulated world.

Owns copies of the project and stack files, the engine's home, state and passphrase. Refuses to touch the user's own
files, Pulumi home and git status: what the engine writes into stack files, it writes into the copies.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from simulator import anyscale, standins
from simulator.mirror import Mirror
from simulator.toolchain import engine
from simulator.world import UnusableWorldError, World, forgetting

TOKEN = "sss_simulated"  # noqa: S105
"""Opens nothing: the simulated API takes any token of this form."""
USERS_OWN = ("PULUMI_", "ARM_", "AZURE_", "ANYSCALE_", "KUBECONFIG")
"""Settings that would lead a command out of the simulated world."""


class Simulator:
    """The world, up while the context lasts, and the environment in which a command finds it.

    Attributes:
        world: what exists.
        env: environment of every command, once the context is entered.
        folder: holds state, world and copies; several simulators may share it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        project: Path,
        latency: standins.Latency | None = None,
        faults: standins.Faults | None = None,
        anyscale_faults: anyscale.Faults | None = None,
        anyscale_polls: anyscale.Polls | None = None,
    ) -> None:
        """Prepare; nothing runs before the context is entered, which is refused where the world of the state is gone.

        Args:
            folder: made where absent.
            project: folder of the program and its stack files.
            latency: how long writes of the stand-ins take; no time where not given.
            faults: what goes wrong in the stand-ins.
            anyscale_faults: what goes wrong on the way to Anyscale's API; those of the environment where not given.
            anyscale_polls: how slow Anyscale is.

        Raises:
            UnusableWorldError: the folder holds no world that can be read, or cannot hold one.
        """
        self.folder, self.project = folder.resolve(), project.resolve()
        self.world = World(self.folder)
        self.env: dict[str, str] = {}
        self._mirror = Mirror(self.folder, self.project)
        self._anyscale = anyscale.serve(self.world, faults=anyscale_faults, polls=anyscale_polls)
        self._faults, self._latency = faults, latency
        self._up = ExitStack()

    def __enter__(self) -> Self:
        self._refuse_lost_world()
        with ExitStack() as up:
            url = up.enter_context(self._anyscale)
            ports = up.enter_context(standins.serve_all(self.world, url, self._latency, self._faults))
            self.env = self._environment(url, ports)
            self._mirror.refresh()
            self._up = up.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._up.close()

    def run(
        self, *words: str, timeout: float | None = None, check: bool = False, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end and return what it printed.

        Raises:
            subprocess.CalledProcessError: with `check`, where the exit code is not 0.
            subprocess.TimeoutExpired: after `timeout` seconds.
        """
        return subprocess.run(
            words,
            cwd=self.folder,
            env={**self.env, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=check,
        )

    def start(self, *words: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        """Start a command; what becomes of it is the caller's business."""
        return subprocess.Popen(words, cwd=self.folder, env={**self.env, **(env or {})}, text=True, **options)

    @contextmanager
    def foreground(self, *words: str, **options: Any) -> Generator[subprocess.Popen[str]]:
        """Start a command that decides itself what a signal means, and wait for its end.

        Ctrl-C reaches the command from the terminal; a signal sent to this process alone is passed on.
        """
        on_terminal = bool(sys.stdin and sys.stdin.isatty())
        running: subprocess.Popen[str] | None = None
        early: list[int] = []  # told while the command was being started

        def pass_on(number: int, _: FrameType | None) -> None:
            if on_terminal and number == signal.SIGINT:
                return
            number = signal.SIGINT if number == signal.SIGHUP else number  # a closed terminal; it kills an engine
            if running is None:
                early.append(number)
                return
            with suppress(ProcessLookupError):
                running.send_signal(number)

        ending = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # `nohup` stays so
            ending.append(signal.SIGHUP)
        before = {number: signal.signal(number, pass_on) for number in ending}
        try:
            # Off a terminal a group of its own, so that a signal to the whole group does not arrive twice.
            with self.start(*words, process_group=None if on_terminal else 0, **options) as running:
                for number in early:
                    running.send_signal(number)
                yield running
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def call(self, *words: str) -> int:
        """Run a command on this terminal and return its exit code, 128 and more where a signal ended it."""
        with self.foreground(*words) as running:
            code = running.wait()
        return code if code >= 0 else 128 - code

    def stacks(self) -> list[str]:
        """Stacks whose files exist, in order of name."""
        return self._mirror.stacks()

    def _refuse_lost_world(self) -> None:
        """Without it each resource of the state would fail by itself, and none would say why."""
        files = (self.folder / "state" / ".pulumi" / "stacks").glob("*/*.json")
        deployed = () if self.world.path.exists() else sorted(path.stem for path in files if _made_something(path))
        if deployed:
            again = f"python -m simulator --folder {shlex.quote(str(self.folder))} simulate {shlex.join(deployed)}"
            raise UnusableWorldError(
                f"{self.world.path} is gone, and with it all that was deployed to it by {', '.join(deployed)}. Put it "
                f"back, or begin anew:\n  {forgetting(self.folder)}\n  {again}"
            )

    def _environment(self, anyscale_url: str, ports: dict[str, int]) -> dict[str, str]:
        state = self.folder / "state"
        state.mkdir(exist_ok=True)
        wrapped = self._mirror.commands(engine.ready().program)
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(USERS_OWN)}
        path = [str(wrapped), str(Path(sys.prefix, "bin")), os.environ.get("PATH", os.defpath)]
        return {
            **inherited,
            "PATH": os.pathsep.join(path),
            "PULUMI_HOME": str(self.folder / "home"),
            # The file beside each state that tells its type is written anew in place: whoever reads the state
            # meanwhile, as each program does with its own stack's, would find it cut.
            "PULUMI_BACKEND_URL": f"{state.as_uri()}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": "simulated",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_PROVIDERS": ",".join(f"{name}:{port}" for name, port in sorted(ports.items())),
            "PYTHONDONTWRITEBYTECODE": "1",
            # Nobody signed in here: `az` and `kubectl` would else reach the user's own account and cluster.
            "AZURE_CONFIG_DIR": str(self.folder / "azure"),
            "KUBECONFIG": str(self.folder / "kubeconfig"),
            "ANYSCALE_HOST": anyscale_url,
            "ANYSCALE_CLI_TOKEN": TOKEN,
            "ANYSCALE_POLL_SECONDS": "0.05",  # a simulated cloud does not age by waiting
        }


def _made_something(state: Path) -> bool:
    """Whether the state of a stack holds what only a world can hold: neither components nor the engine's own."""
    try:
        latest: dict[str, Any] = json.loads(state.read_text())["checkpoint"].get("latest") or {}
    except (ValueError, KeyError):
        return False  # a state that the engine cannot read either: it says so itself, in its own words
    return any(each["custom"] and not each["type"].startswith("pulumi:") for each in latest.get("resources", ()))
