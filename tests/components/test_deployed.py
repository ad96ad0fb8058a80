"""What an `up` leaves to the next run, and how the cluster uses it."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from graph import deploy
from pulumi_azure_native import containerservice as aks
from specs import a_spec

from components import deployed
from components.declared import digest
from stack import contract
from stack.contract import DeployedValues

READ = "pulumi:pulumi:readStackOutputs"


def exported(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    told: dict[str, Any] = {}

    def build() -> None:
        monkeypatch.setattr(pulumi, "export", lambda name, value: value.apply(lambda v: told.__setitem__(name, v)))
        deployed.export(a_spec(), pulumi.Output.from_input("0123"))

    deploy(build)
    return told


def read(outputs: dict[str, Any]) -> DeployedValues | None:
    found: list[DeployedValues | None] = []
    deploy(lambda: found.append(deployed.values()), looked_up={READ: {"outputs": outputs}})
    return found[0]


def test_what_a_run_leaves_is_what_the_next_one_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    left = exported(monkeypatch)

    values = read({"contract": float(contract.VERSION), **left})

    assert values is not None
    assert (values.lifecycle, values.cluster_digest) == ("protected", "0123")
    assert values.fixed["network"] == "10.10.0.0/16"
    assert values.containers


@pytest.mark.parametrize("outputs", [{}, {"contract": 1.0}, {"contract": 99.0, "sizedFor": "trial"}])
def test_a_first_run_or_another_contract_leaves_nothing_to_compare_with(outputs: dict[str, Any]) -> None:
    assert read(outputs) is None


def test_a_digest_changes_with_every_value_however_deep_and_with_nothing_else() -> None:
    def of(tier: str, **more: Any) -> str:
        return digest({"sku": aks.ManagedClusterSKUArgs(name="Base", tier=tier), "ranges": ["a", "b"], **more})

    assert of("Standard") == of(aks.ManagedClusterSKUTier.STANDARD), "an enum is its value"
    assert len({of("Standard"), of("Free"), of("Standard", ranges=["b", "a"]), of("Standard", tags={"a": "b"})}) == 4


def test_what_is_known_only_later_has_no_part_in_a_digest() -> None:
    digests: list[str] = []

    def build() -> None:
        digests.extend(digest({"id": pulumi.Output.from_input(id)}) for id in ("a", "b"))

    deploy(build)
    assert digests[0] == digests[1], "a preview that knows less would call it an edit"
