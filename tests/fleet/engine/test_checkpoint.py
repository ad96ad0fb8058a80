"""A state that was cut in the middle of a write, and the whole one that takes its place."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from fleet import recover
from fleet.engine.process import Engine
from fleet.errors import FleetError
from tests.fleet.recoveries import (
    AZURE,
    LOCKED,
    POOL_ID,
    POOL_MADE,
    SUBSCRIPTION,
    Pulumi,
    shown,
)


def cut(folder: Path, *, bak: str, backup: str = "") -> Pulumi:
    (folder / "Pulumi.yaml").write_text("name: p\n")
    stacks, backups = folder / ".pulumi/stacks/p", folder / ".pulumi/backups/p/eastus"
    stacks.mkdir(parents=True)
    backups.mkdir(parents=True)
    (stacks / "eastus.json").write_text("{")
    (stacks / "eastus.json.bak").write_text(bak)
    (backups / "eastus.1.json").write_text("{}")
    (backups / "eastus.2.json").write_text(backup)
    pulumi = Pulumi(folder)
    pulumi.unreadable = "error: failed to load checkpoint: place 1: unexpected end of JSON input"
    return pulumi


def checkpoint(*under_way: dict[str, Any]) -> str:
    azure = {"urn": AZURE, "inputs": {"subscriptionId": SUBSCRIPTION}}
    pending = [{"type": "creating", "resource": each} for each in under_way]
    return json.dumps({"checkpoint": {"latest": {"resources": [azure], "pending_operations": pending}}})


def test_a_cut_state_is_replaced_by_the_one_before_and_what_that_had_under_way_is_recovered(tmp_path: Path) -> None:
    pulumi = cut(tmp_path, bak=checkpoint(POOL_MADE))
    found = pulumi.examine()
    assert [command.words[0] for command in found.commands] == ["cp", "pulumi", "pulumi"]
    assert found.under_way[0].id == POOL_ID
    assert SUBSCRIPTION in found.model_dump_json() and '"deployment"' not in found.model_dump_json()

    assert pulumi.carry_out().exit_code == 0
    assert (tmp_path / ".pulumi/stacks/p/eastus.json").read_text() == checkpoint(POOL_MADE)


def test_where_the_one_before_is_cut_too_an_older_one_serves_and_says_what_it_does_not_know(tmp_path: Path) -> None:
    found = cut(tmp_path, bak="", backup=checkpoint()).examine()
    assert found.replacement and found.replacement.file.endswith("eastus.2.json")
    assert "It is from before the run" in shown(found)


@pytest.mark.parametrize("broken", ["[]", "{}", '{"checkpoint": []}', '{"checkpoint": {"latest": 1}}'])
def test_what_is_no_state_does_not_take_the_place_of_one(tmp_path: Path, broken: str) -> None:
    found = cut(tmp_path, bak=broken, backup=checkpoint()).examine()
    assert found.replacement and found.replacement.file.endswith("eastus.2.json"), "an empty one would forget all"


@pytest.mark.parametrize("cut_off", [b"", b"\x1f\x8b", None], ids=["nothing", "the first bytes", "all but the last"])
def test_a_compressed_state_is_replaced_by_the_one_before(tmp_path: Path, cut_off: bytes | None) -> None:
    pulumi = cut(tmp_path, bak="", backup="")
    stacks, whole = tmp_path / ".pulumi/stacks/p", gzip.compress(checkpoint(POOL_MADE).encode())
    for file in stacks.iterdir():
        file.unlink()
    (stacks / "eastus.json.gz").write_bytes(whole[:-1] if cut_off is None else cut_off)
    (stacks / "eastus.json.gz.bak").write_bytes(whole)

    assert pulumi.carry_out().exit_code == 0
    assert (stacks / "eastus.json.gz").read_bytes() == whole

    (stacks / "eastus.json.gz.bak").write_bytes(whole[:-1] if cut_off is None else cut_off)
    (tmp_path / ".pulumi/backups/p/eastus/eastus.3.json.gz").write_bytes(whole)
    found = pulumi.examine()
    assert found.replacement and found.replacement.file.endswith("eastus.3.json.gz"), "the newest"


def test_a_state_that_only_the_engine_can_unpack_is_told_with_what_to_do(tmp_path: Path) -> None:
    pulumi = cut(tmp_path, bak="", backup="")
    (tmp_path / ".pulumi/stacks/p/eastus.json").rename(tmp_path / ".pulumi/stacks/p/eastus.json.zst")
    with pytest.raises(FleetError, match=r"put the newest whole one in its place: .*eastus\.json\.zst\.bak"):
        pulumi.examine()


def test_a_step_that_cannot_be_carried_out_ends_the_recovery_with_what_was_done(tmp_path: Path) -> None:
    pulumi = cut(tmp_path, bak=checkpoint(POOL_MADE))
    pulumi.lock = f"{LOCKED}ann@elsewhere (pid 12) at 2026-11-23T16:13:27Z"
    found = pulumi.examine()
    (tmp_path / ".pulumi/stacks/p/eastus.json.bak").unlink()
    done = recover.carry_out(cast(Engine, pulumi), found, holders=["ann@elsewhere (pid 12)"])
    assert [result.outcome for result in done.results] == ["done", "failed"] and done.exit_code == 1
    assert "No such file" in done.error and "\n" not in done.error


def test_a_cut_state_that_cannot_be_reached_or_replaced_is_told_with_what_to_do(tmp_path: Path) -> None:
    pulumi = cut(tmp_path, bak="{", backup="{")
    with pytest.raises(FleetError, match="no whole one is left"):
        pulumi.examine()
    pulumi.url = "azblob://state?storage_account=x"
    with pytest.raises(FleetError, match=re.escape("In azblob://state?storage_account=x put the newest")):
        pulumi.examine()
