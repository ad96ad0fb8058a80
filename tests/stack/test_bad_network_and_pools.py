"""Wrong networks and node pools."""

from __future__ import annotations

import pytest
from refusals import EXISTING, Case, check, name_of

CASES = (
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
    Case(
        "network",
        {**EXISTING, "addressSpace": "10.0.0.0/16"},
        ("another kind of section", "keep apiServerSubnetId, nodeSubnetId, outbound, or addressSpace"),
        "network.addressSpace",
    ),
    Case(
        "network",
        {**EXISTING, "apiServerSubnetId": EXISTING["apiServerSubnetId"].replace("/v/", "/w/")},
        ("a subnet of w", "in the network of the nodes, v"),
        "network.apiServerSubnetId",
    ),
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
    Case("nodePools[0].labels", {"a..b/c": "x"}, ("'a..b/c'", "no key of a label")),
    Case("nodePools[0].labels", {"/c": "x"}, ("'/c'", "no key of a label")),
    Case("nodePools[0].taints", ["A b/c=d:NoSchedule"], ("whose key Kubernetes refuses",), "nodePools[0].taints[0]"),
    Case(
        "nodePools[0].taints",
        ["a=b:NoSchedule", "a=c:NoSchedule"],
        ("key and effect taints[0] has too", "remove one"),
        "nodePools[0].taints[1]",
    ),
    Case("nodePools[0].labels", {"team": "a b"}, ("'team'", "'a b'", "63 letters")),
    Case("nodePools[0].labels", {"kubernetes.azure.com/mode": "x"}, ("belongs to Kubernetes or AKS", "your own")),
    Case("nodePools[1].labels", {"nvidia.com/gpu.count": "2"}, ("follows from the pool: 1", "remove it")),
    Case("nodePools[0].taints", ["team"], ("'team'", "no taint", "key=value:NoSchedule"), "nodePools[0].taints[0]"),
    Case("nodePools[0].taints", ["a=b:NoScheduled"], ("did you mean 'NoSchedule'?",), "nodePools[0].taints[0]"),
    Case("nodePools[0].taints", ["a=b:NoExecute"] * 2, ("taints[0] has too", "remove one"), "nodePools[0].taints[1]"),
    Case("nodePools[1].taints", ["nvidia.com/gpu=x:NoSchedule"], ("follows from the pool",), "nodePools[1].taints[0]"),
    Case("nodePools[0].maxCount", 200, ("256 nodes", "may have 297", "/15 or larger"), "network.podAddresses"),
)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_wrong_stack_file_is_answered_with_one_line(case: Case) -> None:
    check(case)
