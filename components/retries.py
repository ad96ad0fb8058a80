"""Errors of the clouds that pass by themselves, and errors that do not but have a next step."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import pulumi

from components.simulated import simulated
from components.vendor_principal import APPLICATION


@dataclass(frozen=True, kw_only=True)
class Retry:
    """An error that passes.

    Attributes:
        error: regular expression of the error.
        types: prefix of the type tokens it belongs to: the same words elsewhere are another error.
        tries: how many times.
        first: seconds before the first retry; doubled each time.
        last: upper bound of the wait, in seconds.
    """

    error: str
    types: str
    tries: int
    first: int
    last: int

    def failures(self, errors: list[str]) -> int:
        """How many of `errors` are this one."""
        return sum(1 for error in errors if re.search(self.error, error, re.DOTALL))

    def wait(self, failures: int) -> int:
        """Seconds to wait after that many failures."""
        return min(self.last, self.first * 2 ** (failures - 1))


@dataclass(frozen=True, kw_only=True)
class Hint:
    """An error that does not pass, and what to do."""

    error: str
    types: str
    advice: str


RETRIES = (
    Retry(
        error="ConcurrentFederatedIdentityCredentialsWrites",
        types="azure-native:managedidentity:FederatedIdentityCredential",
        tries=10,
        first=5,
        last=60,
    ),
    Retry(error="PrincipalNotFound", types="azure-native:authorization:", tries=12, first=5, last=60),
    Retry(
        error="AnotherOperationInProgress|RetryableError|ReferencedResourceNotProvisioned"
        "|StorageAccountOperationInProgress",  # of a private endpoint's account (azurerm issue 21293)
        types="azure-native:network:",
        tries=10,
        first=10,
        last=120,
    ),
    Retry(
        error="OperationNotAllowed.*in progress",  # AKS may make the pools of a cluster one after another
        types="azure-native:containerservice:",
        tries=40,
        first=15,
        last=90,
    ),
    # The cluster's identity was granted the subnets a moment ago, and the grant is still on its way.
    Retry(
        error="LinkedAuthorizationFailed.*subnets/join/action",
        types="azure-native:containerservice:ManagedCluster",
        tries=8,
        first=15,
        last=90,
    ),
    Retry(error="StorageAccountOperationInProgress", types="azure-native:storage:", tries=10, first=5, last=60),
    Retry(
        error="InUseSubnetCannotBeDeleted|InUseNetworkSecurityGroup",
        types="azure-native:network:",
        tries=20,
        first=10,
        last=30,
    ),
    # A grant on a new cluster takes up to five minutes to reach its API server.
    Retry(
        error="User does not have access to the resource in Azure",
        types="kubernetes:",
        tries=12,
        first=10,
        last=60,
    ),
)

HINTS = (
    Hint(
        error="QuotaExceeded|InsufficientVCPUQuota|SkuNotAvailable|AllocationFailed|VMSizeNotSupported"
        "|AvailabilityZoneNotSupported|not allowed in your subscription",
        types="azure-native:",
        advice="ask for quota (portal: Quotas), or take another size, zone or region; then `pulumi up` again",
    ),
    Hint(
        error="VNet Integration is currently unavailable",
        types="azure-native:containerservice:ManagedCluster",
        advice="the region has no room for API servers inside networks: `pulumi up` later, or take another region",
    ),
    Hint(
        error="NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged|A new agent pool was introduced",
        types="azure-native:containerservice:ManagedCluster",
        advice="somebody changed the cluster outside this program, and undoing it would send AKS its own list of "
        "pools: make an edit that reaches the cluster too, such as another tag "
        "(docs/decisions/0007-the-list-of-pools.md)",
    ),
    Hint(
        error="cannot create already existing resource",
        types="azure-native:",
        advice="an earlier run was cut off: `pulumi import` it under its id (docs/deploy.md, when something stops "
        "halfway); or it is data that an earlier stack left: `storage: {adopt: true}`",
    ),
    Hint(
        error="already exists",
        types="kubernetes:",
        advice="an earlier run was cut off: `pulumi import` it under its id, with the region's Kubernetes provider as "
        "`--provider` (docs/deploy.md, when something stops halfway)",
    ),
    Hint(
        error="cannot re-use a name that is still in use|another operation .* is in progress",
        types="kubernetes:helm.sh/v3:Release",
        advice="an earlier run was cut off: `helm -n <namespace> uninstall <release>`, then `pulumi up` again",
    ),
    Hint(
        error="RoleAssignmentExists",
        types="azure-native:authorization:",
        advice="somebody granted the same role by hand: remove that grant, then `pulumi up` again",
    ),
    Hint(
        error="AuthorizationFailed",
        types="azure-native:",
        advice="whoever runs pulumi lacks a right named in docs/deploy.md",
    ),
    Hint(
        error="Authorization_RequestDenied|Insufficient privileges",
        types="azuread:",
        advice="set `vendorPrincipal: assume`, and have an Entra administrator run "
        f"`az ad sp create --id {APPLICATION}` once for the tenant",
    ),
)


def decide(resource_type: str, errors: list[str]) -> Retry | Hint | None:
    """What the newest of `errors` calls for; None to let it stand."""
    newest = errors[0]
    for retry in RETRIES:
        if resource_type.startswith(retry.types) and re.search(retry.error, newest, re.DOTALL):
            return retry if retry.failures(errors) <= retry.tries else None
    for hint in HINTS:
        if resource_type.startswith(hint.types) and re.search(hint.error, newest):
            return hint
    return None


def pace() -> int:
    """Factor of every wait: a simulated cloud, known by its attached providers, does not age meanwhile."""
    return 0 if simulated() else 1


async def answer(args: pulumi.ErrorHookArgs) -> bool:
    """Engine's question: try again?"""
    match decide(args.type, args.errors):
        case Retry() as retry:
            seconds = retry.wait(retry.failures(args.errors)) * pace()
            pulumi.log.info(f"{args.name}: {_told(retry, args.errors[0])} passes by itself; again in {seconds} s")
            await asyncio.sleep(seconds)
            return True
        case Hint(advice=advice):
            pulumi.log.warn(f"{args.name}: {advice}")
            return False
        case None:
            return False


def _told(retry: Retry, error: str) -> str:
    """The part of the error by which it was known, on one line."""
    found = re.search(retry.error, error, re.DOTALL)
    return " ".join(found[0].split()) if found else error


def retry_hook() -> pulumi.ErrorHook:
    """The one error hook, for every resource of a cloud."""
    return pulumi.ErrorHook("retries", answer)
