from __future__ import annotations

from specs import a_spec

from components.network_policies import PolicyRow, policy_rows

CPU_ONLY = [{"name": "cpu", "vmSize": "Standard_D16ds_v5", "maxCount": 2}]


def rows_of(namespace: str, *, pools: object = CPU_ONLY) -> dict[str, PolicyRow]:
    return {row.name: row for row in policy_rows(a_spec(nodePools=pools)) if row.namespace == namespace}


def test_every_namespace_of_ours_is_closed_before_anything_is_let_in() -> None:
    for namespace in ("anyscale-operator", "envoy-gateway-system"):
        closed = rows_of(namespace)["deny-ingress"]
        assert closed.pods == {}, "an empty selector is every pod"
        assert closed.allows == (), f"a policy without a rule is what closes {namespace}"


def test_ray_is_reached_from_its_own_namespace_and_from_envoy_only() -> None:
    rows = rows_of("anyscale-operator")

    assert rows["allow-same-namespace"].allows == [{"from_": [{"pod_selector": {}}]}]
    assert rows["allow-gateway"].allows == [
        {"from_": [{"namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": "envoy-gateway-system"}}}]}
    ]
    assert set(rows) == {"deny-ingress", "allow-same-namespace", "allow-gateway"}, "nothing else is let in"


def test_clients_reach_the_proxies_from_anywhere_but_only_on_the_ports_of_the_gateway() -> None:
    row = rows_of("envoy-gateway-system")["allow-clients"]

    assert row.pods == {"match_labels": {"app.kubernetes.io/component": "proxy"}}
    assert row.allows == [{"ports": [{"port": 10080, "protocol": "TCP"}, {"port": 10443, "protocol": "TCP"}]}], (
        "no `from`: on Cilium 0.0.0.0/0 matches no node, so load-balanced traffic would be dropped; "
        "Envoy listens 10,000 above a privileged port"
    )


def test_the_api_server_may_call_the_controller_s_webhook() -> None:
    row = rows_of("envoy-gateway-system")["allow-api-server"]

    assert row.pods == {"match_labels": {"control-plane": "envoy-gateway"}}
    assert row.allows == [{"ports": [{"port": 9443, "protocol": "TCP"}]}]


def test_the_namespace_of_the_device_plugin_is_closed_where_there_is_one() -> None:
    gpu = [{"name": "t4", "vmSize": "Standard_NC16as_T4_v3", "maxCount": 1}]

    assert set(rows_of("nvidia-device-plugin", pools=gpu)) == {"deny-ingress"}, "nobody calls the plugin"
    assert not rows_of("nvidia-device-plugin"), "a policy for a namespace that does not exist would fail"
