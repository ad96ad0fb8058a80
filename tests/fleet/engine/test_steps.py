"""What is read from the engine's event log."""

from __future__ import annotations

from fleet_events import ACCOUNT, CLUSTER, POOL, STACK, after, before, metadata, said

from fleet.engine.steps import read, read_drift


def test_every_resource_is_one_step_and_halves_of_a_replacement_are_none() -> None:
    told = read(
        [
            before("refresh", POOL, "cpu"),
            before("create-replacement", POOL, "cpu", old={}, new={}),
            before("replace", POOL, "cpu", old={"vmSize": "a"}, new={"vmSize": "b"}, keys=["vmSize"]),
            before("delete-replaced", POOL, "cpu", old={}),
            before("same", CLUSTER, "aks", old={}, new={}),
        ]
    )

    assert [(step.operation, step.name) for step in told.steps] == [("replace", "cpu"), ("same", "aks")]
    [replaced, _] = told.steps
    assert replaced.component == "Region"
    assert replaced.differs == {"vmSize": "update-replace"}, "a key that replaces is a difference, told or not"


def test_a_path_that_is_told_is_not_told_again_by_its_key() -> None:
    told = read([before("replace", POOL, "cpu", new={}, keys=["a", "ab"], detailed={"a[0].b": "update-replace"})])

    assert told.steps[0].differs == {"a[0].b": "update-replace", "ab": "update-replace"}


def test_without_details_the_top_level_properties_are_told() -> None:
    told = read([before("update", POOL, "cpu", old={"b": 1}, new={"b": 2}, diffs=["b", "a"])])

    assert told.steps[0].differs == {"a": "update", "b": "update"}


def test_what_was_carried_out_is_what_the_engine_ended() -> None:
    told = read(
        [before("create", POOL, "cpu", new={}), before("create", CLUSTER, "aks", new={}), after("create", POOL, "cpu")]
    )

    assert [step.name for step in told.carried_out] == ["cpu"]


def test_protection_is_read_before_and_after() -> None:
    told = read([before("same", CLUSTER, "aks", old={}, new={}, was_protected=True)])

    assert (told.steps[0].was_protected, told.steps[0].protected) == (True, False)


def test_errors_and_warnings_are_each_told_once() -> None:
    told = read([said("error", "no"), said("error", "no"), said("warning", "mind"), said("info", "well")])

    assert told.errors == ("error: no",)
    assert told.warnings == ("warning: mind",)


def test_drift_goes_from_what_is_recorded_to_what_is_there() -> None:
    told = read_drift(
        [
            before("refresh", POOL, "cpu"),
            after("update", POOL, "cpu", old={"tags": {}}, new={"tags": {"a": "b"}}, detailed={"tags.a": "add"}),
            after("delete", ACCOUNT, "data", old={}),
            after("refresh", CLUSTER, "aks", old={}, new={"a": 1}),
        ]
    )

    assert {step.name: step.operation for step in told.steps} == {"aks": "same", "cpu": "update", "data": "delete"}
    assert told.steps[0].new_inputs == {"a": 1}, "rules judge what is there"


def test_what_the_clouds_change_by_themselves_is_no_drift() -> None:
    moved = {"agentPoolProfiles[1]": "add", "tags.a": "add"}
    told = read_drift(
        [
            after("update", POOL, "cpu", old={}, new={}, detailed={"count": "update"}),
            after("update", CLUSTER, "aks", old={}, new={}, detailed=moved),
        ]
    )

    assert [(step.operation, dict(step.differs)) for step in told.steps] == [
        ("same", {}),
        ("update", {"tags.a": "add"}),
    ]


def test_outputs_that_differ_are_told_but_for_those_that_move_by_themselves() -> None:
    sides = {"old": {"a": 1, "gone": 1, "operatorStatus": "x"}, "new": {"a": 2, "new": 1, "operatorStatus": "y"}}
    outputs = {side: {"outputs": told} for side, told in sides.items()}
    event = {"resOutputsEvent": {"metadata": {**metadata("same", STACK, "s"), **outputs}}}

    told = read([event]).outputs

    assert told and told.differs == {"a": "update", "gone": "delete", "new": "add"}
    assert read([{"resOutputsEvent": {"metadata": {**metadata("create", STACK, "s"), **outputs}}}]).outputs is None


def test_an_error_names_its_resource_and_carries_no_colour() -> None:
    coloured = said("error", "<{%reset%}>no quota<{%reset%}>", name="eastus-cpu")

    assert read([coloured]).errors == ("eastus-cpu: no quota",)
