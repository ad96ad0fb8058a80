"""The mounts inside a cluster: static volumes on containers that exist, so that every region sees the same paths."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.storage.v1 import StorageClass

from components.identity import OperatorIdentity
from components.in_cluster import InCluster
from components.shared import Shared
from stack.spec import MountSpec, StackSpec

DRIVER = "blob.csi.azure.com"
STORAGE_CLASS = "blob-fuse2"


@dataclass(frozen=True, kw_only=True)
class MountsArgs:
    """What `Mounts` need.

    Attributes:
        account_name: of the region's own account.
        resource_group_name: of that account.
        namespace: the operator's; claims live where the pods are.
    """

    spec: StackSpec
    shared: Shared
    account_name: pulumi.Input[str]
    resource_group_name: pulumi.Input[str]
    identity: OperatorIdentity
    namespace: pulumi.Resource
    place: InCluster


class Mounts(pulumi.ComponentResource):
    """A PersistentVolume and a claim for each mount, and a StorageClass for claims of the users' own.

    Owns the Kubernetes objects; they go with the cluster. Does not own containers or who may read them.

    Attributes:
        claims: by mount; made only when bound, so that whoever waits for one can mount it.
    """

    claims: dict[str, core.PersistentVolumeClaim]

    def __init__(self, name: str, args: MountsArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:Mounts", name, {}, opts)
        self._args = args
        self._storage_class(name)
        self.claims = {mount.name: self._claim(name, mount) for mount in args.spec.mounts}
        self.register_outputs({})

    def _attributes(self, mount: MountSpec) -> dict[str, pulumi.Input[str]]:
        """How the driver finds the container and proves who asks: by the token of the pod's service account, no key."""
        home = mount.home == "primary"
        return {
            "protocol": "fuse2",
            "storageAccount": self._args.shared.storage_account if home else self._args.account_name,
            "resourceGroup": self._args.shared.storage_resource_group if home else self._args.resource_group_name,
            "containerName": mount.container,
            "clientID": self._args.identity.client_id,
            "tenantID": self._args.identity.tenant_id,
            "mountWithWorkloadIdentityToken": "true",
            "isHnsEnabled": "true",
        }

    def _options(self) -> pulumi.ResourceOptions:
        """Names are fixed, so that old and new cannot stand side by side."""
        options = self._args.place.options(self)
        options.delete_before_replace = True
        return options

    def _volume(self, name: str, mount: MountSpec) -> core.PersistentVolume:
        attributes = self._attributes(mount)
        return core.PersistentVolume(
            f"{name}-{mount.name}-volume",
            metadata=ObjectMetaArgs(name=mount.name),
            spec=core.PersistentVolumeSpecArgs(
                capacity={"storage": mount.size},
                access_modes=_access(mount),
                persistent_volume_reclaim_policy="Retain",
                storage_class_name=STORAGE_CLASS,
                mount_options=list(mount.options),
                claim_ref=core.ObjectReferenceArgs(
                    api_version="v1",
                    kind="PersistentVolumeClaim",
                    namespace=self._args.spec.names.operator_namespace,
                    name=mount.name,
                ),
                csi=core.CSIPersistentVolumeSourceArgs(
                    driver=DRIVER,
                    # Without `#`: the driver takes `a#b#c` apart and could delete the container.
                    volume_handle=pulumi.Output.concat(
                        attributes["storageAccount"], "_", mount.container, "_", mount.name
                    ),
                    volume_attributes=attributes,
                    read_only=mount.read_only,
                ),
            ),
            opts=self._options(),
        )

    def _claim(self, name: str, mount: MountSpec) -> core.PersistentVolumeClaim:
        volume = self._volume(name, mount)
        return core.PersistentVolumeClaim(
            f"{name}-{mount.name}",
            metadata=ObjectMetaArgs(name=mount.name, namespace=self._args.spec.names.operator_namespace),
            spec=core.PersistentVolumeClaimSpecArgs(
                access_modes=_access(mount),
                storage_class_name=STORAGE_CLASS,
                volume_name=mount.name,
                resources=core.VolumeResourceRequirementsArgs(requests={"storage": mount.size}),
            ),
            opts=pulumi.ResourceOptions.merge(
                self._options(),
                # Kubernetes lets no volume go while its claim is there, and the name that ties them never changes.
                pulumi.ResourceOptions(depends_on=[self._args.namespace, volume], replace_with=[volume]),
            ),
        )

    def _storage_class(self, name: str) -> None:
        """For claims of the users' own; it names a container, or each claim would get a new one and share nothing."""
        [mount] = [mount for mount in self._args.spec.mounts if mount.registered]
        StorageClass(
            f"{name}-storage-class",
            metadata=ObjectMetaArgs(name=STORAGE_CLASS),
            provisioner=DRIVER,
            parameters=self._attributes(mount),
            mount_options=list(mount.options),
            reclaim_policy="Retain",
            volume_binding_mode="Immediate",
            allow_volume_expansion=True,
            opts=self._options(),
        )


def _access(mount: MountSpec) -> list[str]:
    return ["ReadOnlyMany"] if mount.read_only else ["ReadWriteMany"]
