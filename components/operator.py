"""The Anyscale operator of one region, with everything it needs inside the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.helm.v3 import Release

from catalog.charts import ANYSCALE_OPERATOR
from components.device_plugin import NvidiaDevicePlugin, NvidiaDevicePluginArgs
from components.gateway import IngressGateway, IngressGatewayArgs
from components.helm import chart_release
from components.identity import ClientId
from components.in_cluster import InCluster
from components.network_policies import network_policies
from components.operator_values import operator_values
from pulumi_anyscale.resources import OperatorReady
from stack.spec import StackSpec

OPERATOR_NAME = "anyscale-operator"


@dataclass(frozen=True, kw_only=True)
class AnyscaleOperatorArgs:
    """What an `AnyscaleOperator` needs.

    Attributes:
        client_id: of the region's identity, never its principal id.
        cluster: the managed cluster; what lives in it goes with it.
        namespace: the operator's.
        wait_for: without which the operator cannot start: federated credentials, roles, claims, pools.
    """

    spec: StackSpec
    cloud_id: pulumi.Input[str]
    cloud_resource_id: pulumi.Input[str]
    client_id: pulumi.Input[ClientId]
    provider: kubernetes.Provider
    cluster: pulumi.CustomResource
    namespace: Namespace
    wait_for: Sequence[pulumi.Resource]


class AnyscaleOperator(pulumi.ComponentResource):
    """The operator's release, the ingress and the GPU plugin it relies on, and the proof that Anyscale hears from it.

    Owns everything that Anyscale needs inside the cluster. Does not own its namespace, in which the claims live too,
    nor the registration.

    Attributes:
        operator_status: as Anyscale sees it; `HEALTHY` once `ready` is there.
        ready: after which workloads can run.
    """

    operator_status: pulumi.Output[str]
    ready: OperatorReady

    def __init__(self, name: str, args: AnyscaleOperatorArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:AnyscaleOperator", name, {}, opts)
        spec, place = args.spec, InCluster(provider=args.provider, cluster=args.cluster)
        child = pulumi.ResourceOptions(parent=self)

        walled: list[pulumi.Resource] = [args.namespace]
        if any(pool.gpu for pool in spec.pools):
            walled.append(NvidiaDevicePlugin(name, NvidiaDevicePluginArgs(spec=spec, place=place), opts=child))
        ingress = IngressGateway(
            name,
            IngressGatewayArgs(
                spec=spec, cloud_resource_id=args.cloud_resource_id, namespace=args.namespace, place=place
            ),
            opts=child,
        )
        walls = network_policies(name, spec, place=place, parent=self, after=[*walled, ingress])
        release = self._release(name, args, place, after=[*args.wait_for, *walls])
        self.ready = OperatorReady(
            f"{name}-operator-ready",
            cloud_id=args.cloud_id,
            cloud_resource_id=args.cloud_resource_id,
            trigger=spec.settings.anyscale.chart_version,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[release]),
        )
        self.operator_status = self.ready.status
        self.register_outputs({"operatorStatus": self.operator_status, "ready": self.ready})

    def _release(
        self, name: str, args: AnyscaleOperatorArgs, place: InCluster, *, after: Sequence[pulumi.Resource]
    ) -> Release:
        """Install the chart.

        An operator belongs to one registration and one cluster: when either is replaced, the old operator goes first.
        Only a changed *input* makes the engine delete a dependent before what it depends on, so the description names
        both.
        """
        replaced_with = pulumi.ResourceOptions(replace_on_changes=["description"], delete_before_replace=True)
        return chart_release(
            f"{name}-operator",
            ANYSCALE_OPERATOR,
            release_name=OPERATOR_NAME,
            namespace=args.spec.names.operator_namespace,
            version=args.spec.settings.anyscale.chart_version,
            values=operator_values(args.spec, cloud_resource_id=args.cloud_resource_id, client_id=args.client_id),
            description=pulumi.Output.concat("serves ", args.cloud_resource_id, " on ", args.cluster.id),
            opts=pulumi.ResourceOptions.merge(place.options(self, after=after), replaced_with),
        )
