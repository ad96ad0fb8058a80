"""Every create, delete and read goes wrong once: what the hooks promise passes, the rest converges by repeating."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from engine.deployment import Deployment
from engine.sweep import CREATE, DELETE, DELETE_WAITED_OUT, READ, OnceEach, Thing, in_state, in_world, recover
from engine.test_faults import ADD, no_duplicates

from simulator import anyscale

MOST_RUNS = 20
ALL_AT_ONCE = ("--parallel", "64")
"""So that what is held back does not hold up the rest."""
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
CLOUDS, ONE_CLOUD = r".*/clouds", r".*/clouds/cld_\w+"
BUSY_CREATES = (
    anyscale.Fault(path=CLOUDS, method="POST", status=409, delay_seconds=1),
    anyscale.Fault(path=ADD, status=409, delay_seconds=1),
)
BUSY_DELETES = (anyscale.Fault(path=ONE_CLOUD, method="DELETE", status=409, times=2),)
BUSY_REMOVAL = (anyscale.Fault(path=r".*/remove_resource", status=409, times=2),)


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """eastus, made although every create went wrong.

    Attributes:
        folder: of the deployment, which is closed.
        faults: what its things met.
        spare: faults of Anyscale's API that did not strike.
    """

    folder: Path
    faults: OnceEach
    spare: tuple[anyscale.Fault, ...]


@pytest.fixture(scope="module")
def undisturbed(both_regions: Path) -> dict[Thing, dict[str, Any]]:
    """What the state of eastus holds where nothing goes wrong."""
    with Deployment.at(both_regions) as deployment:
        return in_state(deployment, "eastus")


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory, undisturbed: dict[Thing, dict[str, Any]]) -> Sweep:
    """Repeats `up`, and does what it says, until it succeeds."""
    folder, faults, busy = tmp_path_factory.mktemp("created"), OnceEach(CREATE, "create"), anyscale.Faults(BUSY_CREATES)
    with Deployment.at(folder, faults=faults, anyscale_faults=busy) as deployment:
        deployment.init("eastus")
        deployment.edit("eastus", lambda settings: settings.update(lifecycle="disposable"))

        def up() -> CompletedProcess[str]:
            done = deployment.up("eastus", *ALL_AT_ONCE, check=False)
            there = {(record.type, record.key) for record in deployment.world.records()}
            stuck = [thing for thing, met in faults.met.items() if met.passes and thing not in there]
            assert stuck == [], f"the same run should have got over it:\n{done.stdout[-4000:]}"
            if "already exist" in done.stdout or "cannot re-use a name" in done.stdout:
                assert "an earlier run was cut off" in done.stdout, "nobody is told what to do"
                recover(deployment, "eastus", undisturbed)
            return done

        repeat(up)
    return Sweep(folder=folder, faults=faults, spare=busy.unused)


def repeat(run: Callable[[], CompletedProcess[str]]) -> None:
    done = run()
    for _ in range(MOST_RUNS):
        assert "Traceback" not in done.stdout + done.stderr, "an error of the cloud is no error of the program"
        if done.returncode == 0:
            return
        done = run()
    raise AssertionError(f"still failing:\n{done.stdout[-4000:]}")


@pytest.fixture
def copy(created: Sweep, tmp_path: Path) -> Path:
    """A folder with eastus in it, of the test's own."""
    return Path(shutil.copytree(created.folder, tmp_path / "own", symlinks=True))


def test_every_create_goes_wrong_once_and_the_stack_is_as_if_none_had(
    created: Sweep, undisturbed: dict[Thing, dict[str, Any]]
) -> None:
    with Deployment.at(created.folder) as deployment:
        state = in_state(deployment, "eastus")
        made = {(record.type, record.key) for record in deployment.world.records()}

        assert created.faults.met.keys() == made, "something was spared"
        assert set(created.faults.met.values()) == {each for row in CREATE.values() for each in row}, "deal them anew"
        assert created.spare == (), "Anyscale's API was not busy"
        assert state.keys() == in_world(deployment, "eastus"), "an orphan, or something that is not there"
        assert state.keys() == undisturbed.keys(), "more or less than without faults"
        no_duplicates(deployment)
        assert deployment.outputs("eastus")["operatorStatus"] == "HEALTHY"
        assert deployment.preview("eastus").changes == set()


