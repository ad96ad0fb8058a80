"""Errors of the engine, in our words."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.engine.known_errors import ERRORS, explained
from fleet.typed import Typed

NOT_SIGNED_IN = """DefaultAzureCredential: failed to acquire a token.
Attempted credentials:
	EnvironmentCredential: missing environment variable AZURE_TENANT_ID
	ManagedIdentityCredential authentication failed.
		GET http://169.254.169.254/metadata/identity/oauth2/token
		--------------------------------------------------------------------------------
		RESPONSE 403: 403 Forbidden
		--------------------------------------------------------------------------------
		To troubleshoot, visit https://aka.ms/azsdk/go/identity/troubleshoot#managed-id
"""
"""As the engine prints it where there is no `az login` and no managed identity."""
META = 'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): '

SAID = {
    "a state in Azure without sign-in": (
        META + NOT_SIGNED_IN,
        "PULUMI_BACKEND_URL names was not even asked: `az login`",
    ),
    "a state in Azure without the role": (
        META + "GET https://x.blob.core.windows.net/state/.pulumi/meta.yaml\n---\n"
        "RESPONSE 403: 403 This request is not authorized to perform this operation using this permission.\n"
        "ERROR CODE: AuthorizationPermissionMismatch\n",
        "It takes Storage Blob Data Contributor on the state's container",
    ),
    "a key in Azure without sign-in": (
        "error: getting stack configuration: get stack secrets manager: secrets (code=Unknown): " + NOT_SIGNED_IN,
        "the key vault that keeps the secrets of eastus was not even asked: `az login`",
    ),
    "a key in Azure without the role": (
        (
            "error: getting stack configuration: get stack secrets manager: secrets (code=PermissionDenied): POST "
            "https://x.vault.azure.net/keys/pulumi/decrypt\n---\nRESPONSE 403: 403 Forbidden\nERROR CODE: Forbidden\n"
        ),
        "It takes Key Vault Crypto User on the key",
    ),
    "a key that is nowhere": (
        (
            'error: could not create secrets manager for new stack: secrets (code=Unknown): Post "https://x.vault.azure.net'
            '/keys/pulumi/encrypt?api-version=7.6": dial tcp: lookup x.vault.azure.net: no such host\n'
        ),
        "check `secretsprovider` in Pulumi.eastus.yaml",
    ),
    "wrong passphrase": ("error: get stack secrets manager: incorrect passphrase", "PULUMI_CONFIG_PASSPHRASE"),
    "no passphrase": (
        "error: constructing secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE environment",
        "none was given",
    ),
    "nobody signed in": ("error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive", "pulumi login"),
    "no backend": (
        'error: read ".pulumi/meta.yaml": Get https://x.blob.core.windows.net: dial tcp: lookup x: no such host\n',
        "does not answer (no such host",
    ),
    "two runs at once": (
        "error: the stack is currently locked by 1 lock(s).\n  file:///x.json: created by me@host (pid 42) at 10:00",
        "Another run holds eastus: me@host (pid 42) at 10:00. Wait",
    ),
    "two runs at once at Pulumi's": (
        "error: [409] Conflict: Another update is currently in progress.",
        "fleet recover",
    ),
    "no such stack": ("error: no stack named 'westus4' found", "`fleet up --init --stack westus4` makes it"),
    "a cut state that is compressed": ("error: place 1: unexpected EOF", "was killed while it wrote"),
    "a cut state": ("error: failed to load checkpoint: EOF", "was killed while it wrote"),
    "protected": (
        'Preview failed: resource "urn:x" cannot be deleted because it is protected. To unprotect',
        "lifecycle: retiring",
    ),
}


@pytest.mark.parametrize(("said", "told"), SAID.values(), ids=SAID)
def test_an_error_is_told_with_what_to_do(said: str, told: str) -> None:
    text = explained(said, stack="eastus")

    assert told in text
    assert "\n" not in text, "one paragraph"


def test_every_row_is_met_by_an_example() -> None:
    told = {explained(said, stack="x") for said, _ in SAID.values()}

    assert len(told) == len(ERRORS), "a row that nothing meets is not known to work"


def test_what_no_row_knows_is_told_in_the_engine_s_words() -> None:
    assert explained("a\nerror: disk full", command="pulumi up") == "`pulumi up` failed: disk full"


def test_of_a_long_error_that_no_row_knows_the_beginning_is_kept() -> None:
    said = "warning: old\nerror: the disk is full:\n" + "\n".join(f"frame {number}" for number in range(20))

    assert explained(said, command="pulumi up").startswith("`pulumi up` failed: the disk is full: frame 0")
    assert "frame 9" not in explained(said)


def test_what_to_type_is_spelled_for_the_folder_and_the_simulator() -> None:
    there = Typed(folder=Path("project"), simulated=True)

    told = explained(SAID["two runs at once"][0], stack="eastus", typed=there)

    assert "`fleet --simulated recover eastus --folder project`" in told
