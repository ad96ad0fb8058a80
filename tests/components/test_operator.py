from __future__ import annotations

import itertools
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from graph import Declared, Graph, deploy
from pulumi_azure_native import containerservice
from specs import a_spec

from catalog.kubernetes import KUBERNETES_VERSIONS
from components.identity import ClientId
from components.namespace import operator_namespace
from components.operator import AnyscaleOperator, AnyscaleOperatorArgs
from stack.spec import StackSpec

GPU_POOLS = [{"name": "t4", "vmSize": "Standard_NC16as_T4_v3", "maxCount": 1}]
CPU_POOLS = [{"name": "cpu", "vmSize": "Standard_D16ds_v5", "maxCount": 1}]


def an_operator(spec: StackSpec | None = None) -> Graph:
    """Everything inside the cluster of one region."""

    def build() -> None:
        given = spec or a_spec(nodePools=GPU_POOLS)
        cluster = containerservice.ManagedCluster("eastus-cluster", resource_group_name="rg")
        provider = kubernetes.Provider("eastus-kubernetes", kubeconfig="a")
        region = pulumi.ComponentResource("test:index:Region", "eastus")
        credential = containerservice.AgentPool("eastus-cpu", resource_group_name="rg", resource_name_="c")
        AnyscaleOperator(
            "eastus",
            AnyscaleOperatorArgs(
                spec=given,
                cloud_id="cld_1",
                cloud_resource_id="cldrsrc_a_b",
                client_id=ClientId("the-client-id"),
                provider=provider,
                cluster=cluster,
                namespace=operator_namespace("eastus", spec=given, provider=provider, cluster=cluster, parent=region),
                wait_for=[credential],
            ),
            opts=pulumi.ResourceOptions(parent=region),
        )

    return deploy(build)


def in_cluster(graph: Graph) -> list[Declared]:
    return [r for r in graph.declared if r.type.startswith("kubernetes:")]


def waits(graph: Graph, later: str, earlier: str) -> bool:
    return graph.waits(graph.named(later), graph.named(earlier))


def test_everything_comes_in_the_order_that_does_not_wait_for_itself() -> None:
    graph = an_operator()
    order = [
        "eastus-gateway-namespace",
        "eastus-envoy-gateway",
        "eastus-envoy-proxy",
        "eastus-gateway-class",
        "eastus-gateway",
        "eastus-operator",
        "eastus-operator-ready",
    ]

    for earlier, later in itertools.pairwise(order):
        assert waits(graph, later, earlier), f"{later} needs {earlier}"
    assert waits(graph, "eastus-gateway", "eastus-operator-namespace"), "it lies in the operator's namespace"
    assert waits(graph, "eastus-operator", "eastus-cpu"), "identity, claims and pools come before the operator"
    assert waits(graph, "eastus-operator", "eastus-anyscale-operator-deny-ingress"), "no minute of an open namespace"
    assert waits(graph, "eastus-operator", "eastus-device-plugin")


def test_only_the_gateway_s_address_is_waited_for() -> None:
    gateway = an_operator().named("eastus-gateway").inputs["metadata"]["annotations"]

    assert gateway["pulumi.com/waitFor"] == "jsonpath={.status.addresses[*].value}", (
        "readiness needs certificates that the operator makes, and the operator comes later"
    )


def test_the_listeners_hold_the_certificates_that_the_operator_will_make() -> None:
    listeners = an_operator().named("eastus-gateway").inputs["spec"]["listeners"]

    assert [(listener["protocol"], listener["port"], listener.get("hostname")) for listener in listeners] == [
        ("HTTP", 80, None),
        ("HTTPS", 443, "*.i.anyscaleuserdata.com"),
        ("HTTPS", 443, "*.s.anyscaleuserdata.com"),
    ], "without the plain listener there is no address before there are certificates"
    assert [listener["tls"]["certificateRefs"][0]["name"] for listener in listeners[1:]] == [
        "anyscale-cldrsrc-a-b-certificate",
        "anyscale-svc-cldrsrc-a-b-certificate",
    ], "the operator turns underscores into hyphens"
    assert {listener["allowedRoutes"]["namespaces"]["from"] for listener in listeners} == {"Same"}


def test_the_proxies_have_a_known_name_keep_client_addresses_and_run_on_the_system_pool() -> None:
    spec = a_spec(nodePools=CPU_POOLS, anyscale={"ingress": {"clients": ["198.51.100.0/24"]}})
    graph = an_operator(spec)
    proxy = graph.named("eastus-envoy-proxy").inputs["spec"]["provider"]["kubernetes"]

    service = proxy["envoyService"]
    assert service["annotations"]["service.beta.kubernetes.io/azure-dns-label-name"] == spec.names.dns_label
    assert service["externalTrafficPolicy"] == "Local"
    assert service["loadBalancerSourceRanges"] == ["198.51.100.0/24"]
    assert proxy["envoyDeployment"]["replicas"] == 2, "one node may go"
    assert proxy["envoyPDB"] == {"minAvailable": 1}, "an upgrade may not drain both at once"
    [spread] = proxy["envoyDeployment"]["pod"]["topologySpreadConstraints"]
    assert spread["topologyKey"] == "kubernetes.io/hostname", "two on one node go together"
    assert spread["labelSelector"]["matchLabels"] == {"gateway.envoyproxy.io/owning-gateway-name": "anyscale"}, (
        "else the constraint counts no pod and spreads nothing"
    )
    assert proxy["envoyDeployment"]["pod"]["tolerations"] == [{"key": "CriticalAddonsOnly", "operator": "Exists"}]
    assert graph.named("eastus-gateway-class").inputs["spec"]["parametersRef"] == {
        "group": "gateway.envoyproxy.io",
        "kind": "EnvoyProxy",
        "name": graph.named("eastus-envoy-proxy").inputs["metadata"]["name"],
        "namespace": "envoy-gateway-system",
    }, "else the class makes proxies with Envoy Gateway's own defaults"


