"""What holds for every component there is, found by looking: a new one is held to it without being named here."""

from __future__ import annotations

import ast
import dataclasses
import functools
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from graph import PROJECT, Declared, Graph, deploy
from pydantic.alias_generators import to_camel
from regions import a_shared
from specs import a_spec

import components
from components.region import Region, RegionArgs
from components.shared import SharedByAllStacks, SharedByAllStacksArgs
from stack.spec import StackSpec


def found() -> Iterator[type[pulumi.ComponentResource]]:
    for module in pkgutil.iter_modules(components.__path__, "components."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, pulumi.ComponentResource) and kind.__module__ == module.name:
                yield kind


COMPONENTS = sorted(found(), key=lambda kind: kind.__name__)
RUNS_ON = (
    ":ManagedCluster",
    ":AgentPool",
    ":VirtualNetwork",
    ":FederatedIdentityCredential",
    ":BlobContainer",
    ":PersistentVolumeClaim",
    ":PrivateDnsZoneGroup",
    ":VirtualNetworkLink",
)
"""What pods of a job are made of, by type."""
every_component = pytest.mark.parametrize("kind", COMPONENTS, ids=lambda kind: kind.__name__)


def stack_spec(stack: str) -> StackSpec:
    """A stack that has everything: GPUs, private endpoints, tags."""
    return a_spec(stack, storage={"access": "private"}, tags={"team": "research"})


@functools.cache
def whole(stack: str) -> Graph:
    def build() -> None:
        spec = stack_spec(stack)
        leaking = pulumi.ResourceOptions(ignore_changes=["leaked"], delete_before_replace=True)
        shared = a_shared()
        if spec.primary:
            shared = SharedByAllStacks("shared", SharedByAllStacksArgs(spec=spec), opts=leaking).outputs
        Region(stack, RegionArgs(spec=spec, shared=shared), opts=leaking)

    return deploy(build, stack=stack)


@pytest.fixture(params=["eastus", "westus3"])
def graph(request: pytest.FixtureRequest) -> Graph:
    return whole(request.param)


def parents(graph: Graph) -> dict[str, Declared]:
    return {resource.urn: resource for resource in graph.declared}


def is_component(resource: Declared) -> bool:
    return resource.type.startswith(f"{PROJECT}:components:")


@every_component
def test_a_component_is_called_like_every_other(kind: type[pulumi.ComponentResource]) -> None:
    parameters = list(inspect.signature(kind).parameters.values())

    assert [p.name for p in parameters] == ["name", "args", "opts"]
    assert parameters[2].kind is inspect.Parameter.KEYWORD_ONLY and parameters[2].default is None
    assert parameters[1].annotation == f"{kind.__name__}Args"
    assert kind.__doc__, "it says what it owns and what it refuses to own"


@every_component
def test_arguments_cannot_be_changed_or_mixed_up(kind: type[pulumi.ComponentResource]) -> None:
    args: Any = getattr(importlib.import_module(kind.__module__), f"{kind.__name__}Args")

    assert dataclasses.is_dataclass(args)
    assert vars(args)["__dataclass_params__"].frozen, "a component must not change what its maker still holds"
    assert all(field.kw_only for field in dataclasses.fields(args)), "two strings in a row are soon swapped"


@every_component
def test_the_caller_s_options_reach_the_component_and_no_child(kind: type[pulumi.ComponentResource]) -> None:
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind.__init__)))
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "opts"]
    [to_super] = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__"
    ]

    token, name, inputs, opts = map(ast.unparse, to_super.args)
    assert token == repr(f"{PROJECT}:components:{kind.__name__}"), "the type says where to look"
    assert (name, inputs, opts) == ("name", "{}", "opts")
    assert len(uses) == 1, "options merged into children leak aliases, ignored changes and protection"


@every_component
def test_every_component_is_part_of_a_stack(kind: type[pulumi.ComponentResource]) -> None:
    assert whole("eastus").of_type(f":components:{kind.__name__}"), "nothing here is judged by a component never made"


