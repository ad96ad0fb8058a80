"""The storage of one region: its account, who may use it, and the mounts of all regions' data."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from catalog.mounts import BUCKET_CONTAINER, REGISTERED_MOUNT
from catalog.roles import STORAGE_BLOB_DATA_CONTRIBUTOR, STORAGE_BLOB_DATA_READER, STORAGE_BLOB_DELEGATOR
from components.data_account import DataAccount, DataAccountArgs
from components.grants import grant, subscription_of
from components.identity import OperatorIdentity
from components.in_cluster import InCluster
from components.mounts import Mounts, MountsArgs
from components.shared import Shared
from stack.spec import StackSpec


@dataclass(frozen=True, kw_only=True)
class BlobFuseStorageArgs:
    """What a `BlobFuseStorage` needs.

    Attributes:
        identity: who reads and writes: the operator and the Ray pods of this region.
        namespace: the operator's, where the claims live.
        cluster: takes the claims along when it goes.
    """

    spec: StackSpec
    shared: Shared
    identity: OperatorIdentity
    provider: kubernetes.Provider
    namespace: pulumi.Resource
    cluster: pulumi.Resource


class BlobFuseStorage(pulumi.ComponentResource):
    """The region's account, this region's grants on it and on the shared one, and a volume and claim for each mount.

    Owns the region's data, which outlive the stack. Does not own the shared account: it grants itself there, since that
    account's owner cannot know who joins.

    Attributes:
        account_name: of the region's own account.
        account_id: its ARM id.
        bucket_url: what Anyscale takes as object storage, `abfss://...`.
        bucket_endpoint: the blob endpoint, a bare origin.
        registered_claim: claim that Anyscale mounts into every pod.
        ready: grants and claims without which no pod can start.
    """

    account_name: pulumi.Output[str]
    account_id: pulumi.Output[str]
    bucket_url: pulumi.Output[str]
    bucket_endpoint: pulumi.Output[str]
    registered_claim: str
    ready: tuple[pulumi.Resource, ...]

    def __init__(self, name: str, args: BlobFuseStorageArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:BlobFuseStorage", name, {}, opts)
        spec, child = args.spec, pulumi.ResourceOptions(parent=self)
        own = [mount for mount in spec.mounts if mount.home == "region"]
        account = DataAccount(
            name,
            DataAccountArgs(
                spec=spec,
                account_name=spec.names.storage_account,
                resource_group_name=spec.names.data_resource_group,
                containers=[BUCKET_CONTAINER, *sorted({mount.container for mount in own})],
                mounts=own,
            ),
            opts=child,
        )
        self.account_name, self.account_id = account.account_name, account.account_id
        bucket = account.containers[BUCKET_CONTAINER]
        self.bucket_url = pulumi.Output.concat(
            "abfss://", bucket.name, "@", account.account_name, ".dfs.core.windows.net"
        )
        self.bucket_endpoint = pulumi.Output.concat("https://", account.account_name, ".blob.core.windows.net")
        grants = self._grants(name, args, account)
        mounts = Mounts(
            name,
            MountsArgs(
                spec=spec,
                shared=args.shared,
                account_name=account.account_name,
                resource_group_name=account.resource_group_name,
                identity=args.identity,
                namespace=args.namespace,
                place=InCluster(provider=args.provider, cluster=args.cluster),
            ),
            opts=child,
        )
        self.registered_claim = REGISTERED_MOUNT
        self.ready = (*grants, *mounts.claims.values())
        self.register_outputs(
            {
                "accountName": self.account_name,
                "accountId": self.account_id,
                "bucketUrl": self.bucket_url,
                "bucketEndpoint": self.bucket_endpoint,
                "registeredClaim": self.registered_claim,
            }
        )

    def _grants(self, name: str, args: BlobFuseStorageArgs, account: DataAccount) -> list[pulumi.Resource]:
        """What this region's pods may do: by container, and never list keys."""
        spec, to = args.spec, args.identity.principal_id
        bucket = account.containers[BUCKET_CONTAINER].id
        shared = args.shared.storage_account_id
        there = shared.apply(subscription_of)
        scopes: dict[str, tuple[pulumi.Input[str], bool, pulumi.Input[str] | None]] = {
            BUCKET_CONTAINER: (bucket, False, None)
        }
        for mount in spec.mounts:  # no two have one container: the loader refuses that
            if mount.home == "primary":
                path = pulumi.Output.concat(shared, "/blobServices/default/containers/", mount.container)
                scopes[f"shared-{mount.container}"] = (path, mount.read_only, there)
            else:
                scopes[mount.container] = (account.containers[mount.container].id, mount.read_only, None)
        grants = [
            grant(
                f"{name}-{what}-grant",
                STORAGE_BLOB_DATA_READER if read_only else STORAGE_BLOB_DATA_CONTRIBUTOR,
                to=to,
                scope=scope,
                spec=spec,
                parent=self,
                subscription=subscription,
            )
            for what, (scope, read_only, subscription) in scopes.items()
        ]
        # Roles on containers cannot make the key with which the console's links to logs are signed.
        delegator = grant(
            f"{name}-delegator-grant", STORAGE_BLOB_DELEGATOR, to=to, scope=account.account_id, spec=spec, parent=self
        )
        return [*grants, delegator]
