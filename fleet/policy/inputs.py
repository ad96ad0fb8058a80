"""How rules read planned inputs, of which a preview does not know all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any, cast

from fleet.engine.steps import Json, Step
from fleet.engine.values import UNKNOWN, is_secret
from fleet.policy.rule import Broken, Planned
from stack.base import shown
from stack.check_network import INTERNET, PRIVATE

CLUSTER, POOL = "azure-native:containerservice:ManagedCluster", "azure-native:containerservice:AgentPool"
ACCOUNT, CONTAINER = "azure-native:storage:StorageAccount", "azure-native:storage:BlobContainer"
RELEASE = "kubernetes:helm.sh/v3:Release"


def is_mapping(value: object) -> bool:
    """Whether it has keys to look into; a secret has none."""
    return not is_secret(value) and isinstance(value, Mapping)


def at(inputs: object, path: str) -> Any:
    """The value at a dotted path: None where it is absent, `UNKNOWN` where nobody can say before the run."""
    value = inputs
    for key in path.split("."):
        if value == UNKNOWN or is_secret(value):
            return UNKNOWN
        value = cast("Mapping[str, object]", value).get(key) if isinstance(value, Mapping) else None
    return UNKNOWN if is_secret(value) else value


def entry(inputs: object, path: str, key: str) -> Any:
    """The value of a key that may have dots in it, of the map at a dotted path; as `at`."""
    found = at(inputs, path)
    if found == UNKNOWN:
        return UNKNOWN
    return at({"entry": cast("Mapping[str, object]", found).get(key)} if isinstance(found, Mapping) else {}, "entry")


def many(inputs: object, path: str) -> list[Any]:
    """The known elements of the list at a dotted path; none where there is no list."""
    value = at(inputs, path)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [item for item in cast("Sequence[object]", value) if item != UNKNOWN and not is_secret(item)]


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf below, a secret being one, with its path."""
    if is_mapping(value):
        for key, inner in cast("Mapping[str, object]", value).items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, inner in enumerate(cast("Sequence[object]", value)):
            yield from leaves(inner, f"{path}[{index}]")
    else:
        yield path, value


def might_be(value: object, wanted: object) -> bool:
    """Whether it is that, or may turn out to be."""
    return value in (wanted, UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Demand:
    """An input that has to have one of some values.

    Attributes:
        path: dotted.
        allowed: None among them lets it be absent.
        why: what any other value does, a clause after "so that".
        remedy: what to do.
    """

    path: str
    allowed: tuple[object, ...]
    why: str
    remedy: str

    def unmet(self, inputs: Json, where: str = "") -> Iterator[str]:
        """The one sentence that says so, if it is known not to hold."""
        value = at(inputs, self.path)
        if value != UNKNOWN and value not in self.allowed:
            yield f"{where}{self.path} is {shown(value)}, so that {self.why}: {self.remedy}"


def demands(*rows: Demand) -> Broken:
    """A rule's `broken` that asks for these inputs."""

    def broken(step: Step, _planned: Planned) -> Iterator[str]:
        for row in rows:
            yield from row.unmet(step.new_inputs)

    return broken


def pools(step: Step, planned: Planned) -> list[tuple[str, Json]]:
    """Node pools that a resource describes: its own, or of a cluster those that are no resources of their own."""
    if step.type == POOL:
        return [("", step.new_inputs)]
    own = {at(pool.new_inputs, "agentPoolName") for pool in planned.of(POOL)}
    inline = many(step.new_inputs, "agentPoolProfiles")
    return [
        (f"agentPoolProfiles[{index}].", pool)
        for index, pool in enumerate(inline)
        if is_mapping(pool) and pool.get("name") not in own
    ]


def from_internet(source: object) -> bool:
    """Whether a source of traffic is the internet, or as good as all of it."""
    if not isinstance(source, str):
        return False
    if (network := _network(source)) is None:
        return source.lower() in ("*", "any", "internet")
    return network.prefixlen < INTERNET


def from_outside(source: object) -> bool:
    """Whether a source of traffic lies outside the networks of the stack."""
    network = _network(str(source))
    if network is None:
        return source not in ("VirtualNetwork", "AzureLoadBalancer")
    return not (isinstance(network, IPv4Network) and any(network.subnet_of(private) for private in PRIVATE))


def _network(text: str) -> Any:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None
