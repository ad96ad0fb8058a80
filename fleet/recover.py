"""After a killed run: what it left in the backend and in the clouds, and the commands that bring both together again.

Owns what a killed run leaves: a lock, a cut state, operations under way. Refuses to touch a cloud itself: the commands
are those of `pulumi`, which a person could type. What is imported comes first and pending operations are cleared last,
so that a recovery that is killed too can begin again.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from catalog.arm_ids import ARM_IDS, CONVERGES
from fleet.engine.answers import EXPORT, read_answer
from fleet.engine.checkpoint import Whole, newest_whole
from fleet.engine.known_errors import CUT_STATE, explained
from fleet.engine.lock import Lock, locks
from fleet.engine.process import Engine
from fleet.errors import FleetError
from fleet.report import CHANGES, FAILED, NO_CHANGE, Shape
from fleet.typed import Typed

Json = dict[str, Any]
Outcome = Literal["done", "not there", "not needed", "failed"]

RELEASE = "kubernetes:helm.sh/v3:Release"


class UnderWay(Shape):
    """An operation that the killed run had begun and not ended.

    Attributes:
        operation: `creating`, `updating`, `deleting`, as the engine calls it.
        id: under which a thing that was being created is found; empty where none is needed, or none can be told.
        settled: what settles it, in a phrase.
        by_hand: nothing here settles it.
    """

    operation: str
    urn: str
    type: str
    name: str
    id: str = ""
    settled: str
    by_hand: bool = False


class Command(Shape):
    """A step of the recovery.

    Attributes:
        words: of the command, `pulumi` or `cp`.
        line: the same as a person types it here.
        why: what it does, and when it is not needed.
        urn: resource it is about; empty for the whole stack.
        id: under which that is looked for.
    """

    words: tuple[str, ...]
    line: str
    why: str
    urn: str = ""
    id: str = ""


class Result(Shape):
    """What became of a command; `said` holds the error of a failed one."""

    line: str
    outcome: Outcome
    said: str = ""


class Recovery(Shape):
    """What a killed run left, what to type, and, once that has been run, what became of it.

    Attributes:
        cut: file of the state that was cut in the middle of a write; empty where the state is whole.
        replacement: what takes its place.
        commands: in order; empty where there is nothing to recover.
        results: of the commands that were run.
        error: why the recovery stopped.
    """

    stack: str
    locks: tuple[Lock, ...] = ()
    cut: str = ""
    replacement: Whole | None = None
    under_way: tuple[UnderWay, ...] = ()
    commands: tuple[Command, ...] = ()
    results: tuple[Result, ...] = ()
    error: str = ""

    @property
    def alive(self) -> tuple[Lock, ...]:
        """Locks of a run that goes on: what is under way in it is no work of a recovery."""
        return tuple(lock for lock in self.locks if lock.run == "alive")

    @property
    def unproven(self) -> tuple[Lock, ...]:
        """Locks of which nothing here tells whether their run is over."""
        return tuple(lock for lock in self.locks if lock.run == "unknown")

    @property
    def cut_off(self) -> bool:
        """Whether it is known that a run did not come to its end."""
        return bool(self.cut or self.under_way) or any(lock.run == "dead" for lock in self.locks)

    @property
    def exit_code(self) -> int:
        """Failed, something is left to recover, or nothing is."""
        if self.error:
            return FAILED
        return CHANGES if self.commands and not self.results else NO_CHANGE


Progress = Callable[[Command, Result | None], None]
"""Told each command before it runs, without a result, and after, with its own."""


def _silent(command: Command, result: Result | None) -> None:
    """Show nothing."""


def examine(engine: Engine, stack: str, typed: Typed) -> Recovery:
    """Look at what a killed run left; changes nothing. `typed` spells the commands.

    Raises:
        FleetError: the backend does not know the stack, or its state cannot be read and nothing whole is found.
    """
    exported, command = engine.ask("stack", "export", "--stack", stack), f"pulumi stack export --stack {stack}"
    cut, replacement = "", None
    if exported.code == 0:
        deployment = read_answer(exported.said, EXPORT, command=command).deployment
    elif re.search(CUT_STATE, exported.said):
        file, replacement = newest_whole(engine, stack, typed)
        deployment, cut = replacement.deployment, str(file)
    else:
        raise FleetError(explained(exported.said, stack=stack, command=command, typed=typed))
    held = locks(engine, stack, typed)
    resources = {each["urn"]: each for each in deployment.get("resources") or ()}
    begun = [(op["type"], op["resource"]) for op in deployment.get("pending_operations") or ()]
    under_way = tuple(_under_way(operation, resource, resources) for operation, resource in begun)
    found = Recovery(stack=stack, locks=held, cut=cut, replacement=replacement, under_way=under_way)
    if found.alive:
        why = "; ".join(f"{lock.holder}: {lock.why}" for lock in found.alive)
        return found.model_copy(
            update={"error": f"The run is not over ({why}). Wait for it, or end it (Ctrl-C); then recover."}
        )
    commands = _commands(found, {each["urn"]: each for _, each in begun}, typed)
    return found.model_copy(update={"commands": tuple(commands)})


def carry_out(
    engine: Engine, recovery: Recovery, progress: Progress = _silent, *, holders: Collection[str] = ()
) -> Recovery:
    """Run the commands of a recovery up to the first that fails; a run that is alive leaves none to run.

    One of which nobody here knows whether it is over keeps its lock too: two runs would write one state. Whoever has
    looked says so by naming its holder in `holders`.
    """
    if recovery.error:
        return recovery
    if perhaps := [lock for lock in recovery.unproven if lock.holder not in holders]:
        why = "; ".join(f"{lock.holder}: {lock.why}" for lock in perhaps)
        return recovery.model_copy(
            update={"error": f"Nothing here proves that the run is over ({why}). If it is, name who holds the lock."}
        )
    results: list[Result] = []
    for command in recovery.commands:
        progress(command, None)
        results.append(_result(engine, recovery.stack, command))
        progress(command, results[-1])
        if results[-1].outcome == "failed":
            break
    error = next((result.said for result in results if result.outcome == "failed"), "")
    return recovery.model_copy(update={"results": tuple(results), "error": error})


def _under_way(operation: str, resource: Json, resources: Mapping[str, Json]) -> UnderWay:
    """What settles an operation that was begun."""
    kind, wanted, by_hand = resource["type"], "", False
    there = resources.get(resource["urn"], {}).get("id")
    if operation != "creating":
        settled = "the refresh reads what the cloud has now; the next `up` goes on from there"
    elif converges := next((row for row in CONVERGES if kind.startswith(row.type)), None):
        settled = converges.how
    elif there and there == _id(resource, resources):
        settled = "the state has it already"
    elif there:
        settled, by_hand = f"the state has {there} in its place: look whether a second one is there", True
    elif wanted := _id(resource, resources):
        settled = "imported, if it is there"
    else:
        settled, by_hand = "nothing here knows its id: look whether it is there before the next `up`", True
    name = resource["urn"].rpartition("::")[2]
    return UnderWay(
        operation=operation, urn=resource["urn"], type=kind, name=name, id=wanted, settled=settled, by_hand=by_hand
    )


def _id(resource: Json, resources: Mapping[str, Json]) -> str:
    """Id of what was being created; names are deterministic, so that its inputs tell it."""
    inputs = _map(resource, "inputs")
    if row := ARM_IDS.get(resource["type"]):
        provider = resources.get(_provider(resource), {})
        return row.of(inputs, _map(provider, "inputs").get("subscriptionId", ""))
    if not resource["type"].startswith("kubernetes:"):
        return ""
    named = inputs if resource["type"] == RELEASE else _map(inputs, "metadata")
    namespace, name = named.get("namespace"), named.get("name")
    return "/".join(part for part in (namespace, name) if part) if isinstance(name, str) else ""


def _map(value: Json, key: str) -> Json:
    """What stands under a key; empty where nothing does."""
    return value.get(key) or {}


def _provider(resource: Json) -> str:
    """URN of a resource's provider, which the state keeps together with its id."""
    return resource.get("provider", "").rpartition("::")[0]


