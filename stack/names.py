"""Physical names, from the stack's name: readable, the same in each run, and unique where Azure wants them unique."""

from __future__ import annotations

import hashlib

from stack.settings import OwnsCloud, StackSettings
from stack.spec import Names

OPERATOR_NAMESPACE = "anyscale-operator"
"""Namespace of the operator and of Ray's pods; the chart and the vendor's documents take it for granted."""

DNS_LABEL_LENGTH = 63
ACCOUNT_NAME_LENGTH = 24
_HASH_LENGTH = 8

STACK_NAME_LENGTH = DNS_LABEL_LENGTH - len("ray-") - len("-") - _HASH_LENGTH
"""Longest name of a stack: the DNS label of the ingress holds it whole."""

GROUP_ENDINGS = ("-data", "-nodes", "-shared")
"""What no stack's name ends with: the groups of `a` and of `a-data` would share the name `rg-ray-a-data`."""


def names(stack: str, settings: StackSettings) -> Names:
    """Return every physical name of `stack`.

    The names of what all stacks share are those of the primary; they are empty in a stack that joins, which reads them
    from the primary's outputs.
    """
    subscription = settings.azure.subscription_id.lower()
    primary = isinstance(settings.cloud, OwnsCloud)
    return Names(
        cluster=f"aks-ray-{stack}",
        resource_group=f"rg-ray-{stack}",
        data_resource_group=f"rg-ray-{stack}-data",
        shared_resource_group=f"rg-ray-{stack}-shared-data" if primary else "",
        network=f"vnet-ray-{stack}",
        identity=f"id-ray-{stack}",
        cluster_identity=f"id-ray-{stack}-cluster",
        nat_gateway=f"ng-ray-{stack}",
        nat_prefix=f"ippre-ray-{stack}",
        storage_account=_account_name(subscription, stack, purpose=""),
        shared_storage_account=_account_name(subscription, stack, purpose="shared") if primary else "",
        dns_label=f"ray-{stack}-{_unique(subscription, stack)}",
        cloud_resource=f"k8s-azure-{stack}",
        operator_namespace=OPERATOR_NAMESPACE,
        node_resource_group=f"rg-ray-{stack}-nodes",
    )


def _account_name(subscription: str, stack: str, *, purpose: str) -> str:
    """A name that nobody else in the world has: a long stack name loses its end, the hash still tells it apart."""
    room = ACCOUNT_NAME_LENGTH - len("ray") - len(purpose) - _HASH_LENGTH
    return f"ray{stack.replace('-', '')[:room]}{purpose}{_unique(subscription, stack)}"


def _unique(subscription: str, stack: str) -> str:
    return hashlib.sha256(f"{subscription}{stack}".encode()).hexdigest()[:_HASH_LENGTH]
