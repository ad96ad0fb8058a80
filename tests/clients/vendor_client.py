"""The vendor's own command line against the simulated Anyscale.

Runs in its own environment (`requirements.txt` here), because the vendor's package pins much that the project does not
want. The simulator therefore runs as a process of the project's environment, and is judged by the world it saves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

PROJECT = Path(__file__).parents[2]
PROJECT_PYTHON = PROJECT / ".venv/bin/python"
CLI = Path(sys.executable).with_name("anyscale")
TOKEN = "sss_only-for-the-simulator"  # opens nothing


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """A running simulator, the vendor's client pointed at it, and the world it keeps."""

    url: str
    folder: Path

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the vendor's command line. Its exit code says little: some commands print an error and exit with 0."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ANYSCALE_HOST": self.url,
            "ANYSCALE_CLI_TOKEN": TOKEN,
            # Nothing but the loopback interface: no look-up of newer versions, no telemetry.
            "ANYSCALE_SUPPRESS_UPGRADE_WARNING": "1",
            "ANYSCALE_TELEMETRY_SAMPLE_RATE": "0",
        }
        return subprocess.run(
            [CLI, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    def make_cloud(self, name: str) -> str:
        """A cloud that was there before; its id."""
        body = {"name": name, "provider": "AZURE", "region": "eastus", "credentials": "", "compute_stack": "K8S"}
        request = urllib.request.Request(  # noqa: S310 - the address is our own server's
            f"{self.url}/api/v2/clouds",
            data=json.dumps(body).encode(),
            headers={"authorization": f"Bearer {TOKEN}"},
            method="POST",
        )
        # A client without proxies: the environment's are not for the loopback interface.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.load(answer)["result"]["id"]

    def run_job(self, name: str, cloud_resource_id: str) -> None:
        """Let a user's job run on a registration: nobody can ask the simulated control plane for one."""
        whole = json.loads(self._world.read_text())
        job = {"cloud_resource_id": cloud_resource_id, "name": name, "state": "RUNNING"}
        whole["anyscale"].setdefault("workloads", []).append(job)
        draft = self._world.with_name("job.json")
        draft.write_text(json.dumps(whole))
        draft.replace(self._world)

    @property
    def clouds(self) -> list[Json]:
        return list(self._section.get("clouds", {}).values())

    def bodies(self, method: str, path_end: str) -> list[Any]:
        """Bodies of the requests that the simulator was sent."""
        return [
            request["body"]
            for request in self._section["requests"]
            if request["method"] == method and request["path"].rstrip("/").endswith(path_end)
        ]

    @property
    def _section(self) -> Json:
        return json.loads(self._world.read_text())["anyscale"]

    @property
    def _world(self) -> Path:
        return self.folder / "world.json"


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A region that `pulumi up` deployed.

    Attributes:
        simulated: Anyscale in the same world.
        cloud_resource_yaml: the stack's output of that name.
    """

    simulated: Simulated
    cloud_resource_yaml: str
