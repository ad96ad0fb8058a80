"""What exists in the simulated world: two readable files in one folder, saved at each change.

Owns the records and the journal. Refuses to know rules: what Azure, Kubernetes or Anyscale would allow is said in their
own modules. Commands in separate processes that name the same folder see the same world, and a killed run leaves what
the cloud would have: a record is on disk before the caller hears of it.

`world.json` holds what exists and is replaced whole; `journal.jsonl` holds the calls and only grows, one line a call.
"""

from __future__ import annotations

import fcntl
import json
import shlex
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

Json = dict[str, Any]

INVOKE = "invoke"


class UnusableWorldError(Exception):
    """The folder holds no world that can be read, or can hold none; says which file, and what to do."""


@dataclass(kw_only=True)
class Record:
    """One thing that exists.

    Attributes:
        provider: `azure-native`, `azuread` or `kubernetes` (Anyscale's objects live in their own section).
        type: Pulumi type token.
        id: what the provider answers as id; for Kubernetes it says nothing of the cluster, see `key`.
        key: unique in the world.
        stack: stack of the URN that made it; empty for what was there before any stack.
        inputs: as last applied.
        outputs: as last answered (inputs, plus what the cloud computed).
    """

    provider: str
    type: str
    id: str
    key: str
    stack: str
    inputs: Json
    outputs: Json


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call that wanted to change the world, or an `invoke` that asked for something beside the resources.

    Attributes:
        type: Pulumi type token; of an invoke, the token of its function.
        key: of the thing concerned; empty for an invoke.
        done: False where it was refused or lost.
    """

    provider: str
    operation: str
    type: str
    key: str
    done: bool


class _Turn:
    """Re-entrant lock over the threads of this process and over the processes that share the folder."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._path = folder / "lock"
        self._threads = threading.RLock()
        self._depth = 0
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        self._threads.acquire()
        self._depth += 1
        try:
            if self._depth == 1:
                self._file = self._path.open("w")
                fcntl.flock(self._file, fcntl.LOCK_EX)
                self._world.catch_up()
        except BaseException:
            self._leave()  # else every other thread, and every other process, would wait for ever
            raise

    def __exit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self._depth -= 1
        if self._depth == 0 and self._file:
            self._file.close()
        self._threads.release()


class World:
    """Every record of the world, and the journal of calls; safe to use from many threads and processes.

    Attributes:
        lock: hold it from a look to the write that rests on it.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "world.json"
        self.journal_path = folder / "journal.jsonl"
        self.lock = _Turn(self, folder)
        self._records: dict[str, Record] = {}
        self._written: dict[str, str] = {}  # each record as it stands in the file, so that one change costs one record
        self._anyscale: Json = {}
        self._journal: list[Call] = []
        self._seen: tuple[int, int] = (0, 0)
        self._heard = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with self.lock:
                pass
        except OSError as error:
            problem = f"{folder} cannot hold a simulated world ({error.strerror}: {error.filename})"
            raise UnusableWorldError(f"{problem}; name a folder that can be written: --folder") from None

    def get(self, key: str) -> Record | None:
        with self.lock:
            return self._records.get(key)

    def put(self, record: Record) -> None:
        """Add or replace; a change made to a record's own dictionaries is not seen before it is put."""
        with self.lock:
            self._records[record.key] = record
            self._written[record.key] = json.dumps(asdict(record), indent=1)
            self.save()

    def remove(self, key: str) -> Record | None:
        with self.lock:
            gone = self._records.pop(key, None)
            if gone:
                del self._written[key]
                self.save()
            return gone

    def records(self, *, provider: str = "", type_suffix: str = "") -> Iterator[Record]:
        """Records in the order in which they were made."""
        with self.lock:
            found = list(self._records.values())
        return (r for r in found if (not provider or r.provider == provider) and r.type.endswith(type_suffix))

    @property
    def anyscale(self) -> Json:
        """Anyscale's own objects; change it under `lock` and call `save`."""
        with self.lock:
            return self._anyscale

    def note(self, call: Call) -> None:
        with self.lock, self.journal_path.open("a") as file:
            file.write(json.dumps(asdict(call)) + "\n")
            self._journal.append(call)
            file.flush()
            self._heard = file.tell()

    @property
    def journal(self) -> tuple[Call, ...]:
        """Calls that wanted to change the world, in their order."""
        with self.lock:
            return tuple(call for call in self._journal if call.operation != INVOKE)

    @property
    def invokes(self) -> tuple[Call, ...]:
        """Calls that asked for something beside the resources: credentials, lists, what exists already."""
        with self.lock:
            return tuple(call for call in self._journal if call.operation == INVOKE)

    def save(self) -> None:
        """Write the file whole or not at all."""
        with self.lock:
            records = ",\n".join(f"{json.dumps(key)}: {text}" for key, text in self._written.items())
            draft = self.path.with_suffix(".draft")
            draft.write_text(f'{{"records": {{\n{records}\n}},\n"anyscale": {json.dumps(self._anyscale, indent=1)}}}\n')
            draft.replace(self.path)
            self._seen = self._stamp()

    def catch_up(self) -> None:
        """Read what other processes wrote since; called on taking `lock`."""
        stamp = self._stamp()
        if stamp != self._seen:
            with _readable(self.path):
                whole = json.loads(self.path.read_text())
                self._records = {key: Record(**record) for key, record in whole["records"].items()}
                self._anyscale = whole["anyscale"]
            self._written = {key: json.dumps(asdict(record), indent=1) for key, record in self._records.items()}
            self._seen = stamp
        if self.journal_path.exists() and self.journal_path.stat().st_size > self._heard:
            with _readable(self.journal_path), self.journal_path.open() as file:
                file.seek(self._heard)
                self._journal += [Call(**json.loads(line)) for line in file.read().splitlines()]
                self._heard = file.tell()

    def _stamp(self) -> tuple[int, int]:
        if not self.path.exists():
            return 0, 0
        stat = self.path.stat()
        return stat.st_ino, stat.st_mtime_ns


@contextmanager
def _readable(path: Path) -> Generator[None]:
    """Tell of a file that was removed, cut or edited; a run that was killed leaves none, a full disk may."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableWorldError(
            f"{path} is no part of a simulated world ({error}): it was removed, cut or edited. Put it back, or forget "
            f"the world and everything deployed to it: {forgetting(path.parent)}"
        ) from None


def forgetting(folder: Path) -> str:
    """The command that forgets the world of a folder and everything deployed to it."""
    return f"python -m simulator --folder {shlex.quote(str(folder))} reset"