def nothing_is_left(deployment: Deployment) -> None:
    assert in_state(deployment, "eastus") == {}
    assert {type_ for type_, _ in in_world(deployment, "eastus")} == {PRINCIPAL}, "it is the whole tenant's"
    assert deployment.world.anyscale["clouds"] == {}


def test_one_destroy_is_enough_where_the_hooks_wait(copy: Path) -> None:
    faults, busy = OnceEach(DELETE_WAITED_OUT, "delete"), anyscale.Faults(BUSY_DELETES)
    with Deployment.at(copy, faults=faults, anyscale_faults=busy) as deployment:
        deployment.destroy("eastus", *ALL_AT_ONCE)

        assert len(faults.met) > len(DELETE_WAITED_OUT), "the faults have not struck"
        assert busy.unused == ()
        nothing_is_left(deployment)


def test_every_delete_goes_wrong_once_and_nothing_is_left(copy: Path) -> None:
    """The program runs once: half a stack answers None for what is gone, which no program can work with."""
    faults = OnceEach(DELETE, "delete")
    with Deployment.at(copy, faults=faults) as deployment:
        azures = {(record.type, record.key) for record in deployment.world.records(provider="azure-native")}
        assert deployment.destroy("eastus", *ALL_AT_ONCE, check=False).returncode != 0

        def destroy() -> CompletedProcess[str]:
            flags = ("--yes", "--skip-preview", *ALL_AT_ONCE, "--stack", "eastus")
            return deployment.pulumi("destroy", *flags, check=False)

        repeat(destroy)

        assert faults.met.keys() == azures, "something was spared"
        nothing_is_left(deployment)


def test_a_registration_that_is_still_in_use_is_removed_by_the_same_destroy(both_regions: Path, tmp_path: Path) -> None:
    folder, busy = Path(shutil.copytree(both_regions, tmp_path / "own", symlinks=True)), anyscale.Faults(BUSY_REMOVAL)
    with Deployment.at(folder, anyscale_faults=busy) as deployment:
        deployment.pulumi("state", "unprotect", "--all", "--yes", "--stack", "westus3")

        deployment.pulumi("destroy", "--yes", "--skip-preview", "--stack", "westus3")

        assert busy.unused == ()
        [cloud] = deployment.world.anyscale["clouds"].values()
        assert [resource["name"] for resource in cloud["resources"]] == ["k8s-azure-eastus"]


def test_every_read_goes_wrong_once_each_is_named_and_nothing_is_lost(copy: Path) -> None:
    for command in ("preview", "refresh --yes --skip-preview"):
        down = anyscale.Faults([anyscale.Fault(path=ONE_CLOUD, method="GET", status=503, times=3)])
        with Deployment.at(copy, faults=OnceEach(READ, "read"), anyscale_faults=down) as deployment:
            before = in_state(deployment, "eastus")
            done = deployment.pulumi(*command.split(), *ALL_AT_ONCE, "--stack", "eastus", check=False)

            assert done.returncode != 0
            names = ["shared-cloud", *(row["urn"].rpartition("::")[2] for row in before.values())]
            untold = [name for name in names if f"({name}):" not in done.stdout]
            assert untold == [], f"{command} does not say which failed:\n{done.stdout[-4000:]}"
            assert in_state(deployment, "eastus").keys() == before.keys(), f"{command} forgot what it could not read"
    with Deployment.at(copy) as deployment:
        assert deployment.preview("eastus").changes == set()