def test_the_controller_and_its_certificate_hook_run_on_the_system_pool() -> None:
    values = an_operator().named("eastus-envoy-gateway").inputs["values"]
    system = [{"key": "CriticalAddonsOnly", "operator": "Exists"}]

    assert values["deployment"]["pod"]["tolerations"] == system
    assert values["certgen"]["job"]["tolerations"] == system, "a hook that stays Pending fails the whole release"


def test_every_release_is_pinned_waited_for_and_rolled_back_when_it_fails() -> None:
    releases = an_operator().of_type(":Release")

    assert {release.inputs["name"] for release in releases} == {
        "anyscale-operator",
        "envoy-gateway",
        "nvidia-device-plugin",
    }, "fixed names, so that a killed run finds its releases"
    for release in releases:
        assert release.inputs["version"], f"{release.name} would follow the newest chart"
        assert release.inputs["atomic"] is True
        assert release.inputs["cleanupOnFail"] is True
        assert release.inputs["skipAwait"] is False, "a release that does not wait proves nothing"
        assert release.inputs["timeout"] >= 900, "roles may take minutes to take effect"
        assert release.inputs["maxHistory"] > 0, "0 keeps every revision as a Secret"


def test_the_charts_come_from_where_the_catalog_says() -> None:
    graph = an_operator(a_spec(nodePools=GPU_POOLS, anyscale={"chartVersion": "1.7.2"}))
    operator, envoy = graph.named("eastus-operator").inputs, graph.named("eastus-envoy-gateway").inputs

    assert (operator["chart"], operator["version"]) == ("anyscale-operator", "1.7.2"), "the stack file chooses"
    assert operator["repositoryOpts"] == {"repo": "https://anyscale.github.io/helm-charts"}
    assert envoy["chart"] == "oci://docker.io/envoyproxy/gateway-helm"
    assert "repositoryOpts" not in envoy, "an OCI chart has no repository beside its name"


def test_a_new_registration_or_cluster_gets_a_new_operator() -> None:
    release = an_operator().named("eastus-operator")

    assert "cldrsrc_a_b" in release.inputs["description"], "an input, since order alone never deletes a dependent first"
    assert "eastus-cluster" in release.inputs["description"]
    assert release.replace_on_changes == ("description",), "values may change without a new operator"
    assert release.delete_before_replace, "two operators of one name cannot stand side by side"


def test_the_operator_is_ready_when_anyscale_says_so_and_is_asked_again_after_an_upgrade() -> None:
    ready = an_operator().named("eastus-operator-ready").inputs

    assert (ready["cloudId"], ready["cloudResourceId"]) == ("cld_1", "cldrsrc_a_b")
    assert ready["trigger"] == "1.8.0"


def test_everything_inside_the_cluster_speaks_to_that_cluster_and_goes_with_it() -> None:
    graph = an_operator()
    cluster, provider = graph.named("eastus-cluster").urn, graph.named("eastus-kubernetes").urn

    assert len(in_cluster(graph)) > 10
    for resource in in_cluster(graph):
        assert resource.provider.startswith(provider), f"{resource.name} would go to whatever kubeconfig is about"
        assert resource.deleted_with == cluster, f"a dead API server would keep {resource.name} from going"


def test_without_gpus_there_is_no_device_plugin() -> None:
    graph = an_operator(a_spec(nodePools=CPU_POOLS))

    assert not [r for r in graph.declared if "device-plugin" in r.name]


def test_namespaces_say_what_pods_they_let_in_and_in_which_version_s_meaning() -> None:
    levels: dict[str, Any] = {
        namespace.inputs["metadata"]["name"]: namespace.inputs["metadata"]["labels"]
        for namespace in an_operator().of_type(":Namespace")
    }
    prefix = "pod-security.kubernetes.io/"

    assert {name: (labels[f"{prefix}enforce"], labels[f"{prefix}warn"]) for name, labels in levels.items()} == {
        "anyscale-operator": ("privileged", "baseline"),  # the identity webhook adds a privileged init container
        "envoy-gateway-system": ("baseline", "restricted"),
        "nvidia-device-plugin": ("privileged", "privileged"),  # a host path
    }
    for labels in levels.values():
        assert labels[f"{prefix}audit"] == labels[f"{prefix}warn"]
        assert labels[f"{prefix}enforce-version"] == f"v{min(KUBERNETES_VERSIONS)}", "an upgrade changes nothing"


def test_network_policies_reach_the_cluster_as_kubernetes_spells_them() -> None:
    spec = an_operator().named("eastus-anyscale-operator-allow-gateway").inputs["spec"]

    assert spec == {
        "podSelector": {},
        "policyTypes": ["Ingress"],
        "ingress": [
            {"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "envoy-gateway-system"}}}]}
        ],
    }, "what leaves a pod stays open"
