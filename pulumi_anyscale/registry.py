"""Every resource of this provider, by its type token."""

from __future__ import annotations

from pulumi_anyscale.cloud import CLOUD
from pulumi_anyscale.cloud_resource import CLOUD_RESOURCE
from pulumi_anyscale.drain import DRAIN
from pulumi_anyscale.handler import Handler
from pulumi_anyscale.operator_ready import OPERATOR_READY

HANDLERS: dict[str, Handler] = {
    handler.type_name: handler for handler in (CLOUD, CLOUD_RESOURCE, OPERATOR_READY, DRAIN)
}
