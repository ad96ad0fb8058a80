"""What an edit of a stack file may not change while the stack is up, since Azure would refuse it half way through."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.mounts import BUCKET_CONTAINER
from stack.base import Problem, SettingsError
from stack.contract import DeployedValues
from stack.settings import ExistingNetwork
from stack.spec import StackSpec

_ANEW = "build it as another stack and retire this one, or destroy this one first"


def refuse_changes(spec: StackSpec, deployed: DeployedValues | None) -> None:
    """Compare a stack file with what its stack last deployed.

    Args:
        spec: what the file asks.
        deployed: what stands; None where nothing does, and everything may be asked.

    Raises:
        SettingsError: with every change that cannot be made, why, and the way to what was meant.
    """
    if deployed and (found := [str(problem) for problem in _changes(spec, deployed)]):
        raise SettingsError(f"Pulumi.{spec.stack}.yaml, against what is deployed,", found)


def containers(spec: StackSpec) -> list[str]:
    """Containers that the stack owns, as `<account>/<container>`."""
    accounts = {"region": spec.names.storage_account, "primary": spec.names.shared_storage_account}
    owned = {f"{accounts[mount.home]}/{mount.container}" for mount in spec.mounts if mount.owned}
    return sorted({f"{spec.names.storage_account}/{BUCKET_CONTAINER}", *owned})


def network(spec: StackSpec) -> list[str]:
    """Where nodes and API server live: the address space of our network, or subnets of an existing one by ARM id."""
    asked = spec.settings.network
    if isinstance(asked, ExistingNetwork):
        return [asked.node_subnet_id.lower(), asked.api_server_subnet_id.lower()]  # ARM ids know no case
    return [asked.address_space]


def _changes(spec: StackSpec, deployed: DeployedValues) -> Iterator[Problem]:
    if spec.sizing.name != deployed.sized_for:
        yield Problem(
            path="sizedFor",
            found=f"{spec.sizing.name} where {deployed.sized_for} is deployed",
            why="and it decides the subnets and the VM size of the system pool, which Azure never changes",
            remedy=f"keep {deployed.sized_for}; for another size {_ANEW}",
        )
    if (wanted := network(spec)) != deployed.network:
        yield Problem(
            path="network",
            found=f"{', '.join(wanted)} where {', '.join(deployed.network)} is deployed",
            why="and nodes and API server live in its subnets, which Azure neither moves nor resizes",
            remedy=f"keep the network; for another one {_ANEW}",
        )
    gone = sorted({*deployed.containers}.difference(containers(spec)))
    if gone and deployed.lifecycle == "protected":
        yield Problem(
            path="storage.mounts",
            found=f"no mount of {', '.join(gone)}",
            why="which this stack owns, and what it holds is protected",
            remedy="keep the mount; to let go of it, write `lifecycle: retiring` and `pulumi up`, then take the mount "
            "out and `pulumi up` again (the container stays in Azure with its data), then `lifecycle: protected`",
        )
