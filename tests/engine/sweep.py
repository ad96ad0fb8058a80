"""Faults for a sweep: each thing meets one, once; and by what the world is judged afterwards.

Owns which error each thing meets and when. Refuses to know what the program makes: it meets whatever comes.
"""

from __future__ import annotations

import json
import threading
import time
import zlib
from dataclasses import dataclass
from typing import Any

from engine.deployment import Deployment

from simulator import standins
from simulator.standins.refusal import Refused, azure

Thing = tuple[str, str]
"""Type token, and id or key."""
CLOUDS = ("azure-native:", "azuread:", "kubernetes:")
_QUIET_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Stumble:
    """An error in the cloud's words.

    Attributes:
        lost: the world changed; only the answer did not arrive.
        passes: the hooks promise that the same run gets over it.
    """

    error: str
    lost: bool = False
    passes: bool = False


def _azure(status: int, code: str, *, lost: bool = False, passes: bool = False) -> Stumble:
    return Stumble(error=str(azure(status, code, "Try again later.")), lost=lost, passes=passes)


CONFLICT, THROTTLED = _azure(409, "Conflict"), _azure(429, "TooManyRequests")
DOWN, LOST = _azure(503, "ServiceUnavailable"), _azure(504, "GatewayTimeout", lost=True)
BROKEN = Stumble(error="read tcp: connection reset by peer")
K8S_CONFLICT = Stumble(error="Operation cannot be fulfilled: the object has been modified")
K8S_THROTTLED = Stumble(error="the server has received too many requests and has asked us to try again later")
K8S_DOWN = Stumble(error="the server is currently unable to handle the request")
K8S_LOST = Stumble(error="http2: client connection lost", lost=True)

BUSY_CLUSTER = Stumble(error="OperationNotAllowed: another operation (create node pool) is in progress", passes=True)
BUSY_NETWORK = _azure(409, "AnotherOperationInProgress", passes=True)
BUSY_ACCOUNT = _azure(409, "StorageAccountOperationInProgress", passes=True)
BUSY_IDENTITY = _azure(409, "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity", passes=True)
NEW_PRINCIPAL = _azure(400, "PrincipalNotFound", passes=True)
NEW_GRANT = Stumble(error="is forbidden: User does not have access to the resource in Azure.", passes=True)
STILL_USED = _azure(400, "InUseNetworkSecurityGroupCannotBeDeleted", passes=True)

Table = dict[str, tuple[Stumble, ...]]
"""Beginning of the type to what its things meet, shared out among them; the first that fits counts, no other is harmed.
"""

CREATE: Table = {
    "azuread:": (THROTTLED,),
    "azure-native:resources:": (THROTTLED, DOWN),
    "azure-native:storage:StorageAccount": (THROTTLED,),
    "azure-native:storage:BlobContainer": (BUSY_ACCOUNT, LOST, DOWN),
    "azure-native:storage:": (BUSY_ACCOUNT,),
    "azure-native:managedidentity:FederatedIdentityCredential": (BUSY_IDENTITY,),
    "azure-native:managedidentity:": (CONFLICT,),
    "azure-native:network:VirtualNetwork": (DOWN,),
    "azure-native:network:": (BUSY_NETWORK,),
    "azure-native:authorization:": (NEW_PRINCIPAL,),
    "azure-native:containerservice:ManagedCluster": (LOST,),
    "azure-native:containerservice:": (BUSY_CLUSTER,),
    "kubernetes:core/v1:PersistentVolumeClaim": (NEW_GRANT,),
    "kubernetes:core/v1:PersistentVolume": (K8S_LOST, K8S_CONFLICT),
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": (K8S_THROTTLED, K8S_DOWN, NEW_GRANT, K8S_CONFLICT),
    "kubernetes:helm.sh/v3:Release": (NEW_GRANT, K8S_LOST, NEW_GRANT),
    "kubernetes:storage.k8s.io/v1:StorageClass": (K8S_DOWN,),
    "kubernetes:": (NEW_GRANT,),
}
"""Each step of the longest chain that ends a run costs a run, and a lost answer two: so only some types meet those."""
DELETE_WAITED_OUT: Table = {
    "azure-native:containerservice:": (BUSY_CLUSTER,),
    "azure-native:network:NetworkSecurityGroup": (STILL_USED,),
    "azure-native:network:": (BUSY_NETWORK,),
    "azure-native:storage:": (BUSY_ACCOUNT,),
}
DELETE: Table = {
    "azure-native:authorization:": (CONFLICT, THROTTLED, DOWN, LOST),
    "azure-native:containerservice:ManagedCluster": (LOST,),
    "azure-native:storage:Blob": (DOWN, LOST),
    "azure-native:": (CONFLICT, THROTTLED, DOWN, LOST),
}
"""Kubernetes is absent: its things go with the cluster."""
READ: Table = {"": (THROTTLED, BROKEN)}


