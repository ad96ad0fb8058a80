"""Placeholders: what the stack files of this project hold where a user's own values belong."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from stack.settings import StackSettings

ZERO_ID = "00000000-0000-0000-0000-000000000000"
DOCUMENTATION = tuple(IPv4Network(cidr) for cidr in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
"""Ranges that belong to nobody (RFC 5737)."""


def placeholders(settings: StackSettings) -> list[str]:
    """Return each placeholder as a problem of a stack file: fine for a look or the simulator, useless in a cloud."""
    return list(_all(settings))


def _all(settings: StackSettings) -> Iterator[str]:
    if settings.azure.subscription_id == ZERO_ID:
        yield _line("azure-native:subscriptionId", ZERO_ID, "your subscription: `az account show --query id`")
    for index, admin in enumerate(settings.cluster.admins):
        if admin.id == ZERO_ID:
            yield _line(f"cluster.admins[{index}].id", ZERO_ID, f"the object id of a {admin.type} in Entra")
    clients = {
        "network.apiServerClients": settings.network.api_server_clients,
        "anyscale.ingress.clients": settings.anyscale.ingress.clients,
    }
    for path, cidrs in clients.items():
        for index, cidr in enumerate(cidrs):
            if any(IPv4Network(cidr).subnet_of(documentation) for documentation in DOCUMENTATION):
                yield _line(f"{path}[{index}]", cidr, "a range of your own, e.g. <your address>/32")


def _line(path: str, found: str, wanted: str) -> str:
    return f"{path}: {found!r}, which is a placeholder; put in {wanted}"
