from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from graph import Graph, deploy
from specs import a_spec

from components import shared as shared_module
from components.shared import Shared, SharedByAllStacks, SharedByAllStacksArgs
from stack import contract

OUTPUTS: dict[str, Any] = {
    "contract": float(contract.VERSION),
    "sharedCloudId": "cld_1",
    "sharedCloudName": "ray",
    "sharedStorageAccount": "raysharedaccount",
    "sharedStorageAccountId": "/subscriptions/s/raysharedaccount",
    "sharedStorageResourceGroup": "rg-shared",
    "sharedStorageContainers": ["datasets", "models"],
    "sharedStorageAccess": "entra",
}
"""Outputs of a primary, as the engine hands them over: every number a float."""

READ = "pulumi:pulumi:readStackOutputs"


def of_primary(**changes: Any) -> Graph:
    return deploy(lambda: SharedByAllStacks("shared", SharedByAllStacksArgs(spec=a_spec(**changes))))


def read(outputs: Mapping[str, Any], **storage: Any) -> tuple[Graph, dict[str, Any]]:
    """Read the primary in a stack that joins, and return what it took from there."""
    values: dict[str, Any] = {}

    def build() -> None:
        found = Shared.of("eastus", a_spec("westus3", storage=storage))
        pulumi.Output.from_input(vars(found)).apply(values.update)

    return deploy(build, stack="westus3", looked_up={READ: {"outputs": dict(outputs)}}), values


def test_what_the_primary_exports_is_what_the_others_read() -> None:
    exported: dict[str, Any] = {}

    def build() -> None:
        made = SharedByAllStacks("shared", SharedByAllStacksArgs(spec=a_spec())).outputs
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pulumi, "export", lambda name, value: value.apply(lambda v: exported.__setitem__(name, v)))
            made.export()

    deploy(build)
    _, values = read({"contract": 1.0, **exported})
    assert set(exported) == set(OUTPUTS) - {"contract"}, "the version is exported once for the whole stack"
    spec = a_spec()
    assert values["cloud_id"] == "cld_1"
    assert values["storage_account"] == spec.names.shared_storage_account
    assert values["storage_account_id"] == "/azure-native:storage:StorageAccount/shared-data"
    assert values["storage_resource_group"] == spec.names.shared_resource_group
    assert values["storage_containers"] == ["datasets", "models"]


PRIVATE = {**OUTPUTS, "sharedStorageAccess": "private"}


def test_what_lies_behind_private_endpoints_is_refused_where_none_are_made() -> None:
    with pytest.raises(pulumi.RunError, match=r"'eastus' keeps datasets, models behind.*access: private.*westus3.yaml"):
        read(PRIVATE)


@pytest.mark.parametrize(
    ("outputs", "storage"),
    [
        (PRIVATE, {"access": "private"}),
        (PRIVATE, {"mounts": [{"name": name, "home": "region"} for name in ("datasets", "models")]}),
        (OUTPUTS, {"access": "private"}),
    ],
)
def test_whoever_makes_endpoints_or_needs_none_joins(outputs: dict[str, Any], storage: dict[str, Any]) -> None:
    _, values = read(outputs, **storage)

    assert values["cloud_id"] == "cld_1"


def test_reading_registers_a_stack_reference_for_people_and_tools() -> None:
    graph, _ = read(OUTPUTS)

    assert graph.only("pulumi:pulumi:StackReference").inputs["name"] == "organization/anyscale-on-aks/eastus"


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({}, "has no outputs yet"),
        ({k: v for k, v in OUTPUTS.items() if k != "sharedCloudId"}, "has no output sharedCloudId"),
        ({k: v for k, v in OUTPUTS.items() if k != "contract"}, "has no output contract"),
        ({**OUTPUTS, "contract": 99.0}, "speaks contract 99, this program speaks 1"),
    ],
)
def test_a_primary_that_cannot_be_used_is_answered_in_one_line_that_says_what_to_run(
    outputs: dict[str, Any], said: str
) -> None:
    with pytest.raises(pulumi.RunError) as refusal:
        read(outputs)

    [line] = str(refusal.value).splitlines()
    assert line == f"the primary stack 'eastus' {said}: run `pulumi up --stack eastus` first"


