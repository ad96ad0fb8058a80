"""The simulated Kubernetes API servers, seen through the kubernetes provider."""

from simulator.standins.kubernetes.api import Kubernetes

__all__ = ["Kubernetes"]
