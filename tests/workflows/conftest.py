from __future__ import annotations

from tests.fleet.ci.conftest import github, job, server

__all__ = ["github", "job", "server"]
