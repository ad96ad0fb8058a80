"""No secret lies about: not in state, outputs, logs or events; the token nowhere at all."""

from __future__ import annotations

import base64
import json
import re

from engine.deployment import Deployment

from simulator.sandbox import TOKEN


def test_the_token_and_the_kubeconfig_are_nowhere_in_clear(deployed: Deployment) -> None:
    folder = deployed.simulator.folder
    done = deployed.pulumi("up", "--yes", "--stack", "westus3", "--diff", "--show-config", "--logtostderr", "-v=9")
    shown = done.stdout + done.stderr
    written = "".join(
        path.read_text(errors="replace") for path in (folder / "state").rglob("*.json*") if path.is_file()
    )
    exported = deployed.pulumi("stack", "export", "--stack", "westus3").stdout
    outputs = json.dumps(deployed.outputs("westus3"))

    for place, text in {"state": written, "export": exported, "log": shown, "outputs": outputs}.items():
        assert TOKEN not in text, f"the Anyscale token is in the {place}"
    for place, text in {"state": written, "export": exported, "outputs": outputs}.items():
        assert "certificate-authority-data" not in text, f"a kubeconfig is in the {place}"
        assert base64.b64encode(TOKEN.encode()).decode().rstrip("=") not in text


def test_no_key_of_a_storage_account_is_ever_asked_for(deployed: Deployment) -> None:
    asked = {call.type.rpartition(":")[2] for call in deployed.world.invokes}

    assert "listManagedClusterUserCredentials" in asked, "what is asked for is not noted"
    assert {each for each in asked if re.search("key|sas", each, re.IGNORECASE)} == set(), "keys are off"
