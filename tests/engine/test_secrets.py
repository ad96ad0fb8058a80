"""No secret lies about: not in state, outputs, logs or events; the token nowhere at all."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

from engine.deployment import Deployment

from simulator.sandbox import TOKEN


def test_the_token_and_the_kubeconfig_are_nowhere_in_clear(deployed: Deployment) -> None:
    folder = deployed.simulator.folder
    done = deployed.pulumi("up", "--yes", "--stack", "westus3", "--diff", "--show-config", "--logtostderr", "-v=9")
    written = "".join(
        path.read_text(errors="replace") for path in (folder / "state").rglob("*.json*") if path.is_file()
    )
    exported = deployed.pulumi("stack", "export", "--stack", "westus3").stdout
    outputs = json.dumps(deployed.outputs("westus3"))
    kept = {"state": written, "export": exported, "outputs": outputs, "terminal": done.stdout}

    for place, text in {**kept, "verbose log": done.stderr}.items():
        assert TOKEN not in text, f"the Anyscale token is in the {place}"
        assert base64.b64encode(TOKEN.encode()).decode().rstrip("=") not in text
    for place, text in kept.items():
        assert "certificate-authority-data" not in text, f"a kubeconfig is in the {place}"
    assert "certificate-authority-data" in done.stderr, "docs/deploy.md says that a verbose log holds the kubeconfig"
    for text in (done.stderr.replace('\\"', '"'), *_decoded(done.stderr)):
        opens = [
            each for each in ("client-key-data", "client-certificate-data", '"token"', '"password"') if each in text
        ]
        assert opens == [], "the kubeconfig in the log only says whom to ask"


def _decoded(log: str) -> Iterator[str]:
    for found in re.findall(r"[A-Za-z0-9+/]{400,}={0,2}", log):
        yield base64.b64decode(found[: len(found) // 4 * 4]).decode(errors="replace")


def test_no_key_of_a_storage_account_is_ever_asked_for(deployed: Deployment) -> None:
    asked = {call.type.rpartition(":")[2] for call in deployed.world.invokes}

    assert "listManagedClusterUserCredentials" in asked, "what is asked for is not noted"
    assert {each for each in asked if re.search("key|sas", each, re.IGNORECASE)} == set(), "keys are off"
