"""Wrong storage, mount options, operator settings and risks."""

from __future__ import annotations

import pytest
from refusals import ABSENT, BLOCK_CACHE, Case, check, mount, name_of, options

CASES = (
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
    Case("storage", mount(path="/mnt/x/"), ("'/mnt/x/'", "without a slash at its end"), "storage.mounts[0].path"),
    Case("storage", mount(path="/mnt/../etc"), ("no place for data", "below /mnt"), "storage.mounts[0].path"),
    Case(
        "storage", mount(path="/mnt/models"), ("clashes with /mnt/models of mount 'models'",), "storage.mounts[0].path"
    ),
    Case("storage", mount(path="/mnt/models/x"), ("clashes with /mnt/models", "apart"), "storage.mounts[0].path"),
    Case("storage", mount(profile="dataset"), ("did you mean 'datasets'?",), "storage.mounts[0].profile"),
    Case("storage", mount(home="eastus"), ("'eastus'", "use one of: primary, region"), "storage.mounts[0].home"),
    Case("storage", mount(name="blob-fuse2", readOnly=True), ("Anyscale writes",), "storage.mounts[0].readOnly"),
    Case("storage", mount(name="blob-fuse2", path="/mnt/x"), ("ignored", "cluster_storage"), "storage.mounts[0].path"),
    Case(
        "storage",
        mount(name="blob-fuse2", home="primary"),
        ("'primary'", "read-only here", "readOnly: false"),
        "storage.mounts[0].home",
        "westus3",
    ),
    Case("storage", mount(name="local-storage"), ("Anyscale puts storage of its own",), "storage.mounts[0].path"),
    Case("storage", mount(path="/mnt/user_storage/x"), ("Anyscale puts storage",), "storage.mounts[0].path"),
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
    Case(
        "storage", options("-o allow-other"), ("refuses", "did you mean 'allow_other'?"), "storage.mounts[0].options[5]"
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
        ("no node can give", "add a pool: there is none with H100"),
        "anyscale.instanceTypes[0]",
    ),
    Case(
        "anyscale.instanceTypes",
        [{"name": "gpu", "cpus": 4, "memoryGib": 8, "gpus": 1}],
        ("absent", "while gpus is 1", "use one of: A10"),
        "anyscale.instanceTypes[0].accelerator",
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


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_wrong_stack_file_is_answered_with_one_line(case: Case) -> None:
    check(case)
