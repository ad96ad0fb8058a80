"""What the components plan breaks no rule, whether known or not, and every rule has something of ours to judge."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import pytest
from graph import Declared, deploy
from regions import a_shared
from specs import STACKS, a_spec

from components.region import Region, RegionArgs
from components.shared import SharedByAllStacks, SharedByAllStacksArgs
from fleet.engine.steps import Step
from fleet.engine.values import SEALED, UNKNOWN
from fleet.policy.rule import broken_rules, rules
from stack.spec import StackSpec

VARIANTS: dict[str, dict[str, Any]] = {
    "as it stands": {},
    "private": {"storage": {"access": "private"}, "tags": {"team": "research"}},
    "trial": {"sizedFor": "trial", "lifecycle": "disposable", "storage": {"retention": {"blobDays": 1}}},
    "risks accepted": {
        "network": {"apiServerClients": ["0.0.0.0/0"]},
        "anyscale": {"ingress": {"clients": []}},
        "acceptRisk": [
            {"risk": "api-server-from-internet", "reason": "a rehearsal"},
            {"risk": "ingress-from-internet", "reason": "a rehearsal"},
        ],
    },
}
every_variant = pytest.mark.parametrize("variant", VARIANTS)
every_stack = pytest.mark.parametrize("stack", STACKS)


def a_variant(stack: str, variant: str) -> StackSpec:
    return a_spec(stack, **VARIANTS[variant])


@functools.cache
def planned(stack: str, variant: str = "as it stands") -> tuple[Step, ...]:
    spec = a_variant(stack, variant)

    def build() -> None:
        shared = a_shared()
        if spec.primary:
            shared = SharedByAllStacks("shared", SharedByAllStacksArgs(spec=spec)).outputs
        Region(stack, RegionArgs(spec=spec, shared=shared))

    return tuple(as_step(resource) for resource in deploy(build, stack=stack).declared)


def as_step(resource: Declared) -> Step:
    return Step(
        operation="create",
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        component="Region",
        new_inputs=resource.inputs,
        protected=resource.protect,
    )


@every_stack
@every_variant
def test_what_the_components_plan_breaks_no_rule(stack: str, variant: str) -> None:
    assert broken_rules(planned(stack, variant), a_variant(stack, variant).settings) == ()


def test_a_preview_that_knows_less_breaks_no_rule() -> None:
    settings = a_variant("eastus", "private").settings
    steps = planned("eastus", "private")
    first = {step.type: index for index, step in reversed(list(enumerate(steps)))}
    for index in first.values():
        for path, inputs in with_one_unknown(steps[index].new_inputs):
            less = (*steps[:index], Step(**{**vars(steps[index]), "new_inputs": inputs}), *steps[index + 1 :])
            found = broken_rules(less, settings)
            assert found == (), f"{steps[index].name}: {path} is not known before the run"


def with_one_unknown(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The inputs once for each value in them, with that value unknown."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, Mapping) and SEALED not in value:
        pairs = list(value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        pairs = list(enumerate(value))
    for key, inner in pairs:
        for where, changed in [(f"{path}/{key}", UNKNOWN), *with_one_unknown(inner, f"{path}/{key}")]:
            if isinstance(value, Mapping):
                yield where, {**value, key: changed}
            else:
                yield where, [*value[:key], changed, *value[key + 1 :]]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_has_something_of_ours_to_judge(rule: Any) -> None:
    types = {step.type for stack in STACKS for step in planned(stack, "private")}

    assert any(fnmatchcase(each, pattern) for each in types for pattern in rule.types), (
        "it would judge nothing for ever"
    )


@pytest.mark.parametrize(
    ("change", "rule", "resource"),
    [
        ({"storage": {"retention": {"blobDays": 1}}}, "storage-soft-delete", "eastus-data-blobs"),
        ({"cluster": {"upgrades": {"nodeImage": "None"}}}, "cluster-upgrades", "eastus-cluster"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_setting_that_the_loader_lets_pass_is_told_by_its_rule(
    change: dict[str, Any], rule: str, resource: str
) -> None:
    spec = a_spec("eastus", **change)

    def build() -> None:
        shared = SharedByAllStacks("shared", SharedByAllStacksArgs(spec=spec)).outputs
        Region("eastus", RegionArgs(spec=spec, shared=shared))

    steps = [as_step(each) for each in deploy(build).declared]
    assert (rule, resource) in {(each.rule, each.resource) for each in broken_rules(steps, spec.settings)}


@every_stack
def test_risks_that_are_not_accepted_are_told(stack: str) -> None:
    found = {each.rule for each in broken_rules(planned(stack, "risks accepted"), a_spec(stack).settings)}

    assert found == {"api-server-clients", "ingress-clients"}
