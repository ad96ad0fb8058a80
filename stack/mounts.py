"""Mounts: the defaults of catalog/mounts.py, changed and extended by a stack file."""

from __future__ import annotations

from catalog.mounts import DEFAULT_PROFILE, MOUNTS, OWN_MOUNT_SIZE, PROFILES, MountRow, Profile
from stack.settings import Mount, OwnsCloud, StackSettings
from stack.spec import MountSpec


def mounts(settings: StackSettings) -> tuple[MountSpec, ...]:
    """Return all mounts of a stack whose settings were checked, in order of name."""
    asked = {mount.name: mount for mount in settings.storage.mounts}
    return tuple(mount_spec(asked.get(name, Mount(name=name)), settings) for name in sorted({*MOUNTS, *asked}))


def mount_spec(asked: Mount, settings: StackSettings) -> MountSpec:
    """Return what follows from one mount: of the catalog, or of one's own."""
    row = MOUNTS.get(asked.name, own_row(asked))
    home = asked.home or row.home
    at_home = isinstance(settings.cloud, OwnsCloud) or home == "region"
    read_only = not at_home if asked.read_only is None else asked.read_only
    return MountSpec(
        name=row.name,
        path=asked.path or row.path,
        container=asked.container or row.container,
        home=home,
        owned=at_home,
        read_only=read_only,
        size=row.size,
        options=_profile(asked, row).options(read_only=read_only) if asked.options is None else asked.options,
        cool_after_days=asked.lifecycle.cool_after_days,
        delete_after_days=asked.lifecycle.delete_after_days,
    )


def _profile(asked: Mount, row: MountRow) -> Profile:
    """The row's own stands in for one that is not known, which `stack/check_storage.py` refuses."""
    return PROFILES.get(asked.profile or row.profile, PROFILES[row.profile])


def own_row(mount: Mount) -> MountRow:
    """The row of a mount that the catalog does not have."""
    return MountRow(
        name=mount.name,
        container=mount.name,
        path=f"/mnt/{mount.name.replace('-', '_')}",
        home="region",
        profile=DEFAULT_PROFILE,
        size=OWN_MOUNT_SIZE,
    )
