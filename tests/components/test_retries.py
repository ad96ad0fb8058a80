from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest

from components import retries
from components.retries import HINTS, RETRIES, Hint, Retry, answer, decide, pace

PASSING = {
    "two credentials at once": (
        "azure-native:managedidentity:FederatedIdentityCredential",
        "Code=ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
        600,
    ),
    "an identity that is not yet everywhere": (
        "azure-native:authorization:RoleAssignment",
        "Code=PrincipalNotFound Message=Principal 1 does not exist in the directory",
        600,
    ),
    "a busy network": ("azure-native:network:PrivateEndpoint", "Code=AnotherOperationInProgress", 900),
    "a network not ready": ("azure-native:network:VirtualNetwork", "ReferencedResourceNotProvisioned", 900),
    "a busy cluster": (
        "azure-native:containerservice:AgentPool",
        "OperationNotAllowed: Operation is not allowed because there's an\nin progress create node pool operation",
        3600,
    ),
    "a grant on its way to the subnets": (
        "azure-native:containerservice:ManagedCluster",
        "LinkedAuthorizationFailed: may not perform 'Microsoft.Network/virtualNetworks/subnets/join/action' over it",
        600,
    ),
    "a busy account": ("azure-native:storage:BlobContainer", "StorageAccountOperationInProgress", 900),
    "an account that is busy while it is joined to a network": (
        "azure-native:network:PrivateEndpoint",
        "Code=StorageAccountOperationInProgress Message=Call to Microsoft.Storage/storageAccounts failed.",
        900,
    ),
    "a subnet that is being left": ("azure-native:network:Subnet", "InUseSubnetCannotBeDeleted", 600),
    "rules that are being left": (
        "azure-native:network:NetworkSecurityGroup",
        "InUseNetworkSecurityGroupCannotBeDeleted",
        600,
    ),
    "a grant on its way to the API server": (
        "kubernetes:core/v1:Namespace",
        'namespaces is forbidden: User "x" cannot create: User does not have access to the resource in Azure.',
        660,
    ),
}


@pytest.mark.parametrize(("type_", "error", "_bound"), PASSING.values(), ids=PASSING)
def test_what_passes_by_itself_is_tried_again_and_not_for_ever(type_: str, error: str, _bound: int) -> None:
    retry = decide(type_, [error])

    assert isinstance(retry, Retry)
    assert decide(type_, [error] * retry.tries) is retry
    assert decide(type_, [error] * (retry.tries + 1)) is None, "the user is told in the end"


@pytest.mark.parametrize(("type_", "error", "bound"), PASSING.values(), ids=PASSING)
def test_waits_grow_and_end_within_their_bound(type_: str, error: str, bound: int) -> None:
    retry = decide(type_, [error])

    assert isinstance(retry, Retry)
    waits = [retry.wait(failures) for failures in range(1, retry.tries + 1)]
    assert waits == sorted(waits)
    assert (waits[0], waits[1], max(waits)) == (retry.first, 2 * retry.first, retry.last)
    assert 240 <= sum(waits) <= bound, "too short does not outlast Azure, too long hides what is wrong"


def test_every_row_is_met_by_an_example() -> None:
    met = [decide(type_, [error]) for type_, error, _ in PASSING.values()]

    assert [row for row in RETRIES if row not in met] == []


@pytest.mark.parametrize(("type_", "error", "_bound"), PASSING.values(), ids=PASSING)
def test_the_same_words_elsewhere_are_another_error(type_: str, error: str, _bound: int) -> None:
    assert not isinstance(decide("azuread:index/servicePrincipal:ServicePrincipal", [error]), Retry)


