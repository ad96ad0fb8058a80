"""What a region tells people, other stacks and the fleet: `contract.RegionValues` as stack outputs."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass

import pulumi

from components.cluster import RegionalAksCluster
from components.compute_configs import compute_configs
from components.identity import ClientId, OperatorIdentity, PrincipalId
from components.operator import AnyscaleOperator
from components.operator_values import gateway_hostname
from components.registration import AnyscaleRegistration
from components.shared import Shared
from components.storage import BlobFuseStorage
from stack import contract
from stack.spec import StackSpec


@dataclass(frozen=True, kw_only=True)
class RegionOutputs:
    """`contract.RegionValues` as outputs: each field is one stack output, none of them secret."""

    region: pulumi.Output[str]
    resource_group: pulumi.Output[str]
    cluster_name: pulumi.Output[str]
    kubernetes_version: pulumi.Output[str]
    node_pools: pulumi.Output[list[str]]
    gpus: pulumi.Output[dict[str, int]]
    cloud_id: pulumi.Output[str]
    cloud_name: pulumi.Output[str]
    cloud_resource_id: pulumi.Output[str]
    cloud_resource_name: pulumi.Output[str]
    identity_client_id: pulumi.Output[ClientId]
    identity_principal_id: pulumi.Output[PrincipalId]
    operator_status: pulumi.Output[str]
    ingress_hostname: pulumi.Output[str]
    data_url: pulumi.Output[str]
    cloud_resource_yaml: pulumi.Output[str]
    get_credentials: pulumi.Output[str]
    compute_configs: pulumi.Output[dict[str, str]]
    next_commands: pulumi.Output[list[str]]

    @classmethod
    def of(
        cls,
        *,
        spec: StackSpec,
        shared: Shared,
        cluster: RegionalAksCluster,
        identity: OperatorIdentity,
        storage: BlobFuseStorage,
        registration: AnyscaleRegistration,
        operator: AnyscaleOperator,
    ) -> RegionOutputs:
        """The outputs of a region from its parts."""
        known = pulumi.Output.from_input
        return cls(
            region=known(spec.region.name),
            resource_group=known(spec.names.resource_group),
            cluster_name=cluster.cluster_name,
            kubernetes_version=cluster.resource.current_kubernetes_version.apply(
                lambda runs: runs or spec.settings.cluster.kubernetes_version
            ),
            node_pools=known([pool.asked.name for pool in spec.pools]),
            gpus=known(gpus(spec)),
            cloud_id=shared.cloud_id,
            cloud_name=shared.cloud_name,
            cloud_resource_id=registration.cloud_resource_id,
            cloud_resource_name=known(spec.names.cloud_resource),
            identity_client_id=identity.client_id,
            identity_principal_id=identity.principal_id,
            operator_status=operator.operator_status,
            ingress_hostname=known(gateway_hostname(spec)),
            data_url=storage.bucket_url,
            cloud_resource_yaml=registration.document,
            get_credentials=known(get_credentials(spec)),
            compute_configs=known(compute_configs(spec)),
            next_commands=shared.cloud_name.apply(lambda cloud: next_commands(spec, cloud)),
        )

    def export(self) -> None:
        """Export each field, and the version by which they are read."""
        pulumi.export(contract.VERSION_OUTPUT, contract.VERSION)
        for field, output in contract.output_names(contract.RegionValues).items():
            pulumi.export(output, getattr(self, field))


def gpus(spec: StackSpec) -> dict[str, int]:
    """The most GPUs that the pools may have together, by accelerator: their limit, not what Azure has free."""
    most = Counter[str]()
    for pool in spec.pools:
        if pool.gpu:
            most[pool.gpu.name] += pool.asked.max_count * pool.size.gpus
    return dict(sorted(most.items()))


def get_credentials(spec: StackSpec) -> str:
    """The command that lets `kubectl` in, for whoever `cluster.admins` names."""
    return (
        f"az aks get-credentials --subscription {spec.settings.azure.subscription_id}"
        f" --resource-group {spec.names.resource_group} --name {spec.names.cluster}"
    )


def next_commands(spec: StackSpec, cloud: str) -> list[str]:
    """What to run after an `up`, in this order: get in, look around, check the registration, run a first job."""
    cloud = shlex.quote(cloud)
    return [
        get_credentials(spec),
        "kubelogin convert-kubeconfig --login azurecli",
        f"kubectl --namespace {spec.names.operator_namespace} get pods,gateways,persistentvolumeclaims",
        f"anyscale cloud verify --name {cloud} --cloud-resource-name {spec.names.cloud_resource}",
        f"anyscale job submit --cloud {cloud} --wait -- python -c 'import ray; print(ray.cluster_resources())'",
    ]
