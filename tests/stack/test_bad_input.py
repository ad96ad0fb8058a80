"""Wrong stack files: all problems at once, each judged for itself; what a risk lifts; what a region lacks."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from refusals import EXISTING, POOL, options, put, refused
from specs import a_spec, stack_values

from stack.base import SettingsError
from stack.load import load


def test_problems_of_types_and_of_meaning_are_told_at_once() -> None:
    values = stack_values()
    for key, value in {
        "nodePools[0].maxCount": "5",
        "nodePools[1].name": "t4-spot",
        "network.addressSpace": "10.10.0.0/33",
        "cluster.kubernetesVersion": 1.36,
        "sizdFor": "trial",
        "anyscale.chartVersion": "1.2.1",
        "acceptRisk": [{"risk": "none", "reason": "no reason"}],
    }.items():
        put(values, key, value)

    assert sorted(problem.partition(": ")[0] for problem in refused(values)) == [
        "acceptRisk[0].risk",
        "anyscale.chartVersion",
        "cluster.kubernetesVersion",
        "network.addressSpace",
        "nodePools[0].maxCount",
        "nodePools[1].name",
        "sizdFor",
    ]


def test_an_unknown_key_hides_nothing_else_of_its_section() -> None:
    values = stack_values()
    put(values, "nodePools[0].maxcount", 5)
    put(values, "nodePools[0].name", "c-p-u")
    put(values, "network.adressSpace", "10.0.0.0/16")
    put(values, "network.addressSpace", "10.10.0.0/33")

    assert sorted(problem.partition(": ")[0] for problem in refused(values)) == [
        "network.addressSpace",
        "network.adressSpace",
        "nodePools[0].maxcount",
        "nodePools[0].name",
    ]


def test_a_key_of_no_kind_of_section_is_answered_with_the_keys_of_every_kind() -> None:
    values = stack_values()
    put(values, "cloud", {"owner": "ray"})

    assert "cloud.owner: unknown key, which would be ignored; use one of: name, primary" in refused(values)


def test_what_a_setting_means_is_told_only_where_nothing_near_was_meant() -> None:
    values = stack_values()
    put(values, "lifecycle", "keep")
    [far] = refused(values)
    put(values, "lifecycle", "Protected")
    [near] = refused(values)

    assert "(`protected`: nothing goes." in far
    assert near.endswith("did you mean 'protected'? Known: disposable, protected, retiring")


@pytest.mark.parametrize(("wrong", "count"), [(["sizdFor"], "1 problem:"), (["sizdFor", "tagz"], "2 problems:")])
def test_a_refusal_counts_its_problems(wrong: list[str], count: str) -> None:
    values = stack_values()
    for key in wrong:
        put(values, key, "x")
    with pytest.raises(SettingsError, match=f"Pulumi.eastus.yaml has {count}\n"):
        load("eastus", values)


def test_keys_of_other_providers_may_be_called_like_ours() -> None:
    assert load("eastus", {**stack_values(), "kubernetes:cluster": "x", "other:tags": "y"})


def test_subnets_of_one_network_may_spell_it_in_any_case() -> None:
    values = stack_values()
    put(values, "network", {**EXISTING, "apiServerSubnetId": EXISTING["apiServerSubnetId"].upper()})
    assert load("eastus", values), "ARM ids are compared without case"


def test_a_section_that_cannot_be_read_hides_nothing_that_is_wrong_without_it() -> None:
    values = stack_values()
    put(values, "sizedFor", "huge")
    put(values, "storage", {"access": "open"})
    put(values, "tags", {"a<b": "x"})
    put(values, "cluster.admins[0].id", "the-team")
    put(values, "nodePools[0].vmSize", 5)
    put(values, "nodePools", [*values["anyscale-on-aks:nodePools"], *({**POOL, "name": f"p{i}"} for i in range(99))])
    window = {"day": "Monday", "start": "02:00"}
    put(values, "cluster.upgrades", {"kubernetesWindow": window, "nodeImageWindow": window})

    assert sorted(problem.partition(": ")[0] for problem in refused(values)) == [
        "cluster.admins[0].id",
        "nodePools[0].vmSize",
        "sizedFor",
        "storage.access",
        "tags",
    ], "how many pools there may be and whether the windows overlap depends on sizedFor"


def test_a_pool_of_fixed_size_is_let_pass() -> None:
    values = stack_values()
    put(values, "nodePools[0].minCount", 50)
    assert load("eastus", values).node_pools[0].min_count == 50


def test_what_could_not_be_read_is_not_judged_beside() -> None:
    values = stack_values()
    put(values, "azure-native:location", 5)
    put(values, "nodePools[0].vmSize", "Standard_ND96isr_H200_v5")

    [problem] = refused(values)
    assert problem.startswith("azure-native:location"), "whether H200 exists there depends on a region nobody knows"


def test_a_risk_is_not_told_while_the_accepted_risks_cannot_be_read() -> None:
    values = stack_values()
    put(values, "network.apiServerClients", ["0.0.0.0/0"])
    put(values, "acceptRisk", [{"risk": "api-server-from-internet", "reason": 5}])

    [problem] = refused(values)
    assert problem.startswith("acceptRisk[0].reason"), "the risk may well be the one that is accepted there"


@pytest.mark.parametrize(
    ("key", "value", "risk"),
    [
        ("network.apiServerClients", ["0.0.0.0/0"], "api-server-from-internet"),
        ("anyscale.ingress.clients", [], "ingress-from-internet"),
        ("storage", options(without="--cancel"), "mount-options-unsafe"),
    ],
)
def test_an_accepted_risk_lets_the_setting_pass(key: str, value: object, risk: str) -> None:
    values = stack_values()
    put(values, key, value)
    [problem] = refused(values)
    assert f"acceptRisk: [{{risk: {risk}, reason: ...}}]" in problem, "the line shows how to accept it"

    put(values, "acceptRisk", [{"risk": risk, "reason": "looked at in review"}])
    assert load("eastus", values).accept_risk[0].risk == risk


def test_an_existing_network_needs_a_subnet_for_private_endpoints_only_where_storage_is_private() -> None:
    values = stack_values()
    put(values, "network", EXISTING)
    load("eastus", values)

    put(values, "storage", {"access": "private"})
    [problem] = refused(values)
    assert problem.startswith("network.privateEndpointSubnetId: absent")


def test_zones_and_zone_redundancy_are_refused_in_a_region_without_zones() -> None:
    values = stack_values("westus3")
    put(values, "azure-native:location", "westcentralus")
    put(values, "nodePools", [{**POOL, "zones": ["1"]}])
    put(values, "storage", {"replication": "Standard_ZRS"})

    zones, replication = refused(values, "westus3")
    assert zones.startswith("nodePools[0].zones: ")
    assert "no availability zones" in zones
    assert replication.startswith("storage.replication: ")
    assert "Standard_LRS" in replication


@pytest.mark.parametrize(("pools", "most"), [(99, True), (100, False)])
def test_a_cluster_has_a_hundred_pools_with_its_own(pools: int, *, most: bool) -> None:
    values = stack_values()
    put(values, "network.podAddresses", "100.64.0.0/12")
    put(values, "nodePools", [{**POOL, "name": f"p{index}", "maxCount": 1} for index in range(pools)])
    if most:
        assert load("eastus", values)
    else:
        [problem] = refused(values)
        assert problem.startswith("nodePools: 100 pools beside the system pool, while an AKS cluster has 100")


@pytest.mark.parametrize(("last", "most"), [(990, True), (991, False)])
def test_a_cluster_has_five_thousand_nodes_with_the_system_pool(last: int, *, most: bool) -> None:
    values = stack_values()
    put(values, "sizedFor", "one-giant-job")
    counts = [1000, 1000, 1000, 1000, last]
    put(values, "nodePools", [{**POOL, "name": f"p{i}", "maxCount": count} for i, count in enumerate(counts)])
    if most:
        assert load("eastus", values)
    else:
        [problem] = refused(values)
        assert problem.startswith("nodePools: 5,001 nodes at most, with the system pool")


@pytest.mark.parametrize("ending", ["-data", "-nodes", "-shared", "-shared-data"])
def test_a_stack_name_by_which_two_stacks_would_share_a_resource_group_is_refused(ending: str) -> None:
    groups = {name for field, name in asdict(a_spec().names).items() if field.endswith("resource_group")}
    other = {name.replace("eastus", f"eastus{ending}") for name in groups}
    assert groups & other, "the reason: what one stack destroys, the other loses"

    [problem] = refused(stack_values(), f"eastus{ending}")
    assert problem.startswith("stack: ")
    assert ending.rpartition("-")[2] in problem


def test_what_ends_the_name_of_a_group_may_begin_a_stack_name() -> None:
    assert load("data-eastus", stack_values())
    assert load("my-data-1", stack_values())


@pytest.mark.parametrize("stack", ["East", "a_b", "-a", "a" * 51])
def test_a_stack_name_that_does_not_fit_into_names_is_refused(stack: str) -> None:
    [problem] = refused(stack_values(), stack)
    assert problem.startswith("stack: ")


def test_pools_larger_than_the_node_subnet_are_refused_with_the_arithmetic() -> None:
    values = stack_values()
    put(values, "network.podAddresses", "100.64.0.0/12")
    put(values, "nodePools[0].maxCount", 990)

    [problem] = refused(values)
    assert all(figure in problem for figure in ("1348 nodes", "/22, has 1019", "lower maxCount")), problem


def test_a_long_stack_name_is_refused_with_the_arithmetic() -> None:
    [problem] = refused(stack_values(), "a" * 57)
    assert all(figure in problem for figure in ("57", "63", "50", "shorten it by 7")), problem


def test_the_section_that_the_loader_makes_of_azure_s_own_keys_is_no_key_to_use() -> None:
    with pytest.raises(SettingsError) as refusal:
        load("eastus", {**stack_values("eastus"), "anyscale-on-aks:zzz": 1})

    assert "use one of: acceptRisk, anyscale, cloud" in str(refusal.value), "it would be refused where it is said"


def test_placeholders_are_told_with_everything_else_but_where_something_stands_in_for_what_was_refused() -> None:
    values = stack_values()
    put(values, "sizdFor", "trial")
    put(values, "network.apiServerClients", ["203.0.113.0/33"])

    with pytest.raises(SettingsError) as refusal:
        load("eastus", values, placeholders_allowed=False)

    assert sorted(problem.partition(": ")[0] for problem in refusal.value.problems) == [
        "anyscale.ingress.clients[0]",
        "azure-native:subscriptionId",
        "cluster.admins[0].id",
        "network.apiServerClients[0]",
        "sizdFor",
    ]
