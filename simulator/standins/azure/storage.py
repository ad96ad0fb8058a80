"""Storage accounts, their blob service, containers, lifecycle rules."""

from __future__ import annotations

from typing import Any

from simulator.standins.azure.kind import GROUP, Kind, Made, at, key_of, last_name
from simulator.standins.refusal import azure
from simulator.standins.rules import Ask, Place

Json = dict[str, Any]

_ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{{accountName}}"
_API = "2025-06-01"
_SERVICES = ("blob", "dfs", "file", "queue", "table", "web")
_NOT_ON_HNS = ("isVersioningEnabled", "restorePolicy.enabled", "changeFeed.enabled")
"""What the blob service of an account with hierarchical namespace cannot do."""


def _refuse_taken_name(ask: Ask, place: Place) -> None:
    """Account names are one name space for the whole world."""
    for other in ask.world.records(provider="azure-native", type_suffix=":storage:StorageAccount"):
        if last_name(other.key) == last_name(place.key) and other.key != place.key:
            raise azure(
                409, "StorageAccountAlreadyTaken", f"The storage account named {last_name(place.id)} is already taken."
            )


def _refuse_on_hns(ask: Ask, place: Place) -> None:
    account = ask.world.get(key_of(place.id.partition("/blobServices/")[0]))
    for path in _NOT_ON_HNS if account and account.inputs.get("isHnsEnabled") else ():
        if at(ask.inputs, path):
            message = f"{path} is not supported for accounts with hierarchical namespace ({last_name(place.id)})."
            raise azure(409, "FeatureNotSupportedForAccount", message)


def _endpoints(made: Made) -> Json:
    name = last_name(made.place.id)
    hosts = {service: f"https://{name}.{service}.core.windows.net/" for service in _SERVICES}
    return hosts | {"web": f"https://{name}.z13.web.core.windows.net/"}


KINDS = {
    "storage:StorageAccount": Kind(
        path=_ACCOUNT,
        api=_API,
        name="[a-z0-9]{3,24}",
        replaces=frozenset({"isHnsEnabled", "requireInfrastructureEncryption", "enableNfsV3", "keyType"}),
        computed={
            "primaryEndpoints": _endpoints,
            "primaryLocation": "{location}",
            "statusOfPrimary": "available",
            "accountMigrationInProgress": lambda made: False,
        },
        defaults={
            "accessTier": "Hot",
            "enableHttpsTrafficOnly": True,
            "networkRuleSet": {"bypass": "AzureServices", "defaultAction": "Allow"},
            "encryption": {"keySource": "Microsoft.Storage", "services": {"blob": {"enabled": True}}},
        },
        refuse=(_refuse_taken_name,),
    ),
    "storage:BlobServiceProperties": Kind(
        path=f"{_ACCOUNT}/blobServices/{{blobServicesName}}", api=_API, name="default", located=False, from_birth=True,
        refuse=(_refuse_on_hns,),
    ),
    "storage:BlobContainer": Kind(
        path=f"{_ACCOUNT}/blobServices/default/containers/{{containerName}}",
        api=_API,
        name=r"\$root|\$web|(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*",
        located=False,
        computed={
            "etag": "{hash}", "leaseState": "Available", "leaseStatus": "Unlocked", "deleted": lambda made: False,
            "hasImmutabilityPolicy": lambda made: False, "hasLegalHold": lambda made: False,
        },
        defaults={"publicAccess": "None", "defaultEncryptionScope": "$account-encryption-key"},
    ),
    "storage:ManagementPolicy": Kind(
        path=f"{_ACCOUNT}/managementPolicies/{{managementPolicyName}}", api=_API, name="default", located=False,
    ),
}  # fmt: skip
