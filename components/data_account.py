"""A storage account for data, in a resource group of its own: the region's, or the one that all stacks share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import resources, storage

from components.protection import kept
from stack.spec import MountSpec, StackSpec

CONSOLE = "https://console.anyscale.com"
"""Origin of the pages in which people open logs and artifacts, straight from the account."""


@dataclass(frozen=True, kw_only=True)
class DataAccountArgs:
    """What a `DataAccount` needs.

    Attributes:
        resource_group_name: made here, for nothing else: deleting a group deletes what is in it.
        containers: names; decide how many resources exist, so they are no `Input`.
        mounts: those that live here, for their lifecycle rules.
    """

    spec: StackSpec
    account_name: str
    resource_group_name: str
    containers: Sequence[str]
    mounts: Sequence[MountSpec]


class DataAccount(pulumi.ComponentResource):
    """Group, account, containers, and what the account promises about deleted and old data.

    Owns them; they outlive the stack unless its lifecycle says otherwise. Does not own who may read or write:
    whoever uses a container grants.

    Attributes:
        account_name: known to be there.
        account_id: ARM id.
        resource_group_name: of the group made here.
        containers: by name.
    """

    account_name: pulumi.Output[str]
    account_id: pulumi.Output[str]
    resource_group_name: pulumi.Output[str]
    containers: dict[str, storage.BlobContainer]

    def __init__(self, name: str, args: DataAccountArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:DataAccount", name, {}, opts)
        self._args = args
        group = resources.ResourceGroup(
            f"{name}-data-group",
            resource_group_name=args.resource_group_name,
            tags=args.spec.tags,
            opts=self._kept(""),
        )
        self.resource_group_name = group.name
        account = self._account(name, group)
        self.account_name, self.account_id = account.name, account.id
        service = self._service(name)
        self.containers = {
            container: storage.BlobContainer(
                f"{name}-{container}",
                resource_group_name=group.name,
                account_name=account.name,
                container_name=container,
                public_access=storage.PublicAccess.NONE,
                opts=pulumi.ResourceOptions.merge(
                    self._kept(f"{self._account_path}/blobServices/default/containers/{container}"),
                    pulumi.ResourceOptions(depends_on=[service]),
                ),
            )
            for container in args.containers
        }
        self._rules(name)
        self.register_outputs(
            {
                "accountName": self.account_name,
                "accountId": self.account_id,
                "resourceGroupName": self.resource_group_name,
            }
        )

    @property
    def _account_path(self) -> str:
        return f"/providers/Microsoft.Storage/storageAccounts/{self._args.account_name}"

    def _kept(self, path: str) -> pulumi.ResourceOptions:
        subscription = self._args.spec.settings.azure.subscription_id
        group = f"/subscriptions/{subscription}/resourceGroups/{self._args.resource_group_name}"
        return pulumi.ResourceOptions.merge(
            kept(self._args.spec, adopted_id=f"{group}{path}"), pulumi.ResourceOptions(parent=self)
        )

    def _account(self, name: str, group: resources.ResourceGroup) -> storage.StorageAccount:
        """Hierarchical namespace, no keys, no anonymous access: only Entra tokens open it."""
        private = self._args.spec.settings.storage.access == "private"
        premium = self._args.spec.replication.startswith("Premium_")  # block blobs on SSDs: a kind apart, without tiers
        return storage.StorageAccount(
            f"{name}-data",
            resource_group_name=group.name,
            account_name=self._args.account_name,
            kind=storage.Kind.BLOCK_BLOB_STORAGE if premium else storage.Kind.STORAGE_V2,
            sku=storage.SkuArgs(name=self._args.spec.replication),
            access_tier=None if premium else storage.AccessTier.HOT,
            is_hns_enabled=True,
            allow_shared_key_access=False,
            default_to_o_auth_authentication=True,
            allow_blob_public_access=False,
            allow_cross_tenant_replication=False,
            allowed_copy_scope=storage.AllowedCopyScope.AAD,
            is_local_user_enabled=False,
            is_sftp_enabled=False,
            enable_https_traffic_only=True,
            minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
            public_network_access=(
                storage.PublicNetworkAccess.DISABLED if private else storage.PublicNetworkAccess.ENABLED
            ),
            network_rule_set=storage.NetworkRuleSetArgs(
                bypass=storage.Bypass.AZURE_SERVICES,
                default_action=storage.DefaultAction.DENY if private else storage.DefaultAction.ALLOW,
            ),
            encryption=storage.EncryptionArgs(
                key_source=storage.KeySource.MICROSOFT_STORAGE,
                require_infrastructure_encryption=True,  # at creation or never
                services=storage.EncryptionServicesArgs(
                    blob=storage.EncryptionServiceArgs(enabled=True, key_type=storage.KeyType.ACCOUNT)
                ),
            ),
            # Links are signed for a week at most; one for longer is told to whoever reads the account's logs.
            sas_policy=storage.SasPolicyArgs(
                sas_expiration_period="07.00:00:00", expiration_action=storage.ExpirationAction.LOG
            ),
            tags=self._args.spec.tags,
            opts=self._kept(self._account_path),
        )

    def _service(self, name: str) -> storage.BlobServiceProperties:
        """What the console's pages may fetch, and how long deleted data can be brought back."""
        retention = self._args.spec.settings.storage.retention
        return storage.BlobServiceProperties(
            f"{name}-data-blobs",
            resource_group_name=self.resource_group_name,
            account_name=self.account_name,
            blob_services_name="default",
            cors=storage.CorsRulesArgs(
                cors_rules=[
                    storage.CorsRuleArgs(
                        allowed_origins=[CONSOLE],
                        allowed_methods=["GET", "HEAD", "PUT"],
                        allowed_headers=["*"],
                        exposed_headers=["*"],
                        max_age_in_seconds=600,
                    )
                ]
            ),
            delete_retention_policy=storage.DeleteRetentionPolicyArgs(
                enabled=True, days=retention.blob_days, allow_permanent_delete=False
            ),
            container_delete_retention_policy=storage.DeleteRetentionPolicyArgs(
                enabled=True, days=retention.container_days
            ),
            opts=self._kept(f"{self._account_path}/blobServices/default"),
        )

    def _rules(self, name: str) -> None:
        """Move or delete old blobs, only where a mount asks for it. Made anew by each stack: rules are no data."""
        asked = [mount for mount in self._args.mounts if mount.cool_after_days or mount.delete_after_days]
        if not asked:
            return
        storage.ManagementPolicy(
            f"{name}-data-rules",
            resource_group_name=self.resource_group_name,
            account_name=self.account_name,
            management_policy_name="default",
            policy=storage.ManagementPolicySchemaArgs(rules=[_rule(mount) for mount in asked]),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(self.containers.values())),
        )


def _rule(mount: MountSpec) -> storage.ManagementPolicyRuleArgs:
    def after(days: int | None) -> storage.DateAfterModificationArgs | None:
        return None if days is None else storage.DateAfterModificationArgs(days_after_modification_greater_than=days)

    return storage.ManagementPolicyRuleArgs(
        name=mount.name,
        enabled=True,
        type=storage.RuleType.LIFECYCLE,
        definition=storage.ManagementPolicyDefinitionArgs(
            filters=storage.ManagementPolicyFilterArgs(blob_types=["blockBlob"], prefix_match=[f"{mount.container}/"]),
            actions=storage.ManagementPolicyActionArgs(
                base_blob=storage.ManagementPolicyBaseBlobArgs(
                    tier_to_cool=after(mount.cool_after_days), delete=after(mount.delete_after_days)
                )
            ),
        ),
    )
