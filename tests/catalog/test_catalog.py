from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from specs import ROOT

from catalog.blobfuse import FLAGS, FORBIDDEN
from catalog.charts import CHARTS
from catalog.gpus import GPUS
from catalog.mounts import MOUNTS, PROFILES
from catalog.regions import REGIONS
from catalog.roles import ROLES
from catalog.sizing import SIZINGS, Sizing
from catalog.vm_sizes import REGIONS_READ, VM_SIZES

MODULES = sorted(path for path in (ROOT / "catalog").glob("*.py") if path.name not in ("__init__.py", "risks.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_module_of_facts_says_where_they_come_from_and_when_they_were_read(module: Path) -> None:
    text = " ".join(module.read_text().split('"""')[1].split())

    assert re.search(r"20\d\d-\d\d", text), "a fact without a date cannot be doubted"
    assert re.search(r"[Ss]ource", text), "a fact without a source cannot be checked"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_the_catalog_imports_nothing_of_this_project(module: Path) -> None:
    assert not re.search(r"^(from|import) (stack|components|pulumi)", module.read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize("rows", [REGIONS, GPUS, VM_SIZES, SIZINGS, MOUNTS, FLAGS], ids=len)
def test_a_row_stands_under_its_own_name(rows: dict[str, Any]) -> None:
    assert [row.name for row in rows.values()] == list(rows)


def test_rows_name_rows_that_exist() -> None:
    assert {size.gpu for size in VM_SIZES.values()} - {None} == set(GPUS), "each GPU has a size, and each size its GPU"
    assert {sizing.system_vm_size for sizing in SIZINGS.values()} <= set(VM_SIZES)
    assert {mount.profile for mount in MOUNTS.values()} <= set(PROFILES)
    assert {*REGIONS_READ, *(region for size in VM_SIZES.values() for region in size.zones)} <= set(REGIONS)
    assert set(FORBIDDEN) <= set(FLAGS)


def test_sizes_that_every_pool_needs_have_what_the_cluster_runs_on_each_node() -> None:
    assert all(size.vcpus >= 4 for size in VM_SIZES.values()), "LocalDNS needs four vCPUs, and every pool has it"
    assert all(VM_SIZES[sizing.system_vm_size].gpu is None for sizing in SIZINGS.values())


def test_a_size_is_absent_only_where_it_was_looked_up() -> None:
    h200 = VM_SIZES["Standard_ND96isr_H200_v5"]
    assert h200.absent_from("eastus")
    assert not h200.absent_from("westus3")
    assert not h200.absent_from("swedencentral"), "nobody looked there, so nobody may refuse it"
    assert not VM_SIZES["Standard_D8ds_v5"].absent_from("eastus")


def test_all_selectors_differ() -> None:
    assert len({tuple(gpu.selectors.items()) for gpu in GPUS.values()}) == len(GPUS)


def test_roles_are_built_in_ones_and_none_is_wide() -> None:
    assert len({role.id for role in ROLES}) == len(ROLES)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", role.id) for role in ROLES)
    assert not {role.name for role in ROLES} & {"Owner", "Contributor", "User Access Administrator"}
    assert ROLES[0].definition_id("s").startswith("/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/")


def test_a_chart_is_pinned_and_not_older_than_its_floor() -> None:
    for chart in CHARTS:
        assert re.fullmatch(r"v?\d+\.\d+\.\d+", chart.version), "a range would change without a change of ours"
        if chart.floor:
            assert chart.floor <= chart.version


@pytest.mark.parametrize("sizing", SIZINGS.values(), ids=lambda row: row.name)
def test_no_size_of_a_cluster_kills_a_task_that_still_runs(sizing: Sizing) -> None:
    autoscaler = sizing.autoscaler
    assert autoscaler["max_graceful_termination_sec"] == "600", "AKS advises 30 seconds for bursts"
    assert sizing.nat_prefix in range(28, 32), "Azure makes no other public prefix for a NAT gateway"


def test_there_are_the_regions_that_anyscale_lists() -> None:
    assert len(REGIONS) >= 12
    assert REGIONS["westcentralus"].zones == ()
