"""Wrong keys, types, regions, clouds and cluster settings."""

from __future__ import annotations

import pytest
from refusals import ABSENT, Case, check, name_of

CASES = (
    # keys
    Case("nodePool", [], ("unknown key", "did you mean 'nodePools'?")),
    Case("node_pools", [], ("unknown key", "did you mean 'nodePools'?")),
    Case("nodePools[0].<x", 5, ("unknown key", "use one of: labels")),
    Case("nodePools[0].maxcount", 5, ("unknown key", "did you mean 'maxCount'?")),
    Case("network.adressSpace", "10.0.0.0/16", ("unknown key", "did you mean 'addressSpace'?")),
    Case("cloud.primery", "eastus", ("unknown key", "use one of: name")),
    Case("cloud.primary", "westus3", ("another kind of section", "excludes name", "keep name, or primary")),
    Case("cluster.admins[0]", "the-team", ("'the-team'", "a section", "write {type: ..., id: ...}")),
    Case("storage", {"retention": 30}, ("30", "{blobDays: ..., containerDays: ...}"), "storage.retention"),
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
    Case("nodePools[0].maxCount", 5.5, ("5.5", "whole number", "round it")),
    Case("nodePools[0].maxCount", True, ("true", "whole number")),
    Case("nodePools[1].spot", "yes", ("'yes'", "true or false", "without quotes")),
    Case("nodePools[0].name", 7, ("7", "text", 'quote it: "7"')),
    Case("nodePools[2].zones", "1", ("'1'", "a list", "brackets: [1]")),
    Case("nodePools[2].taints", {"a": "b"}, ("a section", "a list", "each after a dash")),
    Case("nodePools[2].taints", "s3cr3t" * 10, ("a text of 60 characters", "a list", "each after a dash")),
    Case("nodePools[2].labels", ["a=b"], ("a list", "keys and texts", "a line `key: text`")),
    Case("nodePools[2].zones[0]", 1, ("1", "known values", 'quote it: "1"')),
    Case("cluster.kubernetesVersion", 1.36, ("1.36", "text", 'quote it: "1.36"')),
    Case("anyscale.chartVersion", 1.8, ("1.8", "text", 'quote it: "1.8"')),
    Case("cloud", "ray", ("'ray'", "a section", "write {name: ...} or {primary: ...}")),
    Case("nodePools", {}, ("a section", "a list", "after a dash: - {name: ..., vmSize: ..., maxCount: ...}")),
    Case("nodePools", [], ("an empty list", "1 or more")),
    Case("cluster.admins", [], ("an empty list", "1 or more")),
    Case("network.apiServerClients", [], ("an empty list", "1 or more")),
    Case("tags", {"team": 7}, ("7", "text", "quote it"), "tags.team"),
    Case("sizedFor", "many-job", ("'many-job'", "did you mean 'many-jobs'?")),
    Case("lifecycle", "keep", ("'keep'", "use one of: disposable, protected, retiring")),
    Case("nodePools[0].maxCount", 1001, ("1001", "above 1000", "1000 or less")),
    Case("nodePools[0].maxCount", 0, ("0", "below 1", "1 or more")),
    # where and whose
    Case("azure-native:location", "eastsu", ("'eastsu'", "regions.py", "did you mean 'eastus'?")),
    Case("azure-native:location", "East US", ("'East US'", "did you mean 'eastus'?")),
    Case("azure-native:location", "EAST_US", ("'EAST_US'", "did you mean 'eastus'?")),
    Case("azure-native:location", "Mars", ("'Mars'", "regions.py", "use one of: australiaeast")),
    Case("azure-native:subscriptionId", "my-subscription", ("no GUID", "az account show")),
    Case("cloud.name", "a cloud", ("'a cloud'", "no name", "letters, digits")),
    Case("cloud.primary", "westus3", ("'westus3'", "this very stack", "owns the cloud"), stack="westus3"),
    Case("cloud.primary", "org/project/eastus", ("no name of a stack", "Pulumi.<stack>.yaml"), stack="westus3"),
    Case("vendorPrincipal", "assume", ("'assume'", "ignored", "Pulumi.eastus.yaml"), stack="westus3"),
    # cluster
    Case("cluster.admins[0].id", "the-team", ("'the-team'", "object id", "az ad group")),
    Case("cluster.admins[0]", {"type": "user", "id": "a@b.c"}, ("'a@b.c'", "az ad user"), "cluster.admins[0].id"),
    Case(
        "cluster.admins[0]",
        {"type": "servicePrincipal", "id": "ci"},
        ("'ci'", "az ad sp show"),
        "cluster.admins[0].id",
    ),
    Case(
        "cluster.upgrades",
        {"kubernetes": "stable"},
        ("'stable'", "move past `kubernetesVersion`", "use one of: none, patch"),
        "cluster.upgrades.kubernetes",
    ),
    Case("cluster.upgrades", {"kubernetes": "rapid"}, ("'rapid'", "none, patch"), "cluster.upgrades.kubernetes"),
    Case("cluster.admins[0].type", "role", ("'role'", "use one of: group, servicePrincipal, user")),
    Case(
        "cluster.admins",
        [{"type": "user", "id": "a" * 8 + "-aaaa-aaaa-aaaa-" + "a" * 12}] * 2,
        ("cluster.admins[0] has too", "remove one"),
        "cluster.admins[1].id",
    ),
    Case("cluster.kubernetesVersion", "1.36.2", ("'1.36.2'", "a patch", '"1.36"')),
    Case("cluster.kubernetesVersion", "1.33", ("'1.33'", "older than 1.34", "use one of: 1.34, 1.35, 1.36")),
    Case("cluster.kubernetesVersion", "1.3", ("'1.3'", "older than 1.34")),
    Case("cluster.kubernetesVersion", "1.37", ("'1.37'", "kubernetes.py does not know", "use 1.36, or add the row")),
    Case("cluster.kubernetesVersion", "1.360", ("'1.360'", "kubernetes.py does not know")),
    Case("cluster.kubernetesVersion", "v1.36", ("'v1.36'", "no version of Kubernetes", "did you mean '1.36'?")),
    Case("cluster.kubernetesVersion", "1.36-alpha", ("no version of Kubernetes", "use one of: 1.34")),
    Case("cluster.kubernetesVersion", "latest", ("'latest'", "no version of Kubernetes", "use one of: 1.34")),
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
)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_wrong_stack_file_is_answered_with_one_line(case: Case) -> None:
    check(case)
