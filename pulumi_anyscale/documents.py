"""A registration in Anyscale's own words: the REST body, and the file of `anyscale cloud resource create -f`.

Owns the mapping between the property names of `CloudResource` and Anyscale's fields, both ways. Pure.
Source: the models of Anyscale's CLI 0.26.112 (`cloud_deployment`, `decorated_cloud_resource`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

Json = dict[str, Any]

_FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "provider": ("provider",),
    "computeStack": ("compute_stack",),
    "region": ("region",),
    "networkingMode": ("networking_mode",),
    "bucketName": ("object_storage", "bucket_name"),
    "bucketRegion": ("object_storage", "region"),
    "bucketEndpoint": ("object_storage", "endpoint"),
    "persistentVolumeClaim": ("file_storage", "persistent_volume_claim"),
    "tenantId": ("azure_config", "tenant_id"),
    "operatorIdentity": ("kubernetes_config", "anyscale_operator_iam_identity"),
    "zones": ("kubernetes_config", "zones"),
    "redisEndpoint": ("kubernetes_config", "redis_endpoint"),
}
"""Our property, and where Anyscale keeps it."""


def cloud_resource_document(inputs: Mapping[str, Any]) -> Json:
    """The registration that `inputs` of a `CloudResource` ask for; what was not given is left out.

    Body of `add_resource` and file of Anyscale's CLI at once: the CLI sends its file as it is.
    """
    document: Json = {}
    for name, path in _FIELDS.items():
        value = inputs.get(name)
        if value is None or value == []:
            continue
        place = document
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = value
    return document


def inputs_of(document: Mapping[str, Any]) -> Json:
    """The way back: inputs from what Anyscale tells about a resource; what it does not tell is absent."""
    inputs: Json = {}
    for name, path in _FIELDS.items():
        value: Any = document
        for part in path:
            value = cast("Mapping[str, Any]", value).get(part) if isinstance(value, Mapping) else None
        if value not in (None, "", []):
            inputs[name] = value
    return inputs
