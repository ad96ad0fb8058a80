"""Statuses as `up`s leave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from fleet.engine.answers import StackRow
from fleet.status import FleetStatus, fleet_status
from stack import contract
from stack.contract import DeployedValues, RegionValues

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ABSENT = object()


def outputs(stack: str = "eastus", **changes: object) -> dict[str, Any]:
    """What a finished `up` leaves, with changes by field."""
    region = RegionValues(
        region=stack,
        resource_group=f"rg-ray-{stack}",
        cluster_name=f"aks-ray-{stack}",
        kubernetes_version="1.36.2",
        node_pools=["cpu", "a100"],
        gpus={"A100-80G": 8},
        cloud_id="cld_1",
        cloud_name="ray",
        cloud_resource_id=f"cldrsrc_{stack}",
        cloud_resource_name=f"k8s-azure-{stack}",
        identity_client_id="c",
        identity_principal_id="p",
        operator_status="HEALTHY",
        ingress_hostname="h",
        data_url=f"abfss://anyscale@ray{stack}.dfs.core.windows.net",
        cloud_resource_yaml="",
        get_credentials="",
        compute_configs={},
        next_commands=[],
    )
    deployed = DeployedValues(fixed={}, lifecycle="protected", containers=[], cluster_digest="d")
    values = {"contract": contract.VERSION, **asdict(region), **asdict(deployed), **changes}
    names = {**contract.output_names(RegionValues), **contract.output_names(DeployedValues)}
    return {names.get(field, field): value for field, value in values.items() if value is not ABSENT}


def row(**more: object) -> StackRow:
    """As `pulumi stack ls --json` gives it."""
    told = {"name": "eastus", "current": False, "lastUpdate": "2026-11-25T11:00:00.000Z", "resourceCount": 84, **more}
    return StackRow.model_validate(told)


def status(
    told: Mapping[str, Mapping[str, Any]],
    *,
    known: Mapping[str, StackRow] | None = None,
    unread: Mapping[str, str] | None = None,
) -> FleetStatus:
    rows = {name: row(name=name) for name in told} if known is None else known
    return fleet_status(list(told), outputs=told, known=rows, now=NOW, wrong=unread or {})
