from __future__ import annotations

import json
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import provider_pb2 as pb

from pulumi_anyscale.registry import HANDLERS
from pulumi_anyscale.wire import UNKNOWN_TEXT
from tests.pulumi_anyscale.anyscale_fake import CLOUD, FakeAnyscale, registration
from tests.pulumi_anyscale.provider_session import session, struct, urn

DRAIN = {"cloudId": "cld_1", "cloudResourceId": "cldrsrc_1", "clusterId": "a", "primary": True, "timeoutSeconds": 900}


def test_the_schema_is_valid_json_with_every_resource_and_property() -> None:
    with session(FakeAnyscale()) as provider:
        schema = json.loads(provider.stub.GetSchema(pb.GetSchemaRequest()).schema)

    assert schema["name"] == "anyscale"
    assert set(schema["resources"]) == set(HANDLERS)
    for name, resource in schema["resources"].items():
        assert set(resource["inputProperties"]) == {row.name for row in HANDLERS[name].inputs}
        assert set(resource["required"]) <= set(resource["properties"])
        for described in resource["properties"].values():
            assert described["type"] in ("string", "boolean", "integer", "array")
            assert described["description"].endswith(".")
    assert schema["resources"]["anyscale:index:CloudResource"]["properties"]["zones"]["items"] == {"type": "string"}


def test_the_plugin_says_its_version_and_that_it_can_preview() -> None:
    with session(FakeAnyscale()) as provider:
        assert provider.stub.GetPluginInfo(empty_pb2.Empty()).version.count(".") == 2
        assert provider.stub.Configure(pb.ConfigureRequest()).supportsPreview
        assert provider.stub.DiffConfig(pb.DiffRequest()).changes == pb.DiffResponse.DIFF_NONE


def test_a_resource_may_have_colons_in_its_name() -> None:
    with session(FakeAnyscale()) as provider:
        request = pb.CheckRequest(urn=urn("Cloud") + "::two", news=struct(CLOUD))
        assert not provider.stub.Check(request).failures, "the type is the third part of a URN, and the name the rest"


def test_a_token_in_the_configuration_is_refused_for_it_would_stand_in_the_state() -> None:
    with session(FakeAnyscale()) as provider:
        answer = provider.stub.CheckConfig(pb.CheckRequest(news=struct({"token": "x", "version": "1.0.0"})))

    assert [failure.property for failure in answer.failures] == ["token"]
    assert "ANYSCALE_CLI_TOKEN" in answer.failures[0].reason


def test_check_lists_all_failures_with_property_and_reason() -> None:
    with session(FakeAnyscale()) as provider:
        answer = provider.check("CloudResource", {**registration(), "regoin": "x", "zones": [1], "provider": "azure"})

    found = {failure.property: failure.reason for failure in answer.failures}
    assert set(found) == {"regoin", "zones", "provider"}
    assert "did you mean 'region'?" in found["regoin"]


def test_check_unwraps_secrets_and_drops_nulls() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "redis:6379"}

    with session(FakeAnyscale()) as provider:
        answer = provider.check("CloudResource", {**registration(), "redisEndpoint": secret, "zones": None})

    assert not answer.failures
    assert MessageToDict(answer.inputs)["redisEndpoint"] == "redis:6379"


@pytest.mark.parametrize("mark", [UNKNOWN_TEXT, "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"])
def test_unknowns_pass_through_check_and_preview(mark: str) -> None:
    given = {**registration(), "cloudId": mark, "zones": [mark]}

    with session(FakeAnyscale()) as provider:
        checked = provider.check("CloudResource", given)
        made = provider.create("CloudResource", MessageToDict(checked.inputs), preview=True)
        assert provider.anyscale.calls == [], "a preview of a creation needs nobody"

    outputs = MessageToDict(made.properties)
    assert not checked.failures
    assert made.id == ""
    assert outputs["cloudId"] == UNKNOWN_TEXT
    assert outputs["zones"] == [UNKNOWN_TEXT]
    assert (outputs["cloudResourceId"], outputs["isDefault"]) == (UNKNOWN_TEXT, UNKNOWN_TEXT)
    assert outputs["region"] == "eastus", "what is known stays known"


