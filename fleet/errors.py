"""How the fleet says no: one paragraph, no traceback."""

from __future__ import annotations


class FleetError(Exception):
    """A run that cannot begin, or cannot go on: what was found, why that stops it, what to do."""


class Interrupted(FleetError):
    """Ctrl-C came before it began."""
