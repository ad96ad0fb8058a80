"""Reports as runs leave them, for tests and for `make bench`."""

from __future__ import annotations

from fleet.report import BrokenRule, Change, FleetReport, PropertyChange, StackReport

SUBSCRIPTION = "3f1c9a04-be77-4e01-b51c-3d0a86bc5551"
POOL, CLUSTER = "azure-native:containerservice:AgentPool", "azure-native:containerservice:ManagedCluster"
NETWORK = "azure-native:network:NatGateway"

NEW_POOL = Change(operation="create", type=POOL, name="eastus-h200", component="RegionalAksCluster", verdict="safe")
NEW_NAT = Change(operation="create", type=NETWORK, name="eastus-nat", component="RegionalNetwork", verdict="safe")
NEW_PREFIX = NEW_NAT.model_copy(update={"name": "eastus-nat-prefix"})
MORE_NODES = Change(
    operation="update",
    type=POOL,
    name="eastus-cpu",
    component="RegionalAksCluster",
    verdict="safe",
    properties=(
        PropertyChange(path="maxCount", old="6", new="8"),
        PropertyChange(path="tags.owner", old=None, new="[known after apply]"),
    ),
)
UPGRADE = Change(
    operation="update",
    type=CLUSTER,
    name="eastus-cluster",
    component="RegionalAksCluster",
    verdict="disruptive",
    properties=(
        PropertyChange(
            path="kubernetesVersion", old="1.33", new="1.34", effect="upgrades the control plane; nodes roll later"
        ),
    ),
)
NEW_CLUSTER = Change(
    operation="replace",
    type=CLUSTER,
    name="eastus-cluster",
    component="RegionalAksCluster",
    verdict="destructive",
    properties=(
        PropertyChange(path="dnsPrefix", old="aks-ray", new="aks-ray-eastus"),
        PropertyChange(path="networkProfile.networkPolicy", old="azure", new="cilium", replaces=True),
    ),
    loses="the cluster and every job on it",
    takes_along=("eastus-a100", "eastus-cpu"),
)
NEW_CLAIM = Change(
    operation="replace",
    type="kubernetes:core/v1:PersistentVolumeClaim",
    name="eastus-models",
    component="Mounts",
    verdict="disruptive",
    effect="goes when no pod mounts it any more",
)
NO_POOL = Change(
    operation="delete",
    type=POOL,
    name="eastus-a100",
    component="RegionalAksCluster",
    verdict="destructive",
    loses="the nodes of the pool and what runs on them",
)
FREED = Change(
    operation="unprotect",
    type="azure-native:storage:StorageAccount",
    name="eastus-data",
    component="DataAccount",
    verdict="destructive",
    properties=(PropertyChange(path="protect", old="true", new="false"),),
    loses="its protection: the next run may delete it",
)
OPEN_INGRESS = BrokenRule(
    rule="ingress-is-restricted",
    severity="error",
    resource="eastus-inbound",
    message="anyone may reach port 443: name the clients in anyscale.ingress.clients",
    waiver="ingress-from-internet",
)
OLD_TLS = BrokenRule(
    rule="tls-is-recent", severity="warning", resource="eastus-data", message="TLS 1.0 is taken: ask for TLS1_2"
)


def fleet(*stacks: StackReport) -> FleetReport:
    """A preview of these stacks."""
    return FleetReport(operation="preview", stacks=stacks)


def done(stack: str, *changes: Change, unchanged: int = 70) -> StackReport:
    """A stack whose preview got through."""
    return StackReport(stack=stack, state="done", changes=changes, unchanged=unchanged)


def big_fleet(stacks: int = 50, changes: int = 2_000) -> FleetReport:
    """So many stacks with so many changes in all: every kind of change and state, long values, ids to mask."""
    each, more = divmod(changes, stacks)
    return fleet(*(_big_stack(number, each + (number < more)) for number in range(stacks)))


def _big_stack(number: int, changes: int) -> StackReport:
    stack = f"region{number:02}"
    kinds = (NEW_POOL, NEW_NAT, MORE_NODES, UPGRADE) if number % 5 else (NEW_POOL, MORE_NODES, NEW_CLUSTER, NO_POOL)
    long = PropertyChange(
        path="values.operator.identity",
        old=f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{stack}/" + "x" * 400,
        new=f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{stack}/" + "y" * 400,
    )
    made = [kinds[index % len(kinds)] for index in range(changes)]
    return StackReport(
        stack=stack,
        state="failed" if number % 10 == 7 else "done",
        error=f"{stack}: the subscription {SUBSCRIPTION} has no quota for it: ask Azure for more." * (number % 10 == 7),
        changes=tuple(
            change.model_copy(
                update={
                    "name": f"{stack}-{index}-{change.name}",
                    "properties": (*change.properties, long) if change.properties else (),
                }
            )
            for index, change in enumerate(made)
        ),
        unchanged=30,
        broken_rules=(OPEN_INGRESS, OLD_TLS) if number % 10 == 3 else (),
        notes=(f"{stack}: kubernetesVersion 1.33 is near its end.",),
        next=(f"python -m fleet up --stack {stack}",),
    )