class OnceEach(standins.Faults):
    """Each thing's first such operation goes wrong; the next is left alone.

    An error that ends the run is held back until nothing else goes on, so that one run meets as many as it can.

    Attributes:
        met: type and key of a thing to what it met.
    """

    def __init__(self, table: Table, *operations: str) -> None:
        super().__init__()
        self.met: dict[Thing, Stumble] = {}
        self._table, self._operations = table, operations
        self._lost, self._turn, self._last_call = set[Thing](), threading.Lock(), time.monotonic()

    def meet(
        self, *, provider: str, type: str, operation: str, key: str, after: bool, cancelled: threading.Event
    ) -> None:
        with self._turn:
            self._last_call = time.monotonic()
            stumble = self._stumble((type, key), after=after) if operation in self._operations else None
        if stumble is None:
            return
        while not stumble.passes and time.monotonic() - self._last_call < _QUIET_SECONDS:
            cancelled.wait(0.05)
        raise Refused(stumble.error)

    def _stumble(self, thing: Thing, *, after: bool) -> Stumble | None:
        if after:
            waiting = thing in self._lost
            self._lost.discard(thing)
            return self.met[thing] if waiting else None
        if thing in self.met:
            return None
        kinds = next((kinds for start, kinds in self._table.items() if thing[0].startswith(start)), ())
        if not kinds:
            return None
        stumble = self.met[thing] = kinds[zlib.crc32(thing[1].encode()) % len(kinds)]
        if stumble.lost:
            self._lost.add(thing)
            return None
        return stumble


def in_state(deployment: Deployment, stack: str) -> dict[Thing, dict[str, Any]]:
    """What the engine holds of the clouds' things, from its own file."""
    [path] = (deployment.simulator.folder / "state").rglob(f"stacks/*/{stack}.json")
    latest = json.loads(path.read_text())["checkpoint"]["latest"]
    things = [row for row in latest.get("resources", []) if row["type"].startswith(CLOUDS)]
    held = {(row["type"], row["id"]): row for row in things}
    assert len(held) == len(things), "a thing that is twice in the state is deleted under the other's feet"
    return held


def in_world(deployment: Deployment, stack: str) -> set[Thing]:
    """What exists because of the stack."""
    return {(record.type, record.id) for record in deployment.world.records() if record.stack == stack}


def recover(deployment: Deployment, stack: str, known: dict[Thing, dict[str, Any]]) -> None:
    """Do as docs/deploy.md says where something exists that the state does not know.

    Args:
        known: rows of an undisturbed state, which have the names and parents.
    """
    lost = in_world(deployment, stack) - in_state(deployment, stack).keys()
    for release in [thing for thing in lost if thing[0].endswith(":Release")]:
        [record] = [r for r in deployment.world.records(type_suffix=":Release") if r.id == release[1]]
        deployment.world.remove(record.key)  # helm uninstall
        lost.remove(release)
    if lost:
        _import(deployment, stack, [known[thing] for thing in sorted(lost)])


def _import(deployment: Deployment, stack: str, rows: list[dict[str, Any]]) -> None:
    names: dict[str, str] = {}

    def named(urn: str) -> str:
        return names.setdefault(urn, f"n{len(names)}")

    resources: list[dict[str, str]] = []
    for row in rows:
        resource = {"type": row["type"], "name": row["urn"].rpartition("::")[2], "id": row["id"]}
        if row["type"].startswith("kubernetes:"):
            resource["provider"] = named(row["provider"].rpartition("::")[0])
        resources.append({**resource, "parent": named(row["parent"])})
    file = deployment.desk / "import.json"
    table = {name: urn for urn, name in names.items()}
    file.write_text(json.dumps({"nameTable": table, "resources": resources}))
    flags = ("--yes", "--skip-preview", "--protect=false", "--generate-code=false")
    deployment.pulumi("import", *flags, "--stack", stack, "--file", str(file))
