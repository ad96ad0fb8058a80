"""Flags of `blobfuse2 mount`.

Source: azure-storage-fuse 2.5.5 (source, 2026-08-11). An unknown flag fails the mount, so `since` matters: it is the
release that brought the flag, compared with `NODE_VERSION`, the release on AKS nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NODE_VERSION = (2, 5, 4)
"""BlobFuse2 of blob-csi-driver 1.27.9, which AKS ships from Kubernetes 1.34 on (AKS release notes, 2026-08-07)."""

Kind = Literal["bool", "text", "integer", "number", "duration", "level"]


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A flag.

    Attributes:
        name: without the dashes.
        kind: of its value.
        part: component it belongs to; flags of the file cache and of the block cache exclude each other.
        since: first release that has it.
        effective: False where it is accepted and ignored.
    """

    name: str
    kind: Kind
    part: str
    since: tuple[int, int, int] = (2, 0, 0)
    effective: bool = True


def _flags(
    part: str,
    kind: Kind,
    *names: str,
    since: tuple[int, int, int] = (2, 0, 0),
    effective: bool = True,
) -> list[Flag]:
    return [Flag(name=name, kind=kind, part=part, since=since, effective=effective) for name in names]


_ROWS = (
    *_flags(
        "mount",
        "text",
        "config-file",
        "passphrase",
        "log-type",
        "log-file-path",
        "default-working-dir",
    ),
    *_flags("mount", "level", "log-level"),
    *_flags(
        "mount",
        "bool",
        "secure-config",
        "foreground",
        "read-only",
        "use-attr-cache",
        "disable-version-check",
    ),
    *_flags("mount", "bool", "block-cache", since=(2, 1, 0)),
    *_flags(
        "mount",
        "bool",
        "cleanup-on-start",
        "preload",
        "disable-kernel-cache",
        since=(2, 5, 0),
    ),
    *_flags("mount", "bool", "log-goroutine-id", since=(2, 5, 2)),
    *_flags("mount", "bool", "log-compress", since=(2, 5, 5)),
    *_flags("mount", "bool", "lazy-write", since=(2, 3, 0)),
    *_flags("mount", "bool", "streaming"),
    *_flags("mount", "duration", "wait-for-mount", since=(2, 0, 3)),
    *_flags(
        "mount",
        "bool",
        "invalidate-on-sync",
        "pre-mount-validate",
        "basic-remount-check",
        effective=False,
    ),
    *_flags("libfuse", "integer", "attr-timeout", "entry-timeout", "negative-timeout"),
    *_flags(
        "libfuse",
        "bool",
        "allow-other",
        "disable-writeback-cache",
        "ignore-open-flags",
        "d",
    ),
    *_flags("libfuse", "integer", "kernel-list-cache-timeout", since=(2, 5, 4)),
    *_flags("attr-cache", "integer", "attr-cache-timeout"),
    *_flags("attr-cache", "integer", "attr-cache-max-size-mb", since=(2, 5, 4)),
    *_flags("attr-cache", "bool", "no-symlinks", "cache-on-list"),
    *_flags("entry-cache", "integer", "list-cache-timeout", since=(2, 4, 0)),
    *_flags("file-cache", "text", "tmp-path", "file-cache-policy"),
    *_flags(
        "file-cache",
        "integer",
        "file-cache-timeout",
        "file-cache-timeout-in-seconds",
        "cache-size-mb",
    ),
    *_flags(
        "file-cache",
        "integer",
        "high-disk-threshold",
        "low-disk-threshold",
        "max-eviction",
    ),
    *_flags("file-cache", "bool", "empty-dir-check"),
    *_flags("file-cache", "bool", "sync-to-flush", since=(2, 0, 3)),
    *_flags("file-cache", "bool", "ignore-sync", "hard-limit", since=(2, 1, 1)),
    *_flags(
        "file-cache",
        "bool",
        "background-download",
        "upload-modified-only",
        effective=False,
    ),
    *_flags("file-cache", "integer", "cache-poll-timeout-msec", effective=False),
    *_flags("block-cache", "number", "block-cache-block-size", "block-size-mb"),
    *_flags(
        "block-cache",
        "integer",
        "block-cache-pool-size",
        "block-cache-disk-size",
        "block-cache-prefetch",
    ),
    *_flags("block-cache", "integer", "max-blocks-per-file", "stream-cache-mb"),
    *_flags(
        "block-cache",
        "integer",
        "block-cache-disk-timeout",
        "block-cache-parallelism",
        since=(2, 2, 0),
    ),
    *_flags("block-cache", "text", "block-cache-path"),
    *_flags("block-cache", "bool", "block-cache-prefetch-on-open"),
    *_flags("block-cache", "bool", "block-cache-strong-consistency", since=(2, 4, 1)),
    *_flags("preload", "integer", "workers", "pool-size", since=(2, 5, 0)),
    *_flags(
        "azstorage",
        "text",
        "container-name",
        "subdirectory",
        "http-proxy",
        "https-proxy",
    ),
    *_flags("azstorage", "text", "telemetry", since=(2, 0, 5)),
    *_flags("azstorage", "text", "filter", since=(2, 4, 1)),
    *_flags("azstorage", "bool", "virtual-directory", "use-adls", "use-https"),
    *_flags("azstorage", "bool", "disable-compression", since=(2, 0, 3)),
    *_flags("azstorage", "bool", "honour-acl", since=(2, 0, 5)),
    *_flags("azstorage", "bool", "cpk-enabled", since=(2, 2, 0)),
    *_flags("azstorage", "bool", "preserve-acl", since=(2, 4, 0)),
    *_flags(
        "azstorage",
        "integer",
        "cancel-list-on-mount-seconds",
        "max-concurrency",
        "max-retry",
    ),
    *_flags("azstorage", "integer", "max-retry-interval-in-seconds", "retry-delay-factor"),
    *_flags("azstorage", "integer", "cap-mbps-read", "cap-iops", since=(2, 5, 3)),
    *_flags("azstorage", "bool", "debug-libcurl", effective=False),
    *_flags("azstorage", "text", "set-content-type", "ca-cert-file", effective=False),
)

FLAGS: dict[str, Flag] = {flag.name: flag for flag in _ROWS}

LOG_LEVELS = (
    "LOG_OFF",
    "LOG_CRIT",
    "LOG_ERR",
    "LOG_WARNING",
    "LOG_INFO",
    "LOG_TRACE",
    "LOG_DEBUG",
)

FUSE_SWITCHES = ("allow_other", "allow_root", "ro", "nonempty", "direct_io")
"""Keys of `-o` that stand alone or with `=true`."""
FUSE_NUMBERS = (
    "attr_timeout",
    "entry_timeout",
    "negative_timeout",
    "uid",
    "gid",
    "umask",
)
"""Keys of `-o` with a whole number."""
FUSE_IGNORED = (
    "default_permissions",
    "rw",
    "dev",
    "nodev",
    "suid",
    "nosuid",
    "delay_connect",
    "auto",
    "noauto",
    "user",
    "nouser",
    "exec",
    "noexec",
)
"""Keys of `-o` that are accepted and ignored."""

FORBIDDEN = {
    "config-file": "the driver passes everything as flags",
    "container-name": "the volume names the container",
    "d": "it makes the mount stay in the foreground, so that it never becomes ready",
    "foreground": "the mount would never become ready",
    "log-file-path": "it writes to the node's disk, out of anyone's sight",
    "passphrase": "it would be a secret in the stack file",
    "secure-config": "it needs a passphrase, a secret in the stack file",
}
"""Flags that BlobFuse2 takes and this program refuses, and why."""
