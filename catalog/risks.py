"""Secure defaults that a stack file may give up by name: each is taken by a setting, none is accepted by default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Risk:
    """A secure default given up.

    Attributes:
        name: as `acceptRisk` names it.
        what: what is exposed, for the reader of a preview.
    """

    name: str
    what: str


INGRESS_FROM_INTERNET = Risk(
    name="ingress-from-internet",
    what="anyone on the internet may reach the ingress of Ray's dashboards and services",
)
API_SERVER_FROM_INTERNET = Risk(
    name="api-server-from-internet",
    what="anyone on the internet may reach the API server, and only Entra keeps them out",
)
MOUNT_OPTIONS_UNSAFE = Risk(
    name="mount-options-unsafe",
    what="mount options that BlobFuse2 takes but that lose, hide or corrupt data",
)

RISKS: dict[str, Risk] = {
    risk.name: risk for risk in (API_SERVER_FROM_INTERNET, INGRESS_FROM_INTERNET, MOUNT_OPTIONS_UNSAFE)
}
