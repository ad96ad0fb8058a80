"""Mount options of BlobFuse2, judged without a mount: what it would refuse, and what it would take and do harm with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from catalog.blobfuse import (
    FLAGS,
    FORBIDDEN,
    FUSE_IGNORED,
    FUSE_NUMBERS,
    FUSE_SWITCHES,
    LOG_LEVELS,
    NODE_VERSION,
    Flag,
)
from catalog.vm_sizes import VM_SIZES
from stack.base import nearest

MINIMUM_PREFETCH = 11
"""Fewest blocks to prefetch, other than none (azure-storage-fuse, block cache)."""
DEFAULT_BLOCK_MB = 16
"""Size of a block unless told otherwise (azure-storage-fuse 2.5.5, block cache)."""
MOST_CPUS = max(size.vcpus for size in VM_SIZES.values())
"""Of the largest node that may mount; twice as many blocks are prefetched unless told otherwise (likewise)."""
READ_ONLY = ("filter", "list-cache-timeout", "preload", "read-only", "ro")
"""Flags and keys of `-o` that only a mount that is not written to can have."""

_FLAG = re.compile(r"--([a-z][a-z0-9-]*)(?:=(\S+))?")
_POOL = re.compile(r"--block-cache-pool-size=(\d{1,9})")
_FUSE = re.compile(r"-o ([a-z_-]+)(?:=(\S+))?")


@dataclass(frozen=True, kw_only=True)
class OptionProblem:
    """What is wrong with options.

    Attributes:
        index: of the option; None where it is about all of them.
        why: why it is refused.
        remedy: what to do.
        unsafe: True where BlobFuse2 takes it and harm follows, so that the risk can be accepted.
    """

    index: int | None
    why: str
    remedy: str
    unsafe: bool


@dataclass(frozen=True, kw_only=True)
class _Options:
    """Options by name: value (None where it stands alone) and place."""

    flags: Mapping[str, str | None]
    fuse: Mapping[str, str | None]
    place: Mapping[str, int]

    def on(self, name: str) -> bool:
        return name in self.flags and self.flags[name] in (None, "true")

    def number(self, name: str) -> float | None:
        value = self.flags.get(name)
        return float(value) if value is not None else None

    @property
    def direct(self) -> bool:
        """Whether the kernel's page cache is bypassed, without which files cannot be mapped into memory."""
        return "direct_io" in self.fuse or self.on("disable-kernel-cache")


def pool_mib(options: Iterable[str]) -> int:
    """Memory that the mount process of one pod takes for its block cache; 0 without one."""
    return sum(int(match[1]) for option in options if (match := _POOL.fullmatch(option)))


def option_problems(options: tuple[str, ...], *, read_only: bool) -> Iterator[OptionProblem]:
    """Yield every problem of `options`; of what they do together only when each is valid by itself."""
    refused = [
        OptionProblem(index=index, why=why, remedy=remedy, unsafe=False)
        for index, option in enumerate(options)
        for why, remedy in _invalid(option)
    ]
    yield from refused
    if refused:
        return
    parsed = _parse(options)
    yield from _would_not_mount(parsed, read_only=read_only)
    yield from _would_do_harm(parsed, read_only=read_only)


def _parse(options: tuple[str, ...]) -> _Options:
    flags: dict[str, str | None] = {}
    fuse: dict[str, str | None] = {}
    place: dict[str, int] = {}
    for index, option in enumerate(options):
        for pattern, kept in ((_FLAG, flags), (_FUSE, fuse)):
            if match := pattern.fullmatch(option):
                kept[match[1]] = match[2]
                place[match[1]] = index
    return _Options(flags=flags, fuse=fuse, place=place)


def _invalid(option: str) -> Iterator[tuple[str, str]]:
    if match := _FLAG.fullmatch(option):
        yield from _invalid_flag(match[1], match[2])
    elif match := _FUSE.fullmatch(option):
        yield from _invalid_fuse(match[1], match[2])
    else:
        yield (
            "which is neither `--name`, `--name=value` nor `-o name`",
            "write one option an item, without other spaces",
        )


def _invalid_flag(name: str, value: str | None) -> Iterator[tuple[str, str]]:
    flag = FLAGS.get(name)
    if flag is None:
        yield (
            "which BlobFuse2 does not know, so that no pod would start",
            nearest(name, FLAGS),
        )
    elif name in FORBIDDEN:
        yield f"which is refused here: {FORBIDDEN[name]}", "remove it"
    elif flag.since > NODE_VERSION:
        yield (
            f"which came with {_dotted(flag.since)}, while nodes have {_dotted(NODE_VERSION)}",
            "remove it",
        )
    elif wanted := _wanted(flag, value):
        yield f"which needs {wanted}", f"write --{name}=<{wanted}>"