FINAL = {
    "quota": ("azure-native:containerservice:AgentPool", "QuotaExceeded: cores", "ask for quota"),
    "quota of AKS": (
        "azure-native:containerservice:ManagedCluster",
        "Code=ErrCode_InsufficientVCPUQuota",
        "ask for quota",
    ),
    "no such size here": ("azure-native:containerservice:AgentPool", "SkuNotAvailable", "another size"),
    "no capacity": ("azure-native:containerservice:AgentPool", "ZonalAllocationFailed", "zone or region"),
    "no room for an API server": (
        "azure-native:containerservice:ManagedCluster",
        "API Server VNet Integration is currently unavailable in region eastus due to high demand",
        "another region",
    ),
    "an earlier run was cut off": (
        "azure-native:containerservice:AgentPool",
        'cannot create already existing resource "/subscriptions/s"',
        "pulumi import",
    ),
    "an earlier run was cut off in the cluster": (
        "kubernetes:core/v1:PersistentVolume",
        'not successfully created by the Kubernetes API server: persistentvolumes "models" already exists',
        "--provider",
    ),
    "an earlier run of Helm was cut off": (
        "kubernetes:helm.sh/v3:Release",
        "failed to create resource: cannot re-use a name that is still in use",
        "uninstall",
    ),
    "Helm was cut off in the middle": (
        "kubernetes:helm.sh/v3:Release",
        "another operation (install/upgrade/rollback) is in progress",
        "uninstall",
    ),
    "somebody else changed the cluster": (
        "azure-native:containerservice:ManagedCluster",
        'Code="NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged"',
        "such as another tag",
    ),
    "granted by hand": ("azure-native:authorization:RoleAssignment", "RoleAssignmentExists", "remove that grant"),
    "no right": ("azure-native:network:NatGateway", "AuthorizationFailed: the client", "lacks a right"),
    "no right in Entra": (
        "azuread:index/servicePrincipal:ServicePrincipal",
        "Authorization_RequestDenied",
        "vendorPrincipal: assume",
    ),
}


@pytest.mark.parametrize(("type_", "error", "advice"), FINAL.values(), ids=FINAL)
def test_what_does_not_pass_is_told_with_what_to_do(type_: str, error: str, advice: str) -> None:
    hint = decide(type_, [error])

    assert isinstance(hint, Hint), "a retry would only hide it"
    assert advice in hint.advice


def test_every_hint_is_met_by_an_example() -> None:
    met = [decide(type_, [error]) for type_, error, _ in FINAL.values()]

    assert [row for row in HINTS if row not in met] == []


@pytest.mark.parametrize("error", ["409 Conflict", "403 Forbidden", "InvalidParameter", "429 Too Many Requests"])
def test_any_other_error_stands(error: str) -> None:
    assert decide("azure-native:containerservice:AgentPool", [error]) is None, "real failures stay visible"


def test_only_the_newest_error_decides_and_only_its_own_kind_counts() -> None:
    cluster = "azure-native:containerservice:ManagedCluster"
    busy = "OperationNotAllowed: another is in progress"
    join = "LinkedAuthorizationFailed: subnets/join/action"
    joining = decide(cluster, [join])

    assert decide(cluster, [join, *[busy] * 15]) is joining, "fifteen errors of another kind are not its own"
    assert isinstance(decide(cluster, ["QuotaExceeded", busy]), Hint)


def failed(type_: str, *errors: str) -> pulumi.ErrorHookArgs:
    return pulumi.ErrorHookArgs(urn="u", id="", name="eastus-cpu", type=type_, errors=list(errors))


class Log:
    """What was logged, and how long was slept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lines: list[str] = []
        self.slept: list[float] = []

        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        def log(line: str, *_: Any, **__: Any) -> None:
            self.lines.append(line)

        monkeypatch.setattr(retries.asyncio, "sleep", sleep)
        for level in ("info", "warn"):
            monkeypatch.setattr(pulumi.log, level, log)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    monkeypatch.delenv("PULUMI_DEBUG_PROVIDERS", raising=False)
    return Log(monkeypatch)


def test_a_retry_waits_says_so_and_asks_for_another_try(log: Log) -> None:
    busy = "OperationNotAllowed: in progress"

    again = asyncio.run(answer(failed("azure-native:containerservice:AgentPool", busy, busy)))

    assert again is True
    assert log.slept == [30], "twice the first wait, the same in each run"
    assert log.lines == ["eastus-cpu: OperationNotAllowed: in progress passes by itself; again in 30 s"]


def test_a_hint_is_said_and_the_error_stands(log: Log) -> None:
    again = asyncio.run(answer(failed("azure-native:containerservice:AgentPool", "QuotaExceeded")))

    assert again is False
    assert log.slept == []
    assert "ask for quota" in log.lines[0]


def test_an_unknown_error_stands_without_a_word(log: Log) -> None:
    assert asyncio.run(answer(failed("azure-native:containerservice:AgentPool", "BadRequest"))) is False
    assert (log.slept, log.lines) == ([], [])


@pytest.mark.parametrize(("attached", "factor"), [("azure-native:1", 0), ("", 1), (None, 1)])
def test_only_a_simulated_cloud_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, attached: str | None, factor: int
) -> None:
    monkeypatch.delenv("PULUMI_DEBUG_PROVIDERS", raising=False)
    if attached is not None:
        monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", attached)

    assert pace() == factor
