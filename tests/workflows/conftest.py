from __future__ import annotations

from tests.fleet.ci.conftest import github, job, server
from tests.fleet.conftest import pulumi

__all__ = ["github", "job", "pulumi", "server"]
