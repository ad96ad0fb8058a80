"""What works but should be known before it is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalog.kubernetes import KUBERNETES_VERSIONS
from catalog.mounts import PROFILES
from stack.settings import StackSettings
from stack.spec import MountSpec


def warnings(settings: StackSettings, mounts: Iterable[MountSpec]) -> tuple[str, ...]:
    """Return one sentence each, with the key it is about."""
    return (*_of_cluster(settings), *_of_storage(settings))


def _of_cluster(settings: StackSettings) -> Iterator[str]:
    version = KUBERNETES_VERSIONS[settings.cluster.kubernetes_version]
    if version.warning:
        yield f"cluster.kubernetesVersion: {version.minor} is near its end: {version.warning}."


def _of_storage(settings: StackSettings) -> Iterator[str]:
    for index, mount in enumerate(settings.storage.mounts):
        warning = PROFILES[mount.profile].warning if mount.profile else None
        if warning:
            yield f"storage.mounts[{index}].profile: '{mount.profile}' {warning}."