@every_component
def test_what_a_component_gives_is_what_it_registers(kind: type[pulumi.ComponentResource]) -> None:
    graph = whole("eastus")
    public = {name: str(kind_) for name, kind_ in inspect.get_annotations(kind).items() if not name.startswith("_")}
    plain = {to_camel(name) for name, kind_ in public.items() if "Output[" in kind_ or kind_ == "str"}

    for made in graph.of_type(f":components:{kind.__name__}"):
        assert made.urn in graph.outputs, "without it the engine shows the component as unfinished"
        registered = graph.outputs[made.urn].keys()
        assert plain <= registered <= {to_camel(name) for name in public}, "same keys, so that state and code agree"


def test_options_of_a_region_leak_into_none_of_its_parts(graph: Graph) -> None:
    touched = {resource.name: resource.type for resource in graph.declared if "leaked" in resource.ignore_changes}

    assert set(touched.values()) <= {f"{PROJECT}:components:Region", f"{PROJECT}:components:SharedByAllStacks"}


def test_everything_lies_under_a_component(graph: Graph) -> None:
    by_urn = parents(graph)
    roots = {resource.type.rpartition(":")[2] for resource in graph.declared if resource.parent not in by_urn}

    assert roots <= {"Region", "SharedByAllStacks"}, "what lies beside them is missed by a target and in every tree"


def test_names_begin_with_the_name_of_the_component_they_lie_under(graph: Graph) -> None:
    by_urn = parents(graph)
    for resource in graph.declared:
        if above := by_urn.get(resource.parent):
            same = is_component(resource) and resource.name == above.name
            assert same or resource.name.startswith(f"{above.name}-"), f"{resource.name} under {above.name}"


def test_no_two_resources_share_a_urn(graph: Graph) -> None:
    urns = [resource.urn for resource in graph.declared]

    assert len(set(urns)) == len(urns)


def can_carry_tags(type_: str) -> bool:
    package, module, kind = type_.split(":")
    sdk = importlib.import_module(f"pulumi_{package.replace('-', '_')}.{module}")
    return "tags" in inspect.signature(getattr(sdk, kind)._internal_init).parameters


def test_everything_in_azure_that_can_carry_tags_carries_those_of_the_stack(graph: Graph) -> None:
    tagged = [r for r in graph.declared if r.type.startswith("azure-native:") and can_carry_tags(r.type)]

    assert len(tagged) > 5
    for resource in tagged:
        stack = resource.urn.split("::")[0].removeprefix("urn:pulumi:")
        assert resource.inputs.get("tags") == stack_spec(stack).tags, (
            f"{resource.name}: no bill or search would find it"
        )


def test_everything_in_a_cluster_speaks_to_that_cluster_and_goes_with_it(graph: Graph) -> None:
    inside = [r for r in graph.declared if r.type.startswith("kubernetes:")]
    cluster, provider = graph.only(":ManagedCluster").urn, graph.only("providers:kubernetes").urn

    assert len(inside) > 10
    for resource in inside:
        assert resource.provider.startswith(provider), f"{resource.name} would go to whatever kubeconfig is about"
        assert resource.deleted_with == cluster, f"{resource.name} would block a destroy past a dead API server"


def test_nothing_that_a_running_job_needs_goes_while_anyscale_still_keeps_the_registration(graph: Graph) -> None:
    registration, principal = graph.only(":CloudResource"), "the-principal-id"
    needed = [
        *(resource for kind in RUNS_ON for resource in graph.of_type(kind)),
        *(grant for grant in graph.of_type(":RoleAssignment") if grant.inputs["principalId"] == principal),
    ]

    left = [resource.name for resource in needed if not graph.waits(registration, resource)]
    assert not left, "a destroy that Anyscale refuses, since jobs run, would have taken it from under them"


def test_the_drain_waits_for_everything_else_so_that_it_is_the_first_to_go(graph: Graph) -> None:
    drain = graph.only(":Drain")
    region = graph.only(":components:Region")
    left = [
        resource.name
        for resource in graph.declared
        if not is_component(resource)
        and resource.urn.startswith(region.urn.rpartition("::")[0])
        and resource.urn != drain.urn
        and not graph.waits(drain, resource)
    ]

    assert not left, "it would be deleted while the operator is still needed"