def test_equal_inputs_are_no_difference() -> None:
    with session(FakeAnyscale()) as provider:
        answer = provider.diff("CloudResource", registration(), registration(), cloudResourceId="cldrsrc_1")

    assert answer.changes == pb.DiffResponse.DIFF_NONE
    assert not answer.deleteBeforeReplace


def test_differences_say_what_is_added_removed_changed_or_replaced() -> None:
    old = registration(zones=["1"], networkingMode="PRIVATE", tenantId=None)
    new = registration(redisEndpoint="redis:6379", persistentVolumeClaim="other", region="westus3")

    with session(FakeAnyscale()) as provider:
        answer = provider.diff("CloudResource", old, new)

    kinds = pb.PropertyDiff
    assert answer.changes == pb.DiffResponse.DIFF_SOME
    assert answer.hasDetailedDiff
    assert {name: diff.kind for name, diff in answer.detailedDiff.items()} == {
        "region": kinds.UPDATE_REPLACE,
        "networkingMode": kinds.DELETE_REPLACE,
        "tenantId": kinds.ADD_REPLACE,
        "persistentVolumeClaim": kinds.UPDATE,
        "zones": kinds.DELETE,
        "redisEndpoint": kinds.ADD,
    }
    assert set(answer.replaces) == {"region", "networkingMode", "tenantId"}
    assert answer.deleteBeforeReplace, "the name is unique in the cloud"


@pytest.mark.parametrize(
    ("kind", "inputs", "name", "first"),
    [
        ("Cloud", CLOUD, "name", True),
        ("Drain", DRAIN, "clusterId", True),
        ("Drain", DRAIN, "cloudResourceId", True),
        ("OperatorReady", {"cloudId": "c", "cloudResourceId": "r", "trigger": "1"}, "cloudResourceId", False),
    ],
)
def test_an_unknown_in_a_replacing_property_replaces(kind: str, inputs: dict[str, Any], name: str, first: bool) -> None:
    with session(FakeAnyscale()) as provider:
        answer = provider.diff(kind, inputs, {**inputs, name: UNKNOWN_TEXT})

    assert list(answer.replaces) == [name], "a new cluster is unknown when the old drain must be run"
    assert answer.deleteBeforeReplace is first


def test_the_reason_of_a_replacement_reaches_the_user_once() -> None:
    with session(FakeAnyscale()) as provider:
        for _ in range(2):
            provider.diff("Cloud", CLOUD, {**CLOUD, "name": "other"})
        told = provider.engine.told

    reason = "must be replaced: name changes from 'ray' to 'other': Anyscale has no way to rename a cloud"
    assert told == [("INFO", reason)]


def test_a_change_that_can_never_be_carried_out_fails_the_preview() -> None:
    with session(FakeAnyscale()) as provider, pytest.raises(grpc.RpcError, match="primary resource"):
        provider.diff("CloudResource", registration(), registration(region="westus3"), isDefault=True)


def test_a_preview_of_an_update_knows_the_outputs_that_stay() -> None:
    request = pb.UpdateRequest(
        id="x",
        urn=urn("CloudResource"),
        olds=struct({**registration(), "cloudResourceId": "cldrsrc_1", "isDefault": True}),
        news=struct(registration(zones=["1"])),
        preview=True,
    )
    with session(FakeAnyscale()) as provider:
        outputs = MessageToDict(provider.stub.Update(request).properties)
        assert provider.anyscale.calls == []

    assert outputs["cloudResourceId"] == "cldrsrc_1", "else operator and drain would seem to be replaced"
    assert outputs["zones"] == ["1"]


def test_a_preview_of_another_wait_does_not_know_its_result() -> None:
    wait = {"cloudId": "cld_1", "cloudResourceId": "cldrsrc_1", "trigger": "1", "timeoutSeconds": 9}
    olds = struct({**wait, "status": "HEALTHY", "operatorVersion": "1"})
    news = struct({**wait, "trigger": "2"})
    with session(FakeAnyscale()) as provider:
        request = pb.UpdateRequest(id="x", urn=urn("OperatorReady"), olds=olds, news=news, preview=True)
        outputs = MessageToDict(provider.stub.Update(request).properties)

    assert outputs["status"] == outputs["operatorVersion"] == UNKNOWN_TEXT
