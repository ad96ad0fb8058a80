from __future__ import annotations

import json
from typing import Any

import pytest
from specs import stack_values

from stack.base import SettingsError
from stack.load import load, load_engine

TOKEN = "aph0_" + "x1" * 20


def problems(values: dict[str, Any], **keys: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refusal:
        load("eastus", values, **keys)
    return refusal.value.problems


def test_a_section_that_the_engine_holds_encrypted_is_refused_and_never_repeated() -> None:
    values = stack_values()
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    texts["anyscale-on-aks:tags"] = '{"token": "hunter2hunter2", "bad key<": "x"}'

    with pytest.raises(SettingsError) as refusal:
        load_engine(
            "eastus",
            texts,
            secret_keys=["anyscale-on-aks:tags", "azure-native:clientSecret"],
            placeholders_allowed=True,
        )

    [problem] = refusal.value.problems
    assert problem.startswith("tags: an encrypted value"), "other keys of azure-native may be secret"
    assert "hunter2" not in str(refusal.value)


def test_an_encrypted_value_deep_in_a_file_is_refused() -> None:
    values = stack_values()
    values["anyscale-on-aks:anyscale"]["token"] = {"secure": "AAABAHV"}

    [problem] = problems(values)
    assert problem.startswith("anyscale: an encrypted value, while nothing here is secret")


def test_an_encrypted_subscription_is_refused_too() -> None:
    [problem] = problems(stack_values(), secret_keys=["azure-native:subscriptionId"])

    assert problem.startswith("azure-native: an encrypted value"), "names hold a hash of it; it is no secret"


@pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        "DefaultEndpointsProtocol=https;AccountKey=abc",
        "https://a.blob.core.windows.net/c?sv=1&sig=abc",
        "-----BEGIN PRIVATE KEY-----",
        "A" * 86 + "==",
    ],
)
def test_what_looks_like_a_credential_is_refused_and_never_repeated(secret: str) -> None:
    values = stack_values()
    values["anyscale-on-aks:anyscale"]["chartVersion"] = secret

    told = problems(values)
    assert "anyscale.chartVersion: what looks like a credential" in told[0]
    assert not any(secret in problem for problem in told)


def test_a_credential_under_another_namespace_is_refused_too() -> None:
    [problem] = problems(stack_values() | {"anyscale:token": TOKEN})
    assert problem.startswith("anyscale:token: what looks like a credential")
    assert TOKEN not in problem


def test_what_another_provider_holds_encrypted_is_its_business() -> None:
    encrypted = {"azure-native:clientSecret": {"secure": "v1:" + "A" * 86 + "=="}}
    assert load("eastus", stack_values() | encrypted)
    assert load("eastus", stack_values() | {"a:b": TOKEN}, secret_keys=["a:b"]), "the engine hands it over in plain"


def test_a_long_value_is_never_repeated_for_it_may_be_a_secret() -> None:
    values = stack_values()
    values["anyscale-on-aks:anyscale"]["chartVersion"] = "s3cr3t" * 10

    [problem] = problems(values)
    assert "s3cr3t" not in problem
    assert "a text of 60 characters" in problem


def test_a_whole_section_in_the_place_of_a_text_is_never_repeated() -> None:
    values = stack_values()
    values["anyscale-on-aks:nodePools"][0]["name"] = {"token": "hunter2"}

    assert not any("hunter2" in problem for problem in problems(values))
