"""Every operation of every resource, under everything that can happen to each of its calls."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from pulumi_anyscale.errors import AnyscaleError, PartlyMade
from pulumi_anyscale.handler import Operation
from pulumi_anyscale.registry import HANDLERS
from tests.pulumi_anyscale.anyscale_fake import CLOUD, DEPLOYMENT, TOKEN, FakeAnyscale, registration

FOR_EVER = 1_000_000
ECHO = json.dumps({"error": {"detail": f"what was sent: {TOKEN}"}})
PAGE = f"<html>{TOKEN}</html>"
RAY, EAST = "cld_1", "cld_1:k8s-azure-eastus"
WAIT = {"cloudId": RAY, "cloudResourceId": "cldrsrc_1", "trigger": "1", "timeoutSeconds": 900}
GUARD = {"cloudId": RAY, "cloudResourceId": "cldrsrc_1", "clusterId": "k", "primary": True, "timeoutSeconds": 900}
AGAIN = "run the command again|run `pulumi up` again"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What happens instead of the answer. `says` and `helps` are patterns of a message that ends an operation."""

    name: str
    says: str
    helps: str = AGAIN
    fault: dict[str, Any]


TROUBLES = (
    Trouble(name="401", says="401", helps="anyscale login.*ANYSCALE_CLI_TOKEN", fault={"status": 401}),
    Trouble(name="403", says="403", helps="ask an owner", fault={"status": 403}),
    Trouble(name="404", says="404", helps="ANYSCALE_HOST and the organization|pulumi up", fault={"status": 404}),
    Trouble(name="404-page", says="404", helps="ANYSCALE_HOST", fault={"status": 404, "body": PAGE}),
    Trouble(name="302-login", says="302", helps="ANYSCALE_HOST", fault={"status": 302, "body": PAGE}),
    Trouble(name="409", says="409", helps="end it (or wait|with)", fault={"status": 409}),
    Trouble(name="422", says="422", helps="correct what it names", fault={"status": 422}),
    Trouble(name="429", says="429", helps="wait a few minutes", fault={"status": 429}),
    Trouble(name="429-wish", says="429", helps="wait a few", fault={"status": 429, "headers": {"retry-after": "7"}}),
    *(Trouble(name=str(code), says=str(code), fault={"status": code}) for code in (500, 502, 503, 504)),
    Trouble(name="502-page", says="502", fault={"status": 502, "body": PAGE}),
    Trouble(name="504-done", says="504", fault={"status": 504, "committed": True}),
    Trouble(
        name="no-connection",
        says="no answer",
        helps="check ANYSCALE_HOST.*DNS.*HTTPS_PROXY",
        fault={"status": 0, "broken": httpx.ConnectError},
    ),
    Trouble(name="reset", says="no answer", fault={"status": 0, "broken": httpx.ReadError}),
    Trouble(name="reset-done", says="no answer", fault={"status": 0, "broken": httpx.ReadError, "committed": True}),
    Trouble(name="timeout", says="no answer", fault={"status": 0, "broken": httpx.ReadTimeout}),
    *(
        Trouble(
            name=f"200-{name}{'-done' if done else ''}",
            says="200 to|answer to",
            helps="ANYSCALE_HOST|run `pulumi up` again",
            fault={"status": 200, "body": body, "committed": done},
        )
        for name, body, done in (
            ("page", PAGE, False),
            ("cut", '{"result": ', False),
            ("cut", '{"result": ', True),
            ("empty", "{}", False),
            ("empty", "{}", True),
        )
    ),
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One operation of one resource: the world before it, each call that it makes, and the world after it."""

    kind: str
    operation: str
    calls: tuple[str, ...]
    inputs: dict[str, Any]
    object_id: str = ""
    before: Callable[[], FakeAnyscale]
    after: Callable[[FakeAnyscale], bool] = lambda _: True

    def run(self, operation: Operation) -> None:
        handler = HANDLERS[f"anyscale:index:{self.kind}"]
        match self.operation:
            case "create":
                handler.create(self.inputs, operation)
            case "read":
                handler.read(self.object_id, self.inputs, self.inputs, operation)
            case "update":
                handler.update(self.object_id, {**self.inputs, "trigger": "0"}, self.inputs, operation)
            case _:
                handler.delete(self.object_id, self.inputs, operation)


def registered(*others: str) -> FakeAnyscale:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    for name in ("k8s-azure-eastus", *others):
        made = anyscale.register({**DEPLOYMENT, "name": name, "operator_status": "HEALTHY"})
        anyscale.system[made["cloud_resource_id"]] = "Running"
    return anyscale


def joined() -> FakeAnyscale:
    anyscale = registered("k8s-azure-westus3")
    anyscale.resources[RAY].reverse()
    for resource in anyscale.resources[RAY]:
        resource["is_default"] = resource["name"] == "k8s-azure-westus3"
    return anyscale


def empty_cloud() -> FakeAnyscale:
    anyscale = FakeAnyscale()
    anyscale.cloud()
    return anyscale


def one_cloud(anyscale: FakeAnyscale) -> bool:
    return [cloud["name"] for cloud in anyscale.clouds.values()] == ["ray"]


def one_registration(anyscale: FakeAnyscale) -> bool:
    return [found["name"] for found in anyscale.resources[RAY]] == ["k8s-azure-eastus"]


def zoned(anyscale: FakeAnyscale) -> bool:
    return anyscale.resources[RAY][0]["kubernetes_config"].get("zones") == ["1"]


LIST, ONE, RESOURCES = "GET /api/v2/clouds", "GET /api/v2/clouds/cld_1", "GET /api/v2/clouds/cld_1/resources"
MAKE, ADD, CHANGE = "POST /api/v2/clouds/", "PUT .*/add_resource", "PUT .*/resources"
REMOVE, DELETE, MARK = "DELETE .*/remove_resource", "DELETE /api/v2/clouds/cld_1", "PUT .*/state"
END, LOOK = "POST .*/terminate", "POST .*/describe"
CASES = (
    Case(
        kind="Cloud",
        operation="create",
        calls=(LIST, MAKE, ONE),
        inputs=CLOUD,
        object_id=RAY,
        before=FakeAnyscale,
        after=one_cloud,
    ),
    Case(kind="Cloud", operation="read", calls=(ONE,), inputs=CLOUD, object_id=RAY, before=empty_cloud),
    Case(kind="Cloud", operation="update", calls=(ONE,), inputs=CLOUD, object_id=RAY, before=empty_cloud),
    Case(
        kind="Cloud",
        operation="delete",
        calls=(RESOURCES, END, LOOK, MARK, DELETE, ONE),
        inputs=CLOUD,
        object_id=RAY,
        before=registered,
        after=lambda anyscale: not anyscale.clouds,
    ),
    Case(
        kind="CloudResource",
        operation="create",
        calls=(RESOURCES, ADD),
        inputs=registration(),
        object_id=EAST,
        before=empty_cloud,
        after=one_registration,
    ),
    Case(
        kind="CloudResource",
        operation="create",  # takes over what an interrupted run left
        calls=(RESOURCES, CHANGE),
        inputs=registration(zones=["1"]),
        object_id=EAST,
        before=registered,
        after=zoned,
    ),
    Case(
        kind="CloudResource",
        operation="read",
        calls=(RESOURCES,),
        inputs=registration(),
        object_id=EAST,
        before=registered,
    ),
    Case(
        kind="CloudResource",
        operation="update",
        calls=(RESOURCES, CHANGE),
        inputs=registration(zones=["1"]),
        object_id=EAST,
        before=registered,
        after=zoned,
    ),
    Case(
        kind="CloudResource",
        operation="delete",
        calls=(RESOURCES, REMOVE),
        inputs=registration(),
        object_id=EAST,
        before=joined,
        after=lambda anyscale: [found["name"] for found in anyscale.resources[RAY]] == ["k8s-azure-westus3"],
    ),
    *(
        Case(
            kind="OperatorReady",
            operation=operation,
            calls=(RESOURCES,),
            inputs=WAIT,
            object_id="ready-cldrsrc_1",
            before=registered,
        )
        for operation in ("create", "read", "update")
    ),
    Case(
        kind="Drain",
        operation="delete",
        calls=(RESOURCES, END, LOOK),
        inputs=GUARD,
        object_id="drain-cldrsrc_1",
        before=registered,
        after=lambda anyscale: anyscale.system["cldrsrc_1"] == "Terminated",
    ),
)


def could_happen(call: str, trouble: Trouble) -> bool:
    """To `PUT` and `DELETE` nothing is an answer, so one without effect would be Anyscale's own lie."""
    return call.startswith(("GET", MAKE)) or trouble.name != "200-empty"


@pytest.mark.parametrize("times", [1, FOR_EVER], ids=["once", "for-ever"])
@pytest.mark.parametrize(
    ("case", "call", "trouble"),
    [
        pytest.param(case, call, trouble, id=f"{case.kind}-{case.operation}-{call}-{trouble.name}")
        for case in CASES
        for call in case.calls
        for trouble in TROUBLES
        if could_happen(call, trouble)
    ],
)
def test_no_fault_makes_a_duplicate_an_orphan_or_a_riddle(case: Case, call: str, trouble: Trouble, times: int) -> None:
    anyscale = case.before()
    anyscale.fail(call, times=times, **{"body": ECHO, **trouble.fault})
    failed: AnyscaleError | None = None
    try:
        case.run(anyscale.operation())
    except AnyscaleError as error:
        failed = error

    assert anyscale.count(call) <= 3 * 40, "tries are bounded"
    assert anyscale.time.now <= 2 * 1800, "and so is the time"
    told = " ".join([str(failed), *anyscale.told, *anyscale.warned])
    assert TOKEN not in told + repr(vars(failed) if failed else ""), "a server may echo what it was sent"
    assert len(anyscale.clouds) <= 1, "a second cloud of the name would be a duplicate"
    names = [found["name"] for found in anyscale.resources.get(RAY, [])]
    assert len(names) == len({*names}), "so would be a second registration"
    if failed is None:
        gone = trouble.name == "404" and case.operation == "delete"
        said = call == END or "organization of the token" in told  # a 404 to the end of what runs is no riddle
        assert case.after(anyscale) or (gone and said), "done, or said why not"
        return
    assert re.search(trouble.says, str(failed)), "what was found"
    assert re.search(r"(GET|PUT|POST|DELETE) /api/v2/\S+", str(failed)), "at which call"
    assert re.search(trouble.helps, str(failed)), "what to do"
    if objects(anyscale) > objects(case.before()):
        traced = isinstance(failed, PartlyMade) or "looks for the name before it makes one" in str(failed)
        assert traced, "what was made is recorded, or found again by its name: else it is an orphan"
    recovers(case, anyscale, failed)


def objects(anyscale: FakeAnyscale) -> int:
    return len(anyscale.clouds) + sum(len(found) for found in anyscale.resources.values())


def recovers(case: Case, anyscale: FakeAnyscale, failed: AnyscaleError) -> None:
    """What the engine does next, once the trouble is over, ends as if there had been none."""
    anyscale.faults.clear()
    operation = anyscale.operation()
    if isinstance(failed, PartlyMade):
        assert failed.object_id == case.object_id, "else the engine records the wrong object"
        HANDLERS[f"anyscale:index:{case.kind}"].update(failed.object_id, failed.state, case.inputs, operation)
    else:
        case.run(operation)
    assert case.after(anyscale), "a second run completes the first"
