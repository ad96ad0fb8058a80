"""The mounts that every region has, and the BlobFuse2 options by purpose.

Options follow the source of azure-storage-fuse 2.5.5 and blob-csi-driver 1.27 (read 2026-08). What decides them: with
workload identity each pod has a mount process of its own, so a file cache on disk, which those processes would share,
may lose data, and memory is bounded per pod.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BUCKET_CONTAINER = "anyscale"
"""The container that is registered with Anyscale as object storage; no mount may use it."""

REGISTERED_MOUNT = "blob-fuse2"
"""The one mount that Anyscale puts into every pod."""

ANYSCALE_PATHS = ("/mnt/local_storage", "/mnt/shared_storage", "/mnt/user_storage")
"""Where Anyscale puts storage of its own into pods (docs.anyscale.com/storage, read 2026-11)."""

DEFAULT_PROFILE = "read-write"
"""Profile of a mount of one's own."""

BASE_OPTIONS = (
    "-o allow_other",  # Ray does not run as root
    "-o uid=1000",
    "-o gid=100",  # user and group of the Ray images
    "--use-adls=true",  # the accounts have a hierarchical namespace
    "--cancel-list-on-mount-seconds=0",  # else listings are empty, without an error, in a pod's first ten seconds
    "--log-level=LOG_WARNING",
)

READ_WRITE_OPTIONS = (  # what another pod wrote is seen within about ten seconds, not 240
    "--disable-writeback-cache=true",  # else the kernel keeps its own size of a file that another node has overwritten
    "--attr-cache-timeout=5",
    "-o attr_timeout=5",
    "-o entry_timeout=5",
    "-o negative_timeout=0",
    "--kernel-list-cache-timeout=0",
)

READ_ONLY_OPTIONS = (  # for data that is published once under a new path
    "-o ro",
    "--attr-cache-timeout=3600",
    "-o attr_timeout=3600",
    "-o entry_timeout=3600",
    "-o negative_timeout=10",
)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Mount options by purpose.

    Attributes:
        cache: options of the block cache, beside the base and the set for reading and writing or for reading only.
        read_only: options added only where the mount is read-only.
        verbatim: these options and nothing else.
        warning: why it should not be used; None for a sound one.
    """

    cache: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    verbatim: tuple[str, ...] | None = None
    warning: str | None = None

    def options(self, *, read_only: bool) -> tuple[str, ...]:
        """All options of a mount with this profile."""
        if self.verbatim is not None:
            return self.verbatim
        access = READ_ONLY_OPTIONS + self.read_only if read_only else READ_WRITE_OPTIONS
        return BASE_OPTIONS + access + self.cache


def _block_cache(*, block_mib: int, pool_mib: int, prefetch: int, parallelism: int) -> tuple[str, ...]:
    return (
        "--block-cache",
        f"--block-cache-block-size={block_mib}",
        f"--block-cache-pool-size={pool_mib}",
        f"--block-cache-prefetch={prefetch}",
        f"--block-cache-parallelism={parallelism}",
    )


PROFILES: dict[str, Profile] = {
    "read-write": Profile(cache=_block_cache(block_mib=8, pool_mib=1024, prefetch=12, parallelism=32)),
    "datasets": Profile(
        cache=_block_cache(block_mib=16, pool_mib=4096, prefetch=24, parallelism=64),
        read_only=("--list-cache-timeout=300", "--no-symlinks"),
    ),
    "models": Profile(cache=_block_cache(block_mib=32, pool_mib=8192, prefetch=16, parallelism=96)),
    "checkpoints": Profile(cache=_block_cache(block_mib=32, pool_mib=4096, prefetch=12, parallelism=64)),
    "as-published": Profile(
        verbatim=(
            "-o allow_other",
            "--file-cache-timeout-in-seconds=120",
            "--use-attr-cache=true",
            "--cancel-list-on-mount-seconds=10",
            "-o attr_timeout=120",
            "-o entry_timeout=120",
            "-o negative_timeout=120",
            "--log-level=LOG_WARNING",
            "--cache-size-mb=1000",
        ),
        warning="lists nothing for ten seconds after each mount, hides new files for up to four minutes, and shares a "
        "cache folder between the pods of a node, which can lose writes",
    ),
}


@dataclass(frozen=True, kw_only=True)
class MountRow:
    """A mount that every region has.

    Attributes:
        name: of PersistentVolume and claim.
        container: blob container.
        path: where pods see it.
        home: whose account holds the container.
        profile: a row of `PROFILES`.
        size: nominal; a claim must name one, nothing enforces it.
    """

    name: str
    container: str
    path: str
    home: Literal["primary", "region"]
    profile: str
    size: str


OWN_MOUNT_SIZE = "10Ti"
"""Nominal size of a mount of one's own."""

MOUNTS: dict[str, MountRow] = {
    row.name: row
    for row in (
        MountRow(
            name=REGISTERED_MOUNT,
            container="cluster-storage",
            path="/mnt/cluster_storage",
            home="region",
            profile="read-write",
            size="1Ti",
        ),
        MountRow(
            name="checkpoints",
            container="checkpoints",
            path="/mnt/checkpoints",
            home="region",
            profile="checkpoints",
            size="10Ti",
        ),
        MountRow(
            name="datasets",
            container="datasets",
            path="/mnt/datasets",
            home="primary",
            profile="datasets",
            size="10Ti",
        ),
        MountRow(
            name="models",
            container="models",
            path="/mnt/models",
            home="primary",
            profile="models",
            size="5Ti",
        ),
    )
}