def _commands(found: Recovery, begun: Mapping[str, Json], typed: Typed) -> Iterator[Command]:
    def pulumi(*words: str, why: str, urn: str = "", wanted: str = "") -> Command:
        line = typed.pulumi(*words, stack=found.stack)
        return Command(words=("pulumi", *words), line=line, why=why, urn=urn, id=wanted)

    if found.locks:
        holders = ", ".join(lock.holder for lock in found.locks)
        yield pulumi("cancel", "--yes", why=f"takes the lock from {holders}")
    if found.replacement:
        why = f"the state as of {found.replacement.written}, in place of the cut one"
        words = ("cp", found.replacement.file, found.cut)
        yield Command(words=words, line=shlex.join(words), why=why)
    for each in found.under_way:
        if each.id:
            why = "takes it into the state; says that it does not exist where it was not made"
            yield pulumi(*_import(each, begun[each.urn]), why=why, urn=each.urn, wanted=each.id)
        if each.id and each.type == RELEASE:
            why = "uninstalls it; only where Helm did not come to `deployed`, since it would stay as it is for ever"
            yield pulumi("destroy", "--yes", "--skip-preview", "--target", each.urn, why=why, urn=each.urn)
    if found.under_way:
        why = "reads what the cloud has, and forgets what was under way"
        yield pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates", why=why)