def test_a_primary_that_does_not_exist_is_answered_in_one_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object) -> None:
        message = "invoke of read failed: invocation of read returned an error:\nunknown stack"
        raise RuntimeError(message)

    monkeypatch.setattr(shared_module, "stack_outputs", absent)

    with pytest.raises(pulumi.RunError) as refusal:
        read(OUTPUTS)

    [line] = str(refusal.value).splitlines()
    assert "'eastus' cannot be read (unknown stack)" in line, "the engine's own plumbing is no news"
    assert "run `pulumi up --stack eastus` first" in line


def test_a_mount_at_home_in_the_primary_must_be_known_there() -> None:
    with pytest.raises(pulumi.RunError, match=r"has no container corpora: name the mount in Pulumi\.eastus\.yaml too"):
        read(OUTPUTS, mounts=[{"name": "corpora", "home": "primary"}])


def test_a_stack_that_joins_can_own_nothing_that_is_shared() -> None:
    with pytest.raises(TypeError, match="reads what is shared"):
        deploy(lambda: SharedByAllStacks("shared", SharedByAllStacksArgs(spec=a_spec("westus3"))))


def test_the_shared_account_holds_what_has_its_home_in_the_primary() -> None:
    graph, spec = of_primary(), a_spec()

    assert sorted(c.inputs["containerName"] for c in graph.of_type(":BlobContainer")) == ["datasets", "models"]
    assert graph.only(":StorageAccount").inputs["accountName"] == spec.names.shared_storage_account
    assert graph.only(":ResourceGroup").inputs["resourceGroupName"] == spec.names.shared_resource_group


def test_whoever_grants_on_the_shared_account_comes_after_its_containers() -> None:
    def build() -> None:
        made = SharedByAllStacks("shared", SharedByAllStacksArgs(spec=a_spec())).outputs
        pulumi.CustomResource("test:index:Reader", "reader", {"of": made.storage_account_id})

    graph = deploy(build)
    for container in graph.of_type(":BlobContainer"):
        assert container.urn in graph.named("reader").waits_for, "a grant on a container that is not there fails"


@pytest.mark.parametrize(("lifecycle", "protected"), [("protected", True), ("retiring", False), ("disposable", False)])
def test_the_cloud_goes_only_when_the_stack_may(lifecycle: str, protected: bool) -> None:
    cloud = of_primary(lifecycle=lifecycle).only(":Cloud")

    assert cloud.protect is protected
    assert not cloud.retain_on_delete, "a cloud without resources is no data"


def test_the_cloud_has_the_name_that_was_asked_in_the_region_of_the_primary() -> None:
    made = of_primary(cloud={"name": "research"}).only(":Cloud").inputs

    assert {key: made[key] for key in ("name", "region", "provider")} == {
        "name": "research",
        "region": "eastus",
        "provider": "AZURE",
    }


def test_the_vendor_s_principal_is_adopted_before_the_cloud_and_left_to_the_tenant() -> None:
    graph = of_primary()
    principal = graph.only(":ServicePrincipal")

    assert principal.inputs["clientId"] == "086bc555-6989-4362-ba30-fded273e432b"
    assert principal.inputs["useExisting"] is True, "a tenant that already uses Anyscale has it"
    assert principal.retain_on_delete, "it belongs to the tenant: others may use it"
    assert principal.urn in graph.only(":Cloud").waits_for, "who lacks the right should hear it before anything is made"


def test_a_principal_that_is_assumed_needs_no_right_in_entra() -> None:
    assert not of_primary(vendorPrincipal="assume").of_type(":ServicePrincipal")
