"""The registration of a place where Ray can run, the same for every provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import yaml

from components.identity import PrincipalId
from pulumi_anyscale.documents import cloud_resource_document
from pulumi_anyscale.resources import CloudResource


@dataclass(frozen=True, kw_only=True)
class AnyscaleRegistrationArgs:
    """A place where Ray can run, in Anyscale's words: all that an adapter of another cloud has to give.

    Attributes:
        cloud_id: the Anyscale cloud it becomes part of.
        name: unique in that cloud.
        region: as the provider calls it; a free label for `GENERIC`.
        bucket_name: with scheme, e.g. `abfss://container@account.dfs.core.windows.net`, `s3://bucket`.
        bucket_endpoint: origin of the object store without a slash at the end; None where the scheme says it all.
        operator: who the operator is: on Azure the identity's *principal* id, on AWS a role ARN, on GCP an e-mail
            address; None where it brings a token.
        tenant_id: Entra tenant of the operator; Azure only.
        persistent_volume_claim: in the operator's namespace, mounted into every Ray pod; None for none.
        zones: in which pods may be asked for; empty leaves it to the cluster.
        outlived_by: what a running job needs: Anyscale keeps a registration in which jobs run, and a destroy that it
            refuses must not have taken nodes, rights and data from under them.
    """

    cloud_id: pulumi.Input[str]
    name: str
    region: str
    bucket_name: pulumi.Input[str]
    bucket_endpoint: pulumi.Input[str] | None = None
    operator: pulumi.Input[PrincipalId] | pulumi.Input[str] | None = None
    tenant_id: pulumi.Input[str] | None = None
    persistent_volume_claim: pulumi.Input[str] | None = None
    zones: Sequence[str] = ()
    provider: Literal["AZURE", "AWS", "GCP", "GENERIC"] = "AZURE"
    outlived_by: Sequence[pulumi.Resource] = ()


class AnyscaleRegistration(pulumi.ComponentResource):
    """The registration in the Anyscale cloud.

    Owns the cloud resource. Does not own what it names: cluster, bucket, identity, claim.

    Attributes:
        cloud_resource_id: `cldrsrc_...`; what the operator is installed with.
        resource: the cloud resource.
        document: the same registration as the YAML that `anyscale cloud resource create -f` takes.
    """

    cloud_resource_id: pulumi.Output[str]
    resource: CloudResource
    document: pulumi.Output[str]

    def __init__(
        self, name: str, args: AnyscaleRegistrationArgs, *, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("anyscale-on-aks:components:AnyscaleRegistration", name, {}, opts)
        self.resource = CloudResource(
            f"{name}-cloud-resource",
            cloud_id=args.cloud_id,
            name=args.name,
            provider=args.provider,
            region=args.region,
            bucket_name=args.bucket_name,
            bucket_endpoint=args.bucket_endpoint,
            operator_identity=args.operator,
            tenant_id=args.tenant_id,
            persistent_volume_claim=args.persistent_volume_claim,
            zones=list(args.zones) or None,
            # Its name is unique in the cloud, so the old one has to go first.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True, depends_on=list(args.outlived_by)),
        )
        self.cloud_resource_id = self.resource.cloud_resource_id
        self.document = pulumi.Output.all(**_inputs(args)).apply(_as_yaml)
        self.register_outputs(
            {"cloudResourceId": self.cloud_resource_id, "resource": self.resource, "document": self.document}
        )


def _inputs(args: AnyscaleRegistrationArgs) -> dict[str, pulumi.Input[Any]]:
    """The facts under the names of the cloud resource's inputs, as the request that registers is made of."""
    return {
        "name": args.name,
        "provider": args.provider,
        "computeStack": "K8S",
        "region": args.region,
        "bucketName": args.bucket_name,
        "bucketEndpoint": args.bucket_endpoint,
        "operatorIdentity": args.operator,
        "tenantId": args.tenant_id,
        "persistentVolumeClaim": args.persistent_volume_claim,
        "zones": list(args.zones) or None,
    }


def _as_yaml(inputs: Mapping[str, Any]) -> str:
    return yaml.safe_dump(cloud_resource_document(inputs), sort_keys=False)
