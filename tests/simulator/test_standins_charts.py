"""Charts and gateways: what they bring, and when their pods would never start."""

from __future__ import annotations

from typing import Any

import pytest
from standins_client import OMIT, SYSTEM_TAINT, Client, Refusal, Standins, build, merged

Json = dict[str, Any]

NAMESPACE = "kubernetes:core/v1:Namespace"
RELEASE = "kubernetes:helm.sh/v3:Release"
GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"

GATEWAY_CHART: Json = {
    "chart": "oci://docker.io/envoyproxy/gateway-helm", "version": "1.5.0", "name": "eg", "namespace": "envoy",
    "createNamespace": True,
    "values": {"deployment": {"pod": {"tolerations": SYSTEM_TAINT}}, "certgen": {"job": {"tolerations": SYSTEM_TAINT}}},
}  # fmt: skip
OPERATOR: Json = {
    "chart": "anyscale-operator", "version": "1.8.0", "name": "anyscale-operator", "namespace": "anyscale-operator",
    "values": {"global": {"cloudDeploymentId": "cldrsrc_1"}, "operator": {"tolerations": SYSTEM_TAINT}},
}  # fmt: skip
PLUGIN: Json = {"chart": "nvidia-device-plugin", "name": "plugin", "namespace": "default"}


REFUSALS: list[tuple[str, Json, str]] = [
    ("a release in an absent namespace", {**PLUGIN, "namespace": "b"}, 'namespaces "b" not found'),
    ("a release of 54 letters", {**PLUGIN, "name": "a" * 54}, "at most 53"),
    ("an operator without tolerations", merged(OPERATOR, {"values": {"operator": OMIT}}),
     "pods of operator stay Pending: 0 of 2 node pools are available: pool system has untolerated taint Critical"),
    ("an operator without its cloud resource", merged(OPERATOR, {"values": {"global": OMIT}}),
     "values.global.cloudDeploymentId is required"),
    ("a gateway whose hook job has no toleration", merged(GATEWAY_CHART, {"values": {"certgen": OMIT}}),
     "pods of certgen stay Pending"),
    ("a gateway without tolerations", merged(GATEWAY_CHART, {"values": {"deployment": OMIT}}),
     "pods of envoy-gateway stay Pending"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "inputs", "text"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_helm_refuses_or_waits_in_vain(
    kubernetes: Client, served: Standins, what: str, inputs: Json, text: str
) -> None:
    with pytest.raises(Refusal, match=text):
        kubernetes.create(RELEASE, "x", inputs)
    assert not served.world.journal[-1].done, f"{what}: a refused write is told as refused"


def test_the_charts_start_with_tolerations_and_bring_their_kinds(kubernetes: Client) -> None:
    _, gateway = kubernetes.create(RELEASE, "eg", GATEWAY_CHART)
    assert gateway["status"] == {
        "status": "deployed", "name": "eg", "namespace": "envoy", "revision": 1, "chart": "gateway-helm",
        "version": "1.5.0", "appVersion": "1.5.0",
    }  # fmt: skip
    kubernetes.create(GATEWAY, "gw", {"apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "gw"}})
    id, operator = kubernetes.create(RELEASE, "operator", OPERATOR)
    assert id == "anyscale-operator/anyscale-operator", "ids are namespace and name"
    assert operator["resourceNames"], "the objects of the release are named"
    again = kubernetes.update(RELEASE, "operator", id, OPERATOR, merged(OPERATOR, {"values": {"a": 1}}))
    assert again["status"]["revision"] == 2, "each update is a revision"


def test_the_operator_is_ready_only_where_its_cloud_resource_is_registered(
    kubernetes: Client, served: Standins
) -> None:
    with served.world.lock:
        served.world.anyscale["resources"] = [{"id": "cldrsrc_other"}]
        served.world.save()
    with pytest.raises(Refusal, match="anyscale.invalid knows no cloud resource cldrsrc_1"):
        kubernetes.create(RELEASE, "operator", OPERATOR)
    with served.world.lock:
        served.world.anyscale["resources"] = [{"id": "cldrsrc_1"}]
        served.world.save()
    assert kubernetes.create(RELEASE, "operator", OPERATOR)[0], "registered, so ready"


def test_a_device_plugin_must_be_allowed_onto_every_gpu_pool(served: Standins) -> None:
    build(
        served.azure(), {"pool": {"agentPoolName": "t4", "vmSize": "Standard_NC16as_T4_v3", "scaleSetPriority": "Spot"}}
    )
    kubernetes, everything = served.kubernetes(), {"values": {"tolerations": [{"operator": "Exists"}]}}
    with pytest.raises(Refusal, match="kept off the GPU pool t4 by the taint kubernetes.azure.com/scalesetpriority"):
        kubernetes.create(RELEASE, "plugin", PLUGIN)
    assert kubernetes.create(RELEASE, "plugin", PLUGIN | everything)[0], "tolerating all taints lets it in"


def test_an_untainted_pool_takes_any_pod(served: Standins) -> None:
    build(served.azure(), {"pool": {"nodeTaints": []}})
    kubernetes = served.kubernetes()
    kubernetes.create(NAMESPACE, "ns", {"metadata": {"name": "anyscale-operator"}})
    assert kubernetes.create(RELEASE, "operator", merged(OPERATOR, {"values": {"operator": OMIT}}))[0], "room on cpu"


def _gateway(kubernetes: Client, tolerations: list[Json], *, label: str = "", waits: bool = False) -> Json:
    kubernetes.create(RELEASE, "eg", GATEWAY_CHART)
    service = {"annotations": {"service.beta.kubernetes.io/azure-dns-label-name": label}}
    looks = {"envoyDeployment": {"pod": {"tolerations": tolerations}}, "envoyService": service}
    proxy = {"apiVersion": "gateway.envoyproxy.io/v1alpha1", "metadata": {"name": "p"}}
    proxy["spec"] = {"provider": {"kubernetes": looks}}
    kubernetes.create("kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy", "p", proxy)
    about = {"apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "eg"}}
    pointer = {"spec": {"parametersRef": {"kind": "EnvoyProxy", "name": "p"}}}
    kubernetes.create("kubernetes:gateway.networking.k8s.io/v1:GatewayClass", "eg", about | pointer)
    annotations = {"pulumi.com/waitFor": "jsonpath={.status.addresses}"} if waits else {}
    gateway = {**about, "metadata": {"name": "gw", "annotations": annotations}, "spec": {"gatewayClassName": "eg"}}
    return kubernetes.create(GATEWAY, "gw", gateway)[1]


def test_a_gateway_gets_an_address_once_its_proxy_can_run(kubernetes: Client) -> None:
    assert _gateway(kubernetes, SYSTEM_TAINT)["status"]["addresses"], "the proxy runs on the system pool"


def test_whoever_waits_for_a_gateway_whose_proxy_cannot_run_is_told_why(kubernetes: Client) -> None:
    with pytest.raises(Refusal, match="timed out waiting for an address: 0 of 2 node pools"):
        _gateway(kubernetes, [], waits=True)


def test_a_gateway_whose_proxy_cannot_run_has_no_address(kubernetes: Client) -> None:
    assert "addresses" not in _gateway(kubernetes, [])["status"], "nothing listens"


def test_a_gateway_whose_label_another_address_has_gets_no_address(kubernetes: Client, served: Standins) -> None:
    azure, type = served.azure(), "azure-native:network:PublicIPAddress"
    address = {"resourceGroupName": "rg", "publicIpAddressName": "a", "dnsSettings": {"domainNameLabel": "ray"}}
    id, _ = azure.create(type, "a", address)
    with pytest.raises(Refusal, match="timed out waiting for an address: .*DnsRecordInUse"):
        _gateway(kubernetes, SYSTEM_TAINT, label="ray", waits=True)

    azure.delete(type, id)
    about = {"apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "gw"}}
    _, made = kubernetes.create(GATEWAY, "gw", {**about, "spec": {"gatewayClassName": "eg"}})

    assert made["status"]["addresses"], "the label is free again"
    with pytest.raises(Refusal, match="DnsRecordInUse"):
        azure.create(type, "a", address)
