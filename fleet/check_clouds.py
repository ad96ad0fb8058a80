"""Checks of who owns the cloud, and of what those who join need from the owner.

A fleet is one Anyscale cloud, so a second owner is refused whatever the name of its cloud (design: all stacks together
are the fleet; Anyscale sees it as one cloud with many cloud resources).
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.fleet_problem import FleetProblem, StackFiles
from stack.base import nearest, shown
from stack.contract import SHARED_PREFIX, SharedValues, output_names

PASSPHRASE = "passphrase"  # noqa: S105 a kind of secrets provider
_NOBODY = "nobody named"
SHARED_ACCESS = output_names(SharedValues, SHARED_PREFIX)["storage_access"]
"""Output in which a primary whose file is elsewhere says how its storage is reached."""


def check_owners(files: StackFiles) -> Iterator[FleetProblem]:
    """That there is one owner at most."""
    owners = list(files.owners.items())
    for other, theirs in owners[1:]:
        first, ours = owners[0]
        same = ours == theirs
        yield FleetProblem(
            stacks=(first, other),
            found=f"the cloud '{ours}' in both" if same else f"two clouds, '{ours}' and '{theirs}'",
            why="which one stack alone can own" if same else "while the stacks of a project are one cloud",
            remedy=f"write `cloud: {{primary: {first}}}` in Pulumi.{other}.yaml, or keep the stacks of another cloud, "
            "under a name of its own, in another folder",
        )


def check_primaries(files: StackFiles) -> Iterator[FleetProblem]:
    """That whoever is joined owns a cloud. The file of a primary may be in another folder: then it is deployed.

    Where nobody was asked what is deployed, that is told beside an owner alone: of a folder of others nobody knows.
    """
    owners = list(files.owners)
    for spec, primary in files.joining:
        joined = files.specs.get(primary)
        if joined and not joined.primary:
            yield FleetProblem(
                stacks=(primary, spec.stack),
                found=f"cloud.primary {shown(primary)}",
                why=f"while {primary} joins a cloud itself, and so has none to share",
                remedy=f"write `cloud: {{primary: {owners[0]}}}` in Pulumi.{spec.stack}.yaml"
                if owners
                else "let one stack own the cloud, `cloud: {name: ...}`, and the others name it",
            )
        elif not joined and primary not in {*files.unreadable, *files.deployed} and (owners or files.asked):
            yield FleetProblem(
                stacks=(spec.stack,),
                found=f"cloud.primary {shown(primary)}",
                why="which is no stack: it has no file here" + " and is not deployed" * files.asked,
                remedy=nearest(primary, owners)
                if owners
                else f"write Pulumi.{primary}.yaml, or own the cloud: `cloud: {{name: ...}}`",
            )


def check_mounts(files: StackFiles) -> Iterator[FleetProblem]:
    """That the primary makes each container that another stack mounts from it."""
    for spec, primary in files.joining:
        owner = files.specs.get(primary)
        if owner is None or not owner.primary:
            continue
        there = {mount.container for mount in owner.mounts if mount.home == "primary"}
        for mount in spec.mounts:
            if mount.home == "primary" and mount.container not in there:
                yield FleetProblem(
                    stacks=(spec.stack, primary),
                    found=f"mount '{mount.name}' of the primary's container '{mount.container}'",
                    why=f"which {primary} does not make",
                    remedy=f"name it under storage.mounts of Pulumi.{primary}.yaml too, with `home: primary`",
                )


def check_private_mounts(files: StackFiles) -> Iterator[FleetProblem]:
    """That whoever mounts from a primary behind private endpoints makes some of its own; a preview refuses it too."""
    for spec, primary in files.joining:
        owner = files.specs.get(primary)
        theirs = owner.settings.storage.access if owner else files.deployed.get(primary, {}).get(SHARED_ACCESS)
        mounts = sorted(mount.name for mount in spec.mounts if mount.home == "primary")
        if mounts and theirs == "private" and spec.settings.storage.access != "private":
            yield FleetProblem(
                stacks=(primary, spec.stack) if owner else (spec.stack,),
                found=f"storage.access {spec.settings.storage.access} with mounts {', '.join(mounts)} of the primary",
                why=f"which {primary} keeps behind private endpoints, and those only `access: private` makes",
                remedy=f"write `storage: {{access: private}}` in Pulumi.{spec.stack}.yaml, or give these mounts "
                "`home: region`",
            )


def check_secrets(files: StackFiles) -> Iterator[FleetProblem]:
    """That one key opens a stack and its primary. Passphrases nobody can compare; a stack not made yet has none."""
    for spec, primary in files.joining:
        if not {spec.stack, primary} <= files.secrets.keys():
            continue
        own, theirs = files.secrets[spec.stack], files.secrets[primary]
        not_made = not own and theirs == PASSPHRASE and spec.stack not in files.deployed
        if own == theirs or not_made:
            continue
        edited, wanted = (spec.stack, theirs) if theirs else (primary, own)
        yield FleetProblem(
            stacks=(primary, spec.stack) if theirs else (spec.stack, primary),
            found=f"secrets of {primary} kept by {theirs or _NOBODY}, of {spec.stack} by {own or _NOBODY}",
            why="while a stack that joins opens the secrets of its primary",
            remedy=f"`{files.typed.pulumi('stack', 'change-secrets-provider', wanted, stack=edited)}`, or, while there "
            f"is no such stack, `{files.typed.pulumi('stack', 'init', '--secrets-provider', wanted, stack=edited)}`; "
            "then commit the file",
        )
