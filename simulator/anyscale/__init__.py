"""Anyscale's control plane, simulated: an HTTP server with the contract that the vendor's own client relies on."""

from simulator.anyscale.faults import Fault, Faults, UnusableFaultsError
from simulator.anyscale.server import serve
from simulator.anyscale.state import Polls

__all__ = ["Fault", "Faults", "Polls", "UnusableFaultsError", "serve"]