def _import(each: UnderWay, resource: Json) -> tuple[str, ...]:
    """Import under the parent and provider that the program gave it, so that the next preview sees no change."""
    flags = [f"--parent=parent={resource['parent']}"] if resource.get("parent") else []
    flags += [f"--provider=provider={provider}"] if (provider := _provider(resource)) else []
    # What outlives its stack is not known as such until the next `up`: protected till then, no destroy can take it.
    protect = bool(resource.get("protect") or resource.get("retainOnDelete"))
    flags.append(f"--protect={str(protect).lower()}")
    once = ("import", "--yes", "--skip-preview", "--generate-code=false")
    return (*once, *flags, each.type, each.name, each.id)


def _result(engine: Engine, stack: str, command: Command) -> Result:
    """What became of a command; one that cannot even begin has failed, and what was done before it is told."""
    try:
        return _run(engine, stack, command)
    except (FleetError, OSError) as problem:
        return Result(line=command.line, outcome="failed", said=str(problem))


def _run(engine: Engine, stack: str, command: Command) -> Result:
    match command.words:
        case ("cp", source, target):
            Path(target).write_bytes(Path(source).read_bytes())
            return Result(line=command.line, outcome="done")
        case ("pulumi", "destroy", *_) if not _stuck(engine, stack, command.urn):
            return Result(line=command.line, outcome="not needed")
        case ("pulumi", "cancel", *words):
            done = engine.ask("cancel", *words, "--stack", stack)
        case ("pulumi", *words):
            done = engine.run(stack, *words)
        case _:
            raise AssertionError(command.line)
    if done.code == 0:
        return Result(line=command.line, outcome="done")
    if command.id and f"resource '{command.id}' does not exist" in done.said:
        return Result(line=command.line, outcome="not there")
    said = explained(done.said, stack=stack, command=command.line, typed=engine.typed)
    return Result(line=command.line, outcome="failed", said=said)


def _stuck(engine: Engine, stack: str, urn: str) -> bool:
    """Whether the state has a release that Helm did not bring up."""
    resources: list[Json] = engine.export(stack).get("resources") or []
    found = [_map(_map(each, "outputs"), "status") for each in resources if each["urn"] == urn]
    return any(status.get("status") != "deployed" for status in found)
