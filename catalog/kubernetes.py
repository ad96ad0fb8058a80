"""Kubernetes versions on AKS.

Source: AKS release calendar (azure-aks-docs, read 2026-08-21). The floor is blob CSI driver 1.27, which AKS ships from
1.34 on: older ones cannot mount with workload identity for more than a day. A version that AKS adds later is a row
here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class KubernetesVersion:
    """A minor version.

    Attributes:
        minor: e.g. `1.36`.
        warning: why to leave it soon; None otherwise.
    """

    minor: str
    warning: str | None = None


KUBERNETES_VERSIONS: dict[str, KubernetesVersion] = {
    version.minor: version
    for version in (
        KubernetesVersion(minor="1.34", warning="AKS ends its support in November 2026"),
        KubernetesVersion(minor="1.35"),
        KubernetesVersion(minor="1.36"),
    )
}
