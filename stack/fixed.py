"""What an edit of a stack file may not change while the stack is up, since Azure would refuse it half way through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalog.mounts import BUCKET_CONTAINER
from stack.base import Problem, SettingsError
from stack.contract import DeployedValues
from stack.settings import ExistingNetwork
from stack.spec import StackSpec

_SUBSCRIPTION = "azure-native:subscriptionId"
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


def fixed(spec: StackSpec) -> dict[str, str]:
    """What stands for as long as the stack does, by the key of the stack file that decides it."""
    return {path: row.of(spec) for path, row in _FIXED.items()}


@dataclass(frozen=True, kw_only=True)
class _Fixed:
    """One row: what a spec asks, and why that cannot change in place."""

    of: Callable[[StackSpec], str]
    why: str


def _network(spec: StackSpec) -> str:
    """The address space of our network, or the subnets of an existing one."""
    asked = spec.settings.network
    if isinstance(asked, ExistingNetwork):
        return f"{asked.node_subnet_id}, {asked.api_server_subnet_id}".lower()  # ARM ids know no case
    return asked.address_space


_FIXED = {
    _SUBSCRIPTION: _Fixed(
        of=lambda spec: spec.settings.azure.subscription_id.lower(),
        why="and all that the stack has stands in that subscription",
    ),
    "azure-native:location": _Fixed(
        of=lambda spec: spec.settings.azure.location,
        why="and neither a cluster nor its data move to another region",
    ),
    "sizedFor": _Fixed(
        of=lambda spec: spec.sizing.name,
        why="and it decides the subnets and the VM size of the system pool, which Azure never changes",
    ),
    "network": _Fixed(
        of=_network, why="and nodes and API server live in its subnets, which Azure neither moves nor resizes"
    ),
    "storage.replication": _Fixed(
        of=lambda spec: spec.replication.partition("_")[0],
        why="and Azure turns no account of one performance tier into one of the other",
    ),
    "network.podAddresses": _Fixed(
        of=lambda spec: spec.addresses.pods,
        # A new cluster in the old one's place fails half way: the engine closes its provider too early (pulumi 14650).
        why="and only another cluster has other pod addresses, which a running stack cannot put in its cluster's place",
    ),
}


def _changes(spec: StackSpec, deployed: DeployedValues) -> Iterator[Problem]:
    asked = fixed(spec)
    changed = {path: deployed.fixed[path] for path in asked if deployed.fixed.get(path, asked[path]) != asked[path]}
    if _SUBSCRIPTION in changed:  # every name follows it
        changed = {_SUBSCRIPTION: changed[_SUBSCRIPTION]}
    elif "sizedFor" in changed:  # the default follows it
        changed.pop("network.podAddresses", None)
    for path, was in changed.items():
        yield Problem(
            path=path,
            found=f"{asked[path]} where {was} is deployed",
            why=_FIXED[path].why,
            remedy=f"keep {was}; for another one {_ANEW}",
        )
    if _SUBSCRIPTION in changed:
        return
    gone = sorted({*deployed.containers}.difference(containers(spec)))
    if gone and deployed.lifecycle == "protected":
        yield Problem(
            path="storage.mounts",
            found=f"no mount of {', '.join(gone)}",
            why="which this stack owns, and what it holds is protected",
            remedy="keep the mount; to let go of it, write `lifecycle: retiring` and `pulumi up`, then take the mount "
            "out and `pulumi up` again (the container stays in Azure with its data), then `lifecycle: protected`",
        )
