"""Helm charts that this program installs, each pinned.

Sources: the charts' own repositories (read 2026-08). A floor is the oldest version that has what the program relies on.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A Helm chart.

    Attributes:
        name: of the chart; for an OCI chart its whole reference.
        repository: address of the repository; None for an OCI chart.
        version: the one installed unless a setting says otherwise.
        floor: oldest usable version; None where no setting chooses.
        source: where chart and version come from.
    """

    name: str
    repository: str | None
    version: str
    floor: str | None
    source: str


ANYSCALE_OPERATOR = Chart(
    name="anyscale-operator",
    repository="https://anyscale.github.io/helm-charts",
    version="1.8.0",
    floor="1.7.0",  # the validation hook, by which a successful install means a valid registration
    source="github.com/anyscale/helm-charts, 2026-08-13",
)
ENVOY_GATEWAY = Chart(
    name="oci://docker.io/envoyproxy/gateway-helm",
    repository=None,
    version="v1.9.2",
    floor=None,
    source="gateway.envoyproxy.io, 1.9 is for Kubernetes 1.33 to 1.36, read 2026-10",
)
NVIDIA_DEVICE_PLUGIN = Chart(
    name="nvidia-device-plugin",
    repository="https://nvidia.github.io/k8s-device-plugin",
    version="0.18.0",
    floor=None,
    source="github.com/NVIDIA/k8s-device-plugin; the version that AKS documents",
)

CHARTS: tuple[Chart, ...] = (ANYSCALE_OPERATOR, ENVOY_GATEWAY, NVIDIA_DEVICE_PLUGIN)
