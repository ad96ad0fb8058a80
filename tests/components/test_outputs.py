from __future__ import annotations

import shlex
from dataclasses import fields
from types import SimpleNamespace
from typing import Any, cast

import pulumi
import pytest
import yaml
from graph import deploy
from specs import a_spec

from components.outputs import RegionOutputs, get_credentials, next_commands
from stack import contract


def some(value: str) -> pulumi.Output[str]:
    return pulumi.Output.from_input(value)


def exported(
    monkeypatch: pytest.MonkeyPatch, stack: str = "eastus", *, runs: str | None = "1.36.2", **changes: object
) -> dict[str, Any]:
    """What a region exports whose cluster `runs` a version, as another program reads it."""
    told: dict[str, Any] = {}
    secret: list[str] = []

    def build() -> None:
        def record(name: str, value: object) -> None:
            output = pulumi.Output.from_input(value)
            output.apply(lambda plain: told.__setitem__(name, plain))
            pulumi.Output.from_input(output.is_secret()).apply(lambda hidden: secret.append(name) if hidden else None)

        monkeypatch.setattr(pulumi, "export", record)
        parts = {
            "shared": SimpleNamespace(cloud_id=some("cld_1"), cloud_name=some("ray")),
            "cluster": SimpleNamespace(
                cluster_name=some("aks-ray-eastus"),
                resource=SimpleNamespace(current_kubernetes_version=pulumi.Output.from_input(runs)),
            ),
            "identity": SimpleNamespace(client_id=some("c"), principal_id=some("p")),
            "storage": SimpleNamespace(bucket_url=some("abfss://anyscale@a.dfs.core.windows.net")),
            "registration": SimpleNamespace(
                cloud_resource_id=some("cldrsrc_1"), document=some("name: k8s-azure-eastus\n")
            ),
            "operator": SimpleNamespace(operator_status=some("HEALTHY")),
        }
        RegionOutputs.of(spec=a_spec(stack, **changes), **cast("Any", parts)).export()

    deploy(build)
    assert secret == [], "outputs are printed, and read by other stacks"
    return told


def test_what_a_region_exports_is_what_the_contract_lets_others_read(monkeypatch: pytest.MonkeyPatch) -> None:
    told = exported(monkeypatch)
    values = contract.read(contract.RegionValues, told)

    assert set(told) == {contract.VERSION_OUTPUT, *contract.output_names(contract.RegionValues).values()}
    assert values.cluster_name == "aks-ray-eastus"
    assert values.node_pools == [pool.asked.name for pool in a_spec().pools]
    assert values.operator_status == "HEALTHY"
    assert yaml.safe_load(values.cloud_resource_yaml) == {"name": "k8s-azure-eastus"}
    assert (values.cloud_id, values.cloud_resource_id) == ("cld_1", "cldrsrc_1")
    assert values.data_url == "abfss://anyscale@a.dfs.core.windows.net"
    assert values.ingress_hostname == f"{a_spec().names.dns_label}.eastus.cloudapp.azure.com"
    assert (values.identity_client_id, values.identity_principal_id) == ("c", "p"), "one id is not the other"


def test_gpus_are_summed_by_accelerator_over_pools_at_their_largest(monkeypatch: pytest.MonkeyPatch) -> None:
    pools = [
        {"name": "cpu", "vmSize": "Standard_D16ds_v5", "maxCount": 50},
        {"name": "t4", "vmSize": "Standard_NC64as_T4_v3", "maxCount": 5},
        {"name": "t4spot", "vmSize": "Standard_NC16as_T4_v3", "maxCount": 20, "spot": True},
        {"name": "a100", "vmSize": "Standard_NC48ads_A100_v4", "maxCount": 3, "zones": ["1"]},
    ]

    assert exported(monkeypatch, nodePools=pools)["gpus"] == {"A100-80G": 6, "T4": 40}, "4 a node, 1 a node, 2 a node"
    assert exported(monkeypatch, nodePools=pools[:1])["gpus"] == {}, "a region of CPUs has none, and says so"


def test_the_version_is_the_one_that_runs_or_else_the_one_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exported(monkeypatch)["kubernetesVersion"] == "1.36.2"
    assert exported(monkeypatch, runs=None)["kubernetesVersion"] == a_spec().settings.cluster.kubernetes_version


def test_outputs_and_contract_have_the_same_fields() -> None:
    assert [f.name for f in fields(RegionOutputs)] == [f.name for f in fields(contract.RegionValues)]


def test_outputs_of_two_regions_differ_only_in_what_is_the_region_s(monkeypatch: pytest.MonkeyPatch) -> None:
    east, west = exported(monkeypatch), exported(monkeypatch, "westus3")

    assert west["region"] == "westus3"
    assert set(east) == set(west), "people and the fleet read every region in the same way"
    assert west["cloudResourceName"] == "k8s-azure-westus3"


def test_credentials_are_asked_for_in_the_right_subscription_group_and_cluster() -> None:
    spec = a_spec()
    command = shlex.split(get_credentials(spec))

    assert command[:3] == ["az", "aks", "get-credentials"]
    assert dict(zip(command[3::2], command[4::2], strict=True)) == {
        "--subscription": spec.settings.azure.subscription_id,
        "--resource-group": spec.names.resource_group,
        "--name": spec.names.cluster,
    }, "without the subscription az takes whichever is its default"


def test_the_next_commands_are_whole_and_in_order() -> None:
    commands = next_commands(a_spec("westus3"), "ray for all")

    assert [shlex.split(command)[0] for command in commands] == ["az", "kubelogin", "kubectl", "anyscale", "anyscale"]
    verify = shlex.split(commands[3])
    assert verify[verify.index("--name") + 1] == "ray for all", "a name with a space stays one word"
    assert verify[verify.index("--cloud-resource-name") + 1] == "k8s-azure-westus3", "of this region, not of all"
    assert "ray for all" in shlex.split(commands[4])


def test_compute_configs_are_exported_as_yaml_by_mount(monkeypatch: pytest.MonkeyPatch) -> None:
    snippets = exported(monkeypatch)["computeConfigs"]

    assert {name: list(yaml.safe_load(text)) for name, text in snippets.items()} == {
        name: ["advanced_instance_config"] for name in ("checkpoints", "datasets", "models")
    }
