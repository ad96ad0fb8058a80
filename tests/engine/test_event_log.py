"""What the engine tells others of a run, as events, on the terminal and in its state, opens nothing."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from engine.deployment import Deployment

from simulator import anyscale
from simulator.sandbox import TOKEN
from simulator.standins.azure.data_sources import user_credentials


def secrets(deployment: Deployment) -> dict[str, str]:
    """All that the simulated world knows and nobody else should: by name."""
    [cluster] = deployment.world.records(type_suffix=":ManagedCluster")
    answered = user_credentials(cluster)["kubeconfigs"][0]["value"]
    [known] = json.loads(base64.b64decode(answered))["clusters"]
    authority = known["cluster"]["certificate-authority-data"]
    return {
        "token": TOKEN,
        "token in base64": base64.b64encode(TOKEN.encode()).decode().rstrip("="),
        "kubeconfig": authority,
        "kubeconfig in clear": base64.b64decode(authority).decode(),
        "kubeconfig as Azure answers it": answered[:200],
    }


def test_no_secret_is_in_events_output_or_state_not_even_when_a_server_echoes_it(tmp_path: Path) -> None:
    echo = anyscale.Fault(path=r".*/clouds", method="GET", status=403, detail=f"Bearer {TOKEN} may not")
    with Deployment.at(tmp_path, anyscale_faults=anyscale.Faults([echo])) as deployment:
        deployment.init("eastus")
        said = ""
        for succeeds, flags in ((False, ("--skip-preview",)), (True, ("--diff", "--show-config"))):
            log = tmp_path / f"{succeeds}.events"
            words = ("up", "--yes", *flags, "--stack", "eastus", "--event-log", str(log))
            done = deployment.simulator.run("pulumi", *words, PULUMI_DEBUG_COMMANDS="true")
            assert (done.returncode == 0) is succeeds, done.stdout[-4000:]
            said += done.stdout + done.stderr + log.read_text()
        state = deployment.simulator.folder / "state"
        kept = "".join(path.read_text(errors="replace") for path in state.rglob("*") if path.is_file())

        for name, secret in secrets(deployment).items():
            assert secret not in said, f"the {name} is told"
            assert secret not in kept, f"the {name} is in the state"
        assert "Bearer *** may not" in said, "the server echoed nothing"
        assert "[secret]" in said, "the kubeconfig was not on its way"
