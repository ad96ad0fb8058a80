"""Stand-ins for the providers of Azure, Entra and Kubernetes, attached to the real engine."""

from simulator.standins.faults import Fault, Faults
from simulator.standins.latency import Latency
from simulator.standins.serving import serve_all

__all__ = ["Fault", "Faults", "Latency", "serve_all"]
