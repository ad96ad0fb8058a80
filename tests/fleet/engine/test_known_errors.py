"""Errors of the engine, in our words."""

from __future__ import annotations

import pytest

from fleet.engine.known_errors import ERRORS, explained

SAID = {
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
        "created by me@host (pid 42)",
    ),
    "two runs at once at Pulumi's": (
        "error: [409] Conflict: Another update is currently in progress.",
        "fleet recover",
    ),
    "no such stack": ("error: no stack named 'westus4' found", "pulumi stack init westus4"),
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
    assert explained("a\nerror: disk full", command="pulumi up") == "`pulumi up` failed: a disk full"