def _wanted(flag: Flag, value: str | None) -> str | None:
    """What the value of a flag should be, or None where it is that."""
    match flag.kind:
        case "bool":
            return None if value in (None, "true", "false") else "true or false"
        case "integer":
            return None if value and re.fullmatch(r"\d{1,9}", value) else "a whole number"
        case "number":
            return None if value and re.fullmatch(r"\d{1,9}(\.\d{1,3})?", value) else "a number"
        case "duration":
            return None if value and re.fullmatch(r"\d{1,6}(ms|s|m|h)", value) else "a duration such as 5s"
        case "level":
            return None if value and value.upper() in LOG_LEVELS else f"one of {', '.join(LOG_LEVELS)}"
        case "text":
            return None if value else "a value"
        case _:
            assert_never(flag.kind)


def _invalid_fuse(name: str, value: str | None) -> Iterator[tuple[str, str]]:
    if name in FUSE_SWITCHES:
        if value not in (None, "true"):
            yield "which can only be switched on", f"write -o {name}, or leave it out"
    elif name in FUSE_NUMBERS:
        if not (value and re.fullmatch(r"\d{1,9}", value)):
            yield "which needs a whole number", f"write -o {name}=<number>"
    elif name not in FUSE_IGNORED:
        yield (
            "which BlobFuse2 refuses, so that no pod would start",
            nearest(name, (*FUSE_SWITCHES, *FUSE_NUMBERS)),
        )


def _would_not_mount(options: _Options, *, read_only: bool) -> Iterator[OptionProblem]:
    yield from _prefetch(options)
    if "direct_io" in options.fuse and options.on("disable-kernel-cache"):
        yield _of(
            options,
            "disable-kernel-cache",
            "which excludes -o direct_io, of the same effect",
            "keep one of them",
        )
    for name in () if read_only else READ_ONLY:
        if options.flags.get(name, "false") != "false" or name in options.fuse:
            yield _of(
                options,
                name,
                "which needs a read-only mount",
                "remove it, or set readOnly: true",
            )


def _prefetch(options: _Options) -> Iterator[OptionProblem]:
    """The pool must hold what one file prefetches, and unless told otherwise that grows with the node's CPUs."""
    asked, pool = options.number("block-cache-prefetch"), options.number("block-cache-pool-size")
    blocks = max(MINIMUM_PREFETCH, 2 * MOST_CPUS) if asked is None else asked
    block = options.number("block-cache-block-size") or DEFAULT_BLOCK_MB
    if asked and asked < MINIMUM_PREFETCH:
        remedy = f"use 0, or {MINIMUM_PREFETCH} up"
        yield _of(options, "block-cache-prefetch", f"which is below {MINIMUM_PREFETCH}", remedy)
    elif options.on("block-cache") and pool is not None and blocks * block > pool:
        default = f", the default on nodes of {MOST_CPUS} CPUs," if asked is None else ""
        why = f"while {blocks:g} blocks of {block:g} MB to prefetch{default} take {blocks * block:g} MB"
        remedy = f"use {blocks * block:g} or more, or set --block-cache-prefetch to less"
        yield _of(options, "block-cache-pool-size", why, remedy)


def _would_do_harm(options: _Options, *, read_only: bool) -> Iterator[OptionProblem]:
    parts = {FLAGS[name].part for name in options.flags if FLAGS[name].effective}
    block_cache = options.on("block-cache")
    if not block_cache:
        why = "which keep files in one folder a node: its pods overwrite each other's files and lose writes"
        yield _all(why, "add --block-cache with --block-cache-pool-size")
    elif "file-cache" in parts:
        first = min(options.place[name] for name in options.flags if FLAGS[name].part == "file-cache")
        why = "which sets the file cache, while --block-cache replaces it"
        yield OptionProblem(index=first, why=why, remedy="remove one of the two", unsafe=True)
    if block_cache and "block-cache-pool-size" not in options.flags:
        yield _all(
            "by which each pod's mount takes 60% of the node's memory",
            "add --block-cache-pool-size=<MB>",
        )
    for name in ("preload", "block-cache-path"):
        if name in options.flags:
            why = "which needs an empty folder on the node, so that a node's second pod cannot mount"
            yield _of(options, name, why, "remove it", unsafe=True)
    if options.number("cancel-list-on-mount-seconds") != 0:
        why = "which list nothing, without an error, for the first seconds of each pod: the driver's default is 10"
        yield _all(why, "set --cancel-list-on-mount-seconds=0")
    if not read_only and not options.direct and not options.on("disable-writeback-cache"):
        why = "by which a node keeps the old size of a file that another node has overwritten, and cuts it"
        yield _all(why, "add --disable-writeback-cache=true")
    if read_only and options.direct:
        yield _all(
            "without which safetensors and Arrow cannot map files: the kernel's cache",
            "leave it on",
        )
    if options.on("lazy-write"):
        yield _of(
            options,
            "lazy-write",
            "by which close() succeeds before the upload has",
            "remove it",
            unsafe=True,
        )


def _of(options: _Options, name: str, why: str, remedy: str, *, unsafe: bool = False) -> OptionProblem:
    return OptionProblem(index=options.place[name], why=why, remedy=remedy, unsafe=unsafe)


def _all(why: str, remedy: str) -> OptionProblem:
    return OptionProblem(index=None, why=why, remedy=remedy, unsafe=True)


def _dotted(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))
