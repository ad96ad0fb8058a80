"""Who holds a stack, and whether that run is over."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path
from typing import cast

import pytest

from fleet import recover
from fleet.engine.lock import life
from fleet.engine.process import Engine
from fleet.errors import FleetError
from tests.fleet.recoveries import (
    LOCKED,
    Pulumi,
)


def test_a_lock_of_another_machine_is_taken_only_when_told(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path)
    pulumi.lock = f"{LOCKED}ann@elsewhere (pid 12) at 2026-11-23T16:13:27Z"
    [lock] = pulumi.examine().locks
    assert (lock.holder, lock.since, lock.run) == ("ann@elsewhere (pid 12)", "2026-11-23T16:13:27Z", "unknown")
    assert pulumi.carry_out().exit_code == 1, "not by --yes alone"
    assert recover.carry_out(cast(Engine, pulumi), pulumi.examine(), holders=[lock.holder]).exit_code == 0
    assert pulumi.verbs == ["cancel"]


def test_what_became_of_a_process_is_told_only_where_it_can_be_seen() -> None:
    here = socket.gethostname()
    with subprocess.Popen(["true"]) as gone:
        pass
    assert life(here, str(gone.pid))[0] == "dead"
    assert life("elsewhere", str(os.getpid()))[0] == "unknown"
    run, why = life(here, str(os.getpid()))
    assert run == "dead" and "python" in why, "its number was given to something else"


def test_a_process_named_pulumi_is_alive(tmp_path: Path) -> None:
    (tmp_path / "pulumi").symlink_to("/bin/sleep")
    with subprocess.Popen([tmp_path / "pulumi", "60"]) as running:
        assert life(socket.gethostname(), str(running.pid))[0] == "alive"
        running.kill()


def test_an_update_that_a_service_holds_is_a_lock_too(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path)
    pulumi.url = "https://app.pulumi.com/somebody"
    assert [lock.run for lock in pulumi.examine().locks] == ["unknown"]


def test_a_backend_that_does_not_say_who_holds_it_is_no_free_stack(tmp_path: Path) -> None:
    pulumi = Pulumi(tmp_path)
    pulumi.lock = "error: incorrect passphrase"
    with pytest.raises(FleetError, match="PULUMI_CONFIG_PASSPHRASE"):
        pulumi.examine()
