"""Wrong stack files: each is a real one with one thing wrong, answered with one line: where, why, what to do."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest
from specs import stack_values

from stack.base import SettingsError
from stack.load import PROJECT, load

ABSENT = object()
POOL = {"name": "extra", "vmSize": "Standard_D8ds_v5", "maxCount": 2}
SUBNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets"
EXISTING = {
    "nodeSubnetId": f"{SUBNET}/nodes",
    "apiServerSubnetId": f"{SUBNET}/api",
    "outbound": "userDefinedRouting",
    "apiServerClients": ["10.0.0.0/24"],
}
BLOCK_CACHE = [
    "-o allow_other",
    "--cancel-list-on-mount-seconds=0",
    "--disable-writeback-cache=true",
    "--block-cache",
    "--block-cache-pool-size=1024",
]


class Case(NamedTuple):
    """Put `value` at `key` of a stack file; expect one problem at `path` (default: `key`) that has all `words`."""

    key: str
    value: object
    words: tuple[str, ...]
    path: str | None = None
    stack: str = "eastus"


def mount(**keys: object) -> dict[str, object]:
    return {"mounts": [{"name": "scratch", **keys}]}


def options(*more: str, without: str = "nothing") -> dict[str, object]:
    return mount(options=[option for option in (*BLOCK_CACHE, *more) if not option.startswith(without)])


CASES = (
    # keys
    Case("nodePool", [], ("unknown key", "did you mean 'nodePools'?")),
    Case("node_pools", [], ("unknown key", "did you mean 'nodePools'?")),
    Case("nodePools[0].maxcount", 5, ("unknown key", "did you mean 'maxCount'?")),
    Case("network.adressSpace", "10.0.0.0/16", ("unknown key", "did you mean 'addressSpace'?")),
    Case("cloud.primery", "eastus", ("unknown key", "use one of: name")),
    Case("storage", {"acces": "entra"}, ("unknown key", "did you mean 'access'?"), "storage.acces"),
    Case("cluster.upgrades", {"window": {}}, ("unknown key", "kubernetesWindow"), "cluster.upgrades.window"),
    Case("cloud", ABSENT, ("absent", "required", "owns the cloud")),
    Case("cluster", ABSENT, ("absent", "required", "who administers")),
    Case("network", ABSENT, ("absent", "required", "addressSpace")),
    Case("nodePools", ABSENT, ("absent", "required", "Pools of nodes")),
    Case("nodePools[1].vmSize", ABSENT, ("absent", "required", "vm_sizes")),
    Case("network.apiServerClients", ABSENT, ("absent", "required", "machine that runs pulumi")),
    Case("azure-native:location", ABSENT, ("absent", "required", "Azure region")),
    # types
    Case("nodePools[0].maxCount", "5", ("'5'", "whole number", "without quotes")),
    Case("nodePools[0].maxCount", 5.5, ("5.5", "whole number")),
    Case("nodePools[0].maxCount", True, ("true", "whole number")),
    Case("nodePools[1].spot", "yes", ("'yes'", "true or false", "without quotes")),
    Case("nodePools[0].name", 7, ("7", "text", 'quote it: "7"')),
    Case("nodePools[2].zones", "1", ("'1'", "a list", "brackets")),
    Case("nodePools[2].zones[0]", 1, ("1", "known values", 'quote it: "1"')),
    Case("cluster.kubernetesVersion", 1.36, ("1.36", "text", 'quote it: "1.36"')),
    Case("anyscale.chartVersion", 1.8, ("1.8", "text", 'quote it: "1.8"')),
    Case("cloud", "ray", ("'ray'", "a section", "below it")),
    Case("nodePools", {}, ("a section", "a list", "brackets")),
    Case("nodePools", [], ("a list", "less than 1", "1 or more")),
    Case("cluster.admins", [], ("a list", "less than 1", "1 or more")),
    Case("network.apiServerClients", [], ("a list", "less than 1", "1 or more")),
    Case("tags", {"team": 7}, ("7", "text", "quote it"), "tags.team"),
    Case("sizedFor", "many-job", ("'many-job'", "did you mean 'many-jobs'?")),
    Case("lifecycle", "keep", ("'keep'", "use one of: disposable, protected, retiring")),
    Case("nodePools[0].maxCount", 1001, ("1001", "above 1000", "1000 or less")),
    Case("nodePools[0].maxCount", 0, ("0", "below 1", "1 or more")),
    # where and whose
    Case("azure-native:location", "eastsu", ("'eastsu'", "regions.py", "did you mean 'eastus'?")),
    Case("azure-native:location", "Mars", ("'Mars'", "regions.py", "use one of: australiaeast")),
    Case("azure-native:subscriptionId", "my-subscription", ("no GUID", "az account show")),
    Case("cloud.name", "a cloud", ("'a cloud'", "no name", "letters, digits")),
    Case("cloud.primary", "westus3", ("'westus3'", "this very stack", "owns the cloud"), stack="westus3"),
    Case("cloud.primary", "org/project/eastus", ("no name of a stack", "Pulumi.<stack>.yaml"), stack="westus3"),
    Case("vendorPrincipal", "assume", ("'assume'", "ignored", "Pulumi.eastus.yaml"), stack="westus3"),
    Case("tags", {"stack": "x"}, ("tag of this program", "remove it"), "tags.stack"),
    Case("tags", {"a<b": "x"}, ("'a<b'", "no key", "without <"), "tags"),
    Case("tags", {"a": "x" * 257}, ("257 characters", "256", "shorten"), "tags.a"),
    Case("tags", {f"t{i}": "x" for i in range(49)}, ("49 tags", "more than the 50", "remove 1"), "tags"),
    # cluster
    Case("cluster.admins[0].id", "the-team", ("'the-team'", "object id", "az ad group")),
    Case("cluster.admins[0].type", "role", ("'role'", "use one of: group, servicePrincipal, user")),
    Case(
        "cluster.admins",
        [{"type": "user", "id": "a" * 8 + "-aaaa-aaaa-aaaa-" + "a" * 12}] * 2,
        ("cluster.admins[0] has too", "remove one"),
        "cluster.admins[1].id",
    ),
    Case("cluster.kubernetesVersion", "1.36.2", ("'1.36.2'", "a patch", '"1.36"')),
    Case("cluster.kubernetesVersion", "1.33", ("'1.33'", "kubernetes.py", "1.34, 1.35, 1.36")),
    Case("cluster.kubernetesVersion", "1.99", ("'1.99'", "kubernetes.py", "1.36")),
    Case(
        "cluster.upgrades",
        {
            "kubernetesWindow": {"day": "Sunday", "start": "23:00"},
            "nodeImageWindow": {"day": "Monday", "start": "02:00"},
        },
        ("overlaps kubernetesWindow", "at once", "another day"),
        "cluster.upgrades.nodeImageWindow",
    ),
    Case(
        "cluster.upgrades",
        {"kubernetesWindow": {"day": "Monday", "start": "24:00"}},
        ("'24:00'", "no time of day", '"02:00"'),
        "cluster.upgrades.kubernetesWindow.start",
    ),
    Case(
        "cluster.upgrades",
        {"kubernetesWindow": {"day": "Monday", "start": 720}},
        ("720", "text", "quote it"),
        "cluster.upgrades.kubernetesWindow.start",
    ),
    Case(
        "cluster.upgrades",
        {"nodeImageWindow": {"day": "Monday", "start": "02:00", "utcOffset": "2"}},
        ("'2'", "offset", '"+02:00"'),
        "cluster.upgrades.nodeImageWindow.utcOffset",
    ),
    Case(
        "cluster.upgrades",
        {"nodeImageWindow": {"day": "Monday", "start": "02:00", "hours": 2}},
        ("2", "below 4", "4 or more"),
        "cluster.upgrades.nodeImageWindow.hours",
    ),
    # network
    Case("network.addressSpace", "10.10.0.0", ("no IPv4 range", "add a prefix length")),
    Case("network.addressSpace", "10.10.0.0/33", ("no IPv4 range", "e.g. 10.10.0.0/16")),
    Case("network.addressSpace", "10.10.3.0/16", ("no IPv4 range", "clear the bits", "10.10.0.0/16")),
    Case("network.addressSpace", "10.10.0.0/255.255.0.0", ("no IPv4 range",)),
    Case("network.addressSpace", "fd00::/16", ("no IPv4 range",)),
    Case("network.addressSpace", "8.8.0.0/16", ("'8.8.0.0/16'", "no private range", "10.0.0.0/8")),
    Case("network.addressSpace", "10.10.0.0/21", ("a /21", "/20 or larger")),
    Case("network.addressSpace", "172.31.0.0/16", ("overlaps 172.31.0.0/16", "reserves", "apart")),
    Case("network.addressSpace", "172.16.0.0/20", ("service range 172.16.0.0/16", "apart")),
    Case("network.addressSpace", "10.244.0.0/20", ("10.244.0.0/16", "overlaps addressSpace"), "network.podAddresses"),
    Case("network.podAddresses", "10.10.0.0/16", ("overlaps addressSpace 10.10.0.0/16", "apart")),
    Case("network.podAddresses", "10.300.0.0/16", ("no IPv4 range",)),
    Case("network.podAddresses", "192.0.0.0/16", ("192.0.2.0/24", "reserves")),
    Case("network.podAddresses", "169.254.0.0/16", ("reserves",)),
    Case("network.podAddresses", "10.99.0.0/18", ("64 nodes", "may have 98", "/17 or larger")),
    Case("network.apiServerClients[0]", "0.0.0.0/0", ("anyone on the internet", "api-server-from-internet")),
    Case("network.apiServerClients[0]", "128.0.0.0/1", ("anyone on the internet", "api-server-from-internet")),
    Case("network.apiServerClients[0]", "203.0.113.7", ("no IPv4 range", "203.0.113.7/32")),
    Case(
        "network.apiServerClients",
        ["198.51.100.0/24", "198.51.100.0/24"],
        ("stands at [0]", "remove it"),
        "network.apiServerClients[1]",
    ),
    Case("network.apiServerClients", [f"11.0.{i}.0/24" for i in range(201)], ("201 ranges", "takes 200", "join")),
    Case("network", {**EXISTING, "outbound": "loadBalancer"}, ("'loadBalancer'", "use one of"), "network.outbound"),
    Case("network", {**EXISTING, "nodeSubnetId": "nodes"}, ("'nodes'", "no ARM id"), "network.nodeSubnetId"),
    Case(
        "network",
        {**EXISTING, "apiServerSubnetId": EXISTING["nodeSubnetId"]},
        ("the subnet of nodeSubnetId", "one of its own"),
        "network.apiServerSubnetId",
    ),
    Case("network", {**EXISTING, "addressSpace": "10.0.0.0/16"}, ("unknown key",), "network.addressSpace"),
    # node pools
    Case("nodePools[1].name", "t4-spot", ("'t4-spot'", "AKS refuses", "lower-case letters and digits")),
    Case("nodePools[1].name", "4spot", ("'4spot'", "a letter first")),
    Case("nodePools[1].name", "teslat4onspot", ("13 characters", "shorten it to 12", "'teslat4onspo'")),
    Case("nodePools[1].name", "cpu", ("'cpu'", "nodePools[0] has too", "another name")),
    Case("nodePools[1].name", "system", ("every cluster has", "another name")),
    Case("nodePools[0].minCount", 51, ("51", "above maxCount 50", "50 or less")),
    Case("nodePools[0].vmSize", "Standard_D16ds_v4", ("vm_sizes.py", "did you mean 'Standard_D16ds_v5'?")),
    Case("nodePools[0].vmSize", "D16ds_v5", ("vm_sizes.py", "did you mean 'Standard_D16ds_v5'?")),
    Case("nodePools[0].vmSize", "Standard_ND96isr_H200_v5", ("eastus does not have", "eastus2, westus2, westus3")),
    Case("nodePools[0].vmSize", "Standard_NV12ads_A10_v5", ("part of one A10", "use Standard_NV36ads_A10_v5")),
    Case("nodePools[2].zones", ["2"], ("zones 2", "in zones 1 only", "az vm list-skus")),
    Case("nodePools[0].zones", ["1", "1"], ("a zone twice", "once")),
    Case("nodePools[0].zones", ["4"], ("'4'", "use one of: 1, 2, 3"), "nodePools[0].zones[0]"),
    Case("nodePools[0].osDiskGib", 20, ("20", "below 30", "30 or more")),
    Case("nodePools[0].labels", {"nvidia.com//gpu": "x"}, ("'nvidia.com//gpu'", "no key of a label")),
    Case("nodePools[0].labels", {"team": "a b"}, ("'team'", "'a b'", "63 letters")),
    Case("nodePools[0].labels", {"kubernetes.azure.com/mode": "x"}, ("belongs to Kubernetes or AKS", "your own")),
    Case("nodePools[1].labels", {"nvidia.com/gpu.count": "2"}, ("follows from the pool: 1", "remove it")),
    Case("nodePools[0].taints", ["team"], ("'team'", "no taint", "key=value:NoSchedule"), "nodePools[0].taints[0]"),
    Case("nodePools[0].taints", ["a=b:NoScheduled"], ("did you mean 'NoSchedule'?",), "nodePools[0].taints[0]"),
    Case("nodePools[0].taints", ["a=b:NoExecute"] * 2, ("stands there twice",), "nodePools[0].taints[1]"),
    Case("nodePools[1].taints", ["nvidia.com/gpu=x:NoSchedule"], ("follows from the pool",), "nodePools[1].taints[0]"),
    Case("nodePools[0].maxCount", 200, ("256 nodes", "may have 297", "/15 or larger"), "network.podAddresses"),
    # storage
    Case("storage", {"access": "public"}, ("'public'", "use one of: entra, private"), "storage.access"),
    Case("storage", {"retention": {"blobDays": 0}}, ("0", "below 1"), "storage.retention.blobDays"),
    Case("storage", mount(name="Scratch"), ("'Scratch'", "name of a claim"), "storage.mounts[0].name"),
    Case("storage", mount(container="Scratch"), ("'Scratch'", "name of a container"), "storage.mounts[0].container"),
    Case("storage", mount(container="anyscale"), ("Anyscale keeps its own",), "storage.mounts[0].container"),
    Case(
        "storage", mount(container="datasets", home="primary"), ("'datasets' has too",), "storage.mounts[0].container"
    ),
    Case("storage", mount(path="/data"), ("'/data'", "below /mnt"), "storage.mounts[0].path"),
    Case("storage", mount(path="/mnt/../etc"), ("no place for data", "below /mnt"), "storage.mounts[0].path"),
    Case(
        "storage", mount(path="/mnt/models"), ("clashes with /mnt/models of mount 'models'",), "storage.mounts[0].path"
    ),
    Case("storage", mount(path="/mnt/models/x"), ("clashes with /mnt/models", "apart"), "storage.mounts[0].path"),
    Case("storage", mount(profile="dataset"), ("did you mean 'datasets'?",), "storage.mounts[0].profile"),
    Case("storage", mount(home="eastus"), ("'eastus'", "use one of: primary, region"), "storage.mounts[0].home"),
    Case("storage", mount(name="blob-fuse2", readOnly=True), ("Anyscale writes",), "storage.mounts[0].readOnly"),
    Case(
        "storage",
        mount(lifecycle={"coolAfterDays": 30, "deleteAfterDays": 30}),
        ("30", "not after coolAfterDays 30", "31 or more"),
        "storage.mounts[0].lifecycle.deleteAfterDays",
    ),
    Case(
        "storage",
        {**mount(lifecycle={"coolAfterDays": 30}), "replication": "Premium_ZRS"},
        ("premium storage has no cool tier",),
        "storage.mounts[0].lifecycle.coolAfterDays",
    ),
    Case(
        "storage",
        mount(name="models", lifecycle={"deleteAfterDays": 9}),
        ("container of the primary", "Pulumi.eastus.yaml"),
        "storage.mounts[0].lifecycle",
        "westus3",
    ),
    Case(
        "storage",
        {"mounts": [{"name": "scratch"}, {"name": "scratch", "container": "other", "path": "/mnt/other"}]},
        ("storage.mounts[0] has too", "rename one"),
        "storage.mounts[1].name",
    ),
    # mount options
    Case(
        "storage", options("--filecache"), ("BlobFuse2 does not know", "did you mean"), "storage.mounts[0].options[5]"
    ),
    Case("storage", options("-o noatime"), ("refuses", "no pod would start"), "storage.mounts[0].options[5]"),
    Case("storage", options("-oro"), ("neither", "one option an item"), "storage.mounts[0].options[5]"),
    Case("storage", options("--foreground"), ("never become ready", "remove it"), "storage.mounts[0].options[5]"),
    Case("storage", options("--log-compress=true"), ("2.5.5", "nodes have 2.5.4"), "storage.mounts[0].options[5]"),
    Case("storage", options("--max-retry=many"), ("a whole number",), "storage.mounts[0].options[5]"),
    Case("storage", options("--block-cache-prefetch=5"), ("below 11", "use 0"), "storage.mounts[0].options[5]"),
    Case("storage", options(without="--disable"), ("old size", "mount-options-unsafe"), "storage.mounts[0].options"),
    Case("storage", options(without="--cancel"), ("list nothing", "mount-options-unsafe"), "storage.mounts[0].options"),
    Case(
        "storage",
        {"mounts": [{"name": "scratch", "profile": "models", "options": BLOCK_CACHE}]},
        ("'models'", "ignored beside options"),
        "storage.mounts[0].profile",
    ),
    # Anyscale
    Case("anyscale.chartVersion", "1.2.1", ("'1.2.1'", "older than 1.7.0", "1.7.0 up")),
    Case("anyscale.chartVersion", "latest", ("'latest'", "no version", '"1.8.0"')),
    Case("anyscale.ingress", ABSENT, ("no range", "ingress-from-internet"), "anyscale.ingress.clients"),
    Case("anyscale.ingress.clients[0]", "0.0.0.0/0", ("anyone on the internet", "ingress-from-internet")),
    Case(
        "anyscale.instanceTypes",
        [{"name": "big", "cpus": 64, "memoryGib": 8}],
        ("64 CPUs", "no node"),
        "anyscale.instanceTypes[0]",
    ),
    Case(
        "anyscale.instanceTypes",
        [{"name": "gpu", "cpus": 4, "memoryGib": 8, "gpus": 1, "accelerator": "A100"}],
        ("'A100'", "gpus.py", "A100-80G"),
        "anyscale.instanceTypes[0].accelerator",
    ),
    Case(
        "anyscale.instanceTypes",
        [{"name": "gpu", "cpus": 4, "memoryGib": 8, "gpus": 1, "accelerator": "H100"}],
        ("no node can give", "no pool with H100"),
        "anyscale.instanceTypes[0]",
    ),
    Case(
        "anyscale.instanceTypes",
        [{"name": "gpu", "cpus": 4, "memoryGib": 8, "accelerator": "T4"}],
        ("0", "while accelerator is 'T4'"),
        "anyscale.instanceTypes[0].gpus",
    ),
    Case(
        "anyscale.instanceTypes",
        [{"name": "a b", "cpus": 1, "memoryGib": 1}],
        ("'a b'", "8CPU-32GB"),
        "anyscale.instanceTypes[0].name",
    ),
    # risks
    Case(
        "acceptRisk", [{"risk": "ingress", "reason": "behind a VPN"}], ("'ingress'", "risks.py"), "acceptRisk[0].risk"
    ),
    Case(
        "acceptRisk",
        [{"risk": "ingress-from-internet", "reason": "because"}],
        ("'because'", "less than 8 characters", "8 or more"),
        "acceptRisk[0].reason",
    ),
    Case(
        "acceptRisk",
        [{"risk": "ingress-from-internet", "reason": "behind a VPN"}] * 2,
        ("acceptRisk[0] accepts already", "join the reasons"),
        "acceptRisk[1].risk",
    ),
)


def put(values: dict[str, Any], key: str, value: object) -> None:
    """Put `value` at `key`, e.g. `nodePools[1].name`, of the content of a stack file; `ABSENT` takes the key away."""
    full = key if key.startswith("azure-native:") else f"{PROJECT}:{key}"
    first, *rest = re.findall(r"[^.\[\]]+", full) if "azure-native:" not in key else [full]
    parts: list[str | int] = [first, *(int(part) if part.isdigit() else part for part in rest)]
    inner: Any = values
    for part in parts[:-1]:
        inner = inner[part]
    if value is ABSENT:
        del inner[parts[-1]]
    else:
        inner[parts[-1]] = value


def refused(values: dict[str, Any], stack: str = "eastus") -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refusal:
        load(stack, values)
    return refusal.value.problems


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.path or case.key}-{case.words[0]}"[:60])
def test_a_wrong_stack_file_is_answered_with_one_line(case: Case) -> None:
    values = stack_values(case.stack)
    put(values, case.key, case.value)

    [problem] = refused(values, case.stack)

    assert problem.startswith(f"{case.path or case.key}: "), "the line begins with the place"
    assert all(word in problem for word in case.words), f"{problem!r} says what was found, why, and what to do"
    assert re.fullmatch(r"\S+: .+, .+; .+", problem), "each line has all four parts"


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(CASES) >= 60


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
