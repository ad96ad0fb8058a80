"""Whether the clouds are simulated."""

from __future__ import annotations

import os


def simulated() -> bool:
    """True where the engine was given providers that already listen, which nobody does for a real cloud."""
    return "azure-native:" in os.environ.get("PULUMI_DEBUG_PROVIDERS", "")
