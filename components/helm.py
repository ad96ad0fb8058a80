"""Helm releases: pinned, and either wholly there or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.helm.v3 import Release, RepositoryOptsArgs

from catalog.charts import Chart

TIMEOUT_SECONDS = 900
"""How long Helm waits for pods and hooks: role assignments made a moment ago may need minutes to take effect."""

MAX_HISTORY = 5
"""Revisions kept; each is a Secret in the cluster."""


def chart_release(
    name: str,
    chart: Chart,
    *,
    release_name: str,
    namespace: str,
    values: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
    version: str | None = None,
    description: pulumi.Input[str] | None = None,
) -> Release:
    """Install `chart` as `release_name` into an existing `namespace`.

    Args:
        version: instead of the catalog's.
        description: kept with the release; what it is about.
    """
    return Release(
        name,
        chart=chart.name,
        version=version or chart.version,
        repository_opts=RepositoryOptsArgs(repo=chart.repository) if chart.repository else None,
        name=release_name,
        namespace=namespace,
        values=values,
        description=description,
        atomic=True,
        cleanup_on_fail=True,
        skip_await=False,
        timeout=TIMEOUT_SECONDS,
        max_history=MAX_HISTORY,
        opts=opts,
    )
