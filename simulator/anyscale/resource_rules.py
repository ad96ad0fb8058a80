"""What a cloud and a registration must look like, as rows; which parts of a registration may change later.

Owns validation (422). Refuses to know what exists: duplicates and states are checked where they are kept.
Sources: the vendor's client models and its Terraform provider's checks. Unknown fields are refused here although the
real server may ignore them: a misspelt field that nobody notices is the worse simulation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

Json = dict[str, Any]
Problems = list[tuple[str, str]]

COMPUTE_STACKS = ("VM", "K8S", "KUBERAY")


@dataclass(frozen=True, kw_only=True)
class ProviderRule:
    """What one provider's registrations must look like.

    Attributes:
        bucket: the whole bucket URL must match it.
        bucket_example: shown where it does not.
        needs_identity: whether the operator acts under a registered identity; others use a token.
        stacks: compute stacks that exist there.
    """

    bucket: str
    bucket_example: str
    needs_identity: bool
    stacks: tuple[str, ...] = COMPUTE_STACKS


_ANY_BUCKET = ProviderRule(bucket=r"\w+://\S+", bucket_example="scheme://bucket", needs_identity=False)

PROVIDERS = {
    "AZURE": ProviderRule(
        bucket=r"(abfss://[a-z0-9-]{3,63}@[a-z0-9]{3,24}\.dfs\.core\.windows\.net/?|azure://[a-z0-9-]{3,63})",
        bucket_example="abfss://container@account.dfs.core.windows.net",
        needs_identity=True,
        stacks=("K8S", "KUBERAY"),
    ),
    "AWS": ProviderRule(bucket=r"s3://\S+", bucket_example="s3://bucket", needs_identity=True),
    "GCP": ProviderRule(bucket=r"gs://\S+", bucket_example="gs://bucket", needs_identity=True),
    "GENERIC": _ANY_BUCKET,
    "PCP": _ANY_BUCKET,
    "CLOUDGATEWAY": _ANY_BUCKET,
}

DOCUMENTATION_BUCKETS = ("s3://my-bucket", "gs://my-bucket")
"""Examples of the vendor's documentation, which its server is known to refuse."""

CLOUD_FIELDS = (
    "name",
    "provider",
    "compute_stack",
    "region",
    "credentials",
    "config",
    "is_k8s",
    "is_aioa",
    "availability_zones",
    "is_bring_your_own_resource",
    "is_private_cloud",
    "cluster_management_stack_version",
    "is_private_service_cloud",
    "auto_add_user",
    "lineage_tracking_enabled",
    "external_id",
    "creator_id",
)

RESOURCE_FIELDS = {
    "cloud_resource_id": (),
    "cloud_deployment_id": (),
    "name": (),
    "provider": (),
    "compute_stack": (),
    "region": (),
    "networking_mode": (),
    "object_storage": ("bucket_name", "region", "endpoint", "s3_addressing_style"),
    "file_storage": (
        "file_storage_id",
        "mount_targets",
        "mount_path",
        "persistent_volume_claim",
        "csi_ephemeral_volume_driver",
    ),
    "kubernetes_config": ("anyscale_operator_iam_identity", "zones", "redis_endpoint", "custom_image_registry"),
    "azure_config": ("tenant_id",),
    "aws_config": None,
    "gcp_config": None,
    "connector_config": None,
}
"""Every field, with the fields inside it; `None` where its inside is not looked at."""

FILE_STORAGE_KINDS = ("persistent_volume_claim", "csi_ephemeral_volume_driver", "file_storage_id")
"""At most one of them."""

IMMUTABLE = (
    "name",
    "provider",
    "compute_stack",
    "region",
    "object_storage.bucket_name",
    "kubernetes_config.anyscale_operator_iam_identity",
)
"""What an update may not change. The real list is not published; these decide what a resource is."""


def cloud_problems(asked: Json) -> Problems:
    """What is wrong with a request for a cloud; `credentials` may be empty but not absent."""
    missing = [(f, "field required") for f in ("name", "provider", "region", "credentials") if asked.get(f) is None]
    unknown = [(f, "extra fields not permitted") for f in asked if f not in CLOUD_FIELDS]
    return missing + unknown + _provider_and_stack(asked)


def resource_problems(asked: Json) -> Problems:
    """What is wrong with a registration, all at once."""
    if problems := _misshapen_fields(asked) + _provider_and_stack(asked):
        return problems
    rule = PROVIDERS[asked["provider"]]
    problems = [] if asked.get("region") else [("region", "field required")]
    if stack_of(asked) == "K8S" and rule.needs_identity and not at(asked, IMMUTABLE[-1]):
        problems.append((IMMUTABLE[-1], f"required for {asked['provider']} on Kubernetes"))
    kinds = [kind for kind in FILE_STORAGE_KINDS if at(asked, f"file_storage.{kind}")]
    if len(kinds) > 1:
        problems.append(("file_storage", f"{' and '.join(kinds)} exclude each other"))
    return problems + _bucket_problems(asked, rule)


def stack_of(asked: Json) -> str:
    return str(asked.get("compute_stack") or "VM")


def at(values: Json, path: str) -> Any:
    """The value at a dotted path; `None` where the way ends early."""
    found: Any = values
    for part in path.split("."):
        found = cast("Json", found or {}).get(part)
    return found


def _bucket_problems(asked: Json, rule: ProviderRule) -> Problems:
    place, bucket = "object_storage.bucket_name", at(asked, "object_storage.bucket_name")
    if not bucket:
        return [(place, "required for Kubernetes")] if stack_of(asked) == "K8S" else []
    if bucket.rstrip("/").lower() in DOCUMENTATION_BUCKETS:
        return [(place, f"{bucket} is an example from the documentation")]
    if not re.fullmatch(rule.bucket, bucket):
        return [(place, f"{bucket} does not fit provider {asked['provider']}: use {rule.bucket_example}")]
    return []


def _provider_and_stack(asked: Json) -> Problems:
    provider, stack = asked.get("provider"), asked.get("compute_stack")
    problems: Problems = []
    if provider not in PROVIDERS:
        problems.append(("provider", f"{provider} is not one of {', '.join(PROVIDERS)}"))
    if stack is not None and stack not in COMPUTE_STACKS:
        problems.append(("compute_stack", f"{stack} is not one of {', '.join(COMPUTE_STACKS)}"))
    elif provider in PROVIDERS and stack is not None and stack not in PROVIDERS[provider].stacks:
        problems.append(("compute_stack", f"{stack} is not supported on {provider}"))
    return problems


def _misshapen_fields(asked: Json) -> Problems:
    unknown = [field for field in asked if field not in RESOURCE_FIELDS]
    flat = [
        field for field, inside in RESOURCE_FIELDS.items() if inside and not isinstance(asked.get(field) or {}, dict)
    ]
    if flat:
        return [(field, "must be an object") for field in flat]
    for field, inside in RESOURCE_FIELDS.items():
        if inside:
            unknown += [f"{field}.{name}" for name in cast("Json", asked.get(field) or {}) if name not in inside]
    return [(field, "extra fields not permitted") for field in unknown]
