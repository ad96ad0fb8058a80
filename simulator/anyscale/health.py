"""How an operator fares, derived from what exists in the world: what its own checks would find there.

Owns the status that the control plane shows. Refuses to be told: only a test may dictate a status
(`ControlPlane.operator_overrides`). The checks of each provider are rows in `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator.anyscale.organization import OPERATOR_AUDIENCE
from simulator.anyscale.resource_rules import at
from simulator.anyscale.state import ControlPlane, Json
from simulator.anyscale.surroundings import Surroundings
from simulator.world import Record

Check = Callable[[Surroundings, Json], Iterator[str]]
"""Yields a sentence for each thing that is wrong."""

TOKEN_EXCHANGE_AUDIENCE = "api://AzureADTokenExchange"  # noqa: S105 - a name, no secret
DATA_ROLES = ("ba92f5b4-2d11-453d-a403-e96b0029c9fe", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b")
"""Storage Blob Data Contributor and Owner: either lets the operator and Ray read and write the bucket."""


def operator_report(plane: ControlPlane, resource: Json) -> Json:
    """`operator_status` and its details, as the resource's readers see them.

    UNSPECIFIED until an operator was first heard of, DISCONNECTED once it is not heard of any more.
    """
    dictated = plane.operator_overrides.get(resource["cloud_resource_id"])
    if dictated is not None:
        wanted: Json = {"status": dictated} if isinstance(dictated, str) else dictated
        return _report(wanted["status"], "simulated", list(wanted.get("check_results", [])), resource)
    release = _release_of(plane, resource)
    around = Surroundings(world=plane.world, release=release) if release else None
    if release is None or around is None or not around.cluster_answers(resource["provider"]):
        return {"operator_status": "DISCONNECTED" if resource.get("heard_of") else "UNSPECIFIED"}
    resource["heard_of"] = True
    results: list[Json] = []
    for name, check in CHECKS.get(resource["provider"], ANYWHERE).items():
        wrong = " ".join(check(around, resource))
        results.append({"name": name, "status": "UNHEALTHY" if wrong else "HEALTHY", "details": wrong})
    status = "UNHEALTHY" if any(r["status"] == "UNHEALTHY" for r in results) else "HEALTHY"
    return _report(status, str(release.inputs.get("version", "")), results, resource)


def _report(status: str, version: str, results: list[Json], resource: Json) -> Json:
    details = {"operator_version": version, "check_results": results, "reported_at": resource["created_at"]}
    return {"operator_status": status, "operator_status_details": details}


def _release_of(plane: ControlPlane, resource: Json) -> Record | None:
    for release in plane.world.records(provider="kubernetes", type_suffix="helm.sh/v3:Release"):
        chart = str(release.inputs.get("chart", ""))
        told = at(release.inputs, "values.global.cloudDeploymentId")
        if chart.endswith("anyscale-operator") and told == resource["cloud_resource_id"]:
            return release
    return None


def check_identity(around: Surroundings, resource: Json) -> Iterator[str]:
    """The operator's pod must be able to act as the very identity that is registered."""
    registered = at(resource, "kubernetes_config.anyscale_operator_iam_identity")
    told = around.value("global.auth.iamIdentity")
    identity = around.identity_with(clientId=told)
    if identity is None:
        yield f"No user-assigned identity has the client id {told} that the operator was installed with."
        if around.identity_with(principalId=told):
            yield "It is a principal id: Helm needs the client id."
        return
    if identity.outputs["principalId"] != registered:
        yield (f"The operator acts as principal {identity.outputs['principalId']}, but {registered} is registered.")
    audience, expected = around.value("global.auth.audience"), f"{OPERATOR_AUDIENCE}/.default"
    if audience != expected:
        yield f"The operator asks for tokens for {audience}, but the control plane takes those for {expected}."
    trusted = [
        credential
        for credential in around.credentials_of(identity)
        if credential.inputs.get("subject") == around.subject
        and credential.inputs.get("issuer") in around.issuers
        and TOKEN_EXCHANGE_AUDIENCE in credential.inputs.get("audiences", [])
    ]
    if not trusted:
        yield f"No federated credential of the identity trusts {around.subject} of this cluster."


def check_bucket(around: Surroundings, resource: Json) -> Iterator[str]:
    """The registered bucket must exist, and the registered principal must hold a data role on it or above it."""
    bucket = at(resource, "object_storage.bucket_name")
    container = around.container(bucket)
    if container is None:
        yield f"The bucket {bucket} does not exist."
        return
    principal = at(resource, "kubernetes_config.anyscale_operator_iam_identity")
    if not around.holds_role(principal, DATA_ROLES, on=container):
        yield f"Principal {principal} may not write to {bucket}: it holds no Storage Blob Data role on it."


def check_volume(around: Surroundings, resource: Json) -> Iterator[str]:
    """The registered volume claim must exist in the operator's namespace."""
    claim = at(resource, "file_storage.persistent_volume_claim")
    if claim and not around.has_object("core/v1:PersistentVolumeClaim", name=claim, namespace=around.namespace):
        yield f"The persistent volume claim {claim} does not exist in namespace {around.namespace}."


def check_gateway(around: Surroundings, resource: Json) -> Iterator[str]:
    """The gateway that the operator is told to use must exist."""
    told: Any = around.value("networking.gateway") or {}
    if not told.get("enabled") or not told.get("name"):
        return
    namespace = told.get("namespace") or around.namespace
    if not around.has_object(":Gateway", name=told["name"], namespace=namespace):
        yield f"The gateway {told['name']} does not exist in namespace {namespace}."


ANYWHERE: Mapping[str, Check] = {"CLOUD_RESOURCES": check_volume, "GATEWAY_RESOURCES": check_gateway}
CHECKS: Mapping[str, Mapping[str, Check]] = {
    "AZURE": {"IAM_IDENTITY": check_identity, "STORAGE_BUCKET": check_bucket, **ANYWHERE},
}
"""Checks by provider, under the names that the real operator reports; of the others only Kubernetes is simulated."""
