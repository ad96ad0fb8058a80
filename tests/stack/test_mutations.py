"""Whatever is done to a real stack file, it is either read and derived, or refused in lines: never a traceback."""

from __future__ import annotations

import copy
import functools
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from specs import STACKS, stack_values

from stack.base import SettingsError
from stack.derive import derive
from stack.load import load, load_engine
from stack.placeholders import placeholders
from stack.render import as_yaml
from stack.settings import StackSettings

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        [
            *("", " ", "1.36", "0.0.0.0/0", "10.0.0.0/8", "10.10.0.0/33", "westcentralus", "region", "datasets"),
            *("Standard_ND96isr_H200_v5", "Standard_NV6ads_A10_v5", "as-published", "A100-40G", "<OwnsCloud>"),
            *("--block-cache-pool-size=x", "-o ro"),
        ]
    ),
)
KEYS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["name", "zones", "labels", "taints", "primary", "nodeSubnetId", "options", "secure", "<", "storage", "mounts"]
    ),
)
SECTIONS = {
    "anyscale-on-aks:storage": {
        "mounts": [{"name": "scratch", "profile": "read-write", "options": ["--block-cache"], "path": "/mnt/x"}]
    },
    "anyscale-on-aks:acceptRisk": [{"risk": "mount-options-unsafe", "reason": "for the sake of it"}],
    "anyscale-on-aks:tags": {"team": "a"},
    "anyscale-on-aks:sizedFor": "trial",
    "anyscale-on-aks:lifecycle": "disposable",
}
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside `value`."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [place, *(deeper for key, item in inner for deeper in places(item, (*place, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A stack file after one to three changes: a value replaced, a key taken away, added, or written otherwise."""
    stack = draw(st.sampled_from(STACKS))
    values = copy.deepcopy({**stack_values(stack), **draw(st.sampled_from([{}, SECTIONS]))})
    for _ in range(draw(st.integers(1, 3))):
        *outer, last = draw(st.sampled_from(places(values)[1:]))
        inner: Any = values
        for part in outer:
            inner = inner[part]
        match draw(st.sampled_from(["replace", "replace", "remove", "add", "rename"])):
            case "replace":
                inner[last] = draw(VALUES)
            case "remove":
                del inner[last]
            case "rename" if isinstance(inner, dict):
                inner[draw(KEYS) if draw(st.booleans()) else str(last) + "s"] = inner.pop(last)
            case _ if isinstance(inner, dict):
                inner[draw(KEYS)] = draw(VALUES)
            case _:
                inner.append(draw(VALUES))
    return stack, values


@settings(max_examples=300)
@given(mutated())
def test_a_changed_stack_file_is_derived_or_refused_in_lines(changed: tuple[str, dict[str, Any]]) -> None:
    read = outcome(load, *changed)

    if isinstance(read, StackSettings):
        assert as_yaml(derive(changed[0], read)), "what is read is derived"
        assert all(problem.path for problem in placeholders(read))
    else:
        assert read, "a refusal says why"
        assert all(": " in problem and problem.isprintable() for problem in read), read
    for_a_cloud = outcome(functools.partial(load, placeholders_allowed=False), *changed)
    assert isinstance(for_a_cloud, StackSettings) or set(read if isinstance(read, tuple) else ()) <= {*for_a_cloud}


@given(mutated())
def test_the_engine_and_the_file_are_read_alike(changed: tuple[str, dict[str, Any]]) -> None:
    stack, values = changed
    values = {key: value for key, value in values.items() if isinstance(value, dict | list) or is_plain_text(value)}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}

    engine = functools.partial(load_engine, placeholders_allowed=True)
    assert outcome(engine, stack, texts) == outcome(load, stack, values), "the engine hands sections over as JSON"


def outcome(read: Any, stack: str, content: dict[str, Any]) -> StackSettings | tuple[str, ...]:
    try:
        return read(stack, content)
    except SettingsError as refusal:
        return refusal.problems


def is_plain_text(value: object) -> bool:
    return isinstance(value, str) and not value.startswith(("[", "{"))
