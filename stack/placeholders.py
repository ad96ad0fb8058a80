"""Placeholders: what the stack files of this project hold where a user's own values belong."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from stack.base import Problem
from stack.settings import StackSettings

ZERO_ID = "00000000-0000-0000-0000-000000000000"
DOCUMENTATION = tuple(IPv4Network(cidr) for cidr in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
"""Ranges that belong to nobody (RFC 5737)."""


def placeholders(settings: StackSettings) -> Iterator[Problem]:
    """Return each placeholder as a problem of a stack file: fine for a look or the simulator, useless in a cloud."""
    if settings.azure.subscription_id == ZERO_ID:
        yield _problem("azure-native:subscriptionId", ZERO_ID, "your subscription: `az account show --query id`")
    for index, admin in enumerate(settings.cluster.admins):
        if admin.id == ZERO_ID:
            yield _problem(f"cluster.admins[{index}].id", ZERO_ID, f"the object id of a {admin.type} in Entra")
    clients = {
        "network.apiServerClients": settings.network.api_server_clients,
        "anyscale.ingress.clients": settings.anyscale.ingress.clients,
    }
    for path, cidrs in clients.items():
        for index, cidr in enumerate(cidrs):
            if _belongs_to_nobody(cidr):
                yield _problem(f"{path}[{index}]", cidr, "a range of your own, e.g. <your address>/32")


def _belongs_to_nobody(cidr: str) -> bool:
    try:
        network = IPv4Network(cidr)
    except ValueError:  # another check's to tell
        return False
    return any(network.subnet_of(documentation) for documentation in DOCUMENTATION)


def _problem(path: str, found: str, wanted: str) -> Problem:
    return Problem(path=path, found=repr(found), why="which is a placeholder", remedy=f"put in {wanted}")
