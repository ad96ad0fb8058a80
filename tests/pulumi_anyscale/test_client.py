from __future__ import annotations

import json
import threading

import httpx
import pytest

from pulumi_anyscale.api import Api
from pulumi_anyscale.errors import (
    AnyscaleError,
    Conflict,
    Forbidden,
    Interrupted,
    Invalid,
    Malformed,
    Misdirected,
    NotFound,
    NoToken,
    PrimaryResource,
    ServerFault,
    Throttled,
    Unauthorized,
    Unavailable,
)
from pulumi_anyscale.waiting import Timing
from tests.pulumi_anyscale.anyscale_fake import TOKEN, FakeAnyscale, VirtualTime

GET, POST = "GET /api/v2/clouds", "POST /api/v2/clouds/"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (422, Invalid),
        (429, Throttled),
        (500, ServerFault),
        (502, Unavailable),
        (503, Unavailable),
        (504, Unavailable),
    ],
)
def test_the_status_alone_decides_the_type_of_an_error(status: int, kind: type[AnyscaleError]) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=status, times=9, body='{"detail": "404 not found, 401, 503"}')

    with pytest.raises(AnyscaleError) as raised:
        anyscale.client().call("GET", "/api/v2/clouds")

    assert type(raised.value) is kind, "a text that quotes another status must not change the type"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"error": {"detail": "inner"}}', "inner"),
        ('{"detail": "bare"}', "bare"),
        (
            '{"error": {"message": "Bad", "detail": [{"loc": ["body", "region"], "msg": "required"}]}}',
            "body.region: required",
        ),
        ('{"detail": ["plain"]}', "plain"),
        ("<html>proxy</html>", "Anyscale answered 422 to GET /api/v2/clouds"),
        ("[]", "Anyscale answered 422"),
    ],
)
def test_both_envelopes_and_lists_of_problems_are_read(body: str, shown: str) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=422, body=body, headers={"x-trace-id": "trace-7"})

    with pytest.raises(Invalid, match="trace-7") as raised:
        anyscale.client().call("GET", "/api/v2/clouds")

    assert shown in str(raised.value)


def test_only_a_refusal_of_the_primary_resource_is_told_by_its_text() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=400, body='{"detail": "This is the Primary Resource of the cloud"}')

    with pytest.raises(PrimaryResource):
        anyscale.client().call("GET", "/api/v2/clouds")


@pytest.mark.parametrize("status", [429, 502, 503, 504, 0])
def test_a_read_is_tried_three_times(status: int) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=status, times=2)

    assert anyscale.client().call("GET", "/api/v2/clouds", query={"count": "1"})["results"] == []
    assert anyscale.time.pauses == [1, 2], "growing pauses"

    anyscale.fail(GET, status=status, times=3)
    with pytest.raises(AnyscaleError):
        anyscale.client().call("GET", "/api/v2/clouds", query={"count": "1"})
    assert anyscale.count(GET) == 6, "no fourth try"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_what_another_try_cannot_heal_is_not_tried_again(status: int) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=status, times=9)

    with pytest.raises(AnyscaleError):
        anyscale.client().call("GET", "/api/v2/clouds")
    assert anyscale.count(GET) == 1


@pytest.mark.parametrize(("status", "calls"), [(504, 1), (0, 1), (429, 2)])
def test_a_write_that_may_have_taken_effect_is_not_repeated(status: int, calls: int) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(POST, status=status)
    client = anyscale.client()

    if status == 429:
        client.call("POST", "/api/v2/clouds/", body={}, idempotent=False)
    else:
        with pytest.raises(Unavailable):
            client.call("POST", "/api/v2/clouds/", body={}, idempotent=False)
    assert anyscale.count(POST) == calls, "only a 429 says that nothing was done"


@pytest.mark.parametrize(("wish", "paused"), [("7", 7), ("99999", 120), ("soon", 1)])
@pytest.mark.parametrize("status", [429, 503])
def test_the_servers_wish_for_a_pause_is_granted_within_bounds(wish: str, paused: float, status: int) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=status, headers={"retry-after": wish})

    anyscale.client().call("GET", "/api/v2/clouds", query={"count": "1"})

    assert anyscale.time.pauses == [paused]


def test_one_setting_shortens_every_pause() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=429, headers={"retry-after": "99999"})
    anyscale.fail(GET, status=503)
    fast = VirtualTime(Timing.of({"ANYSCALE_POLL_SECONDS": "0.05"}))

    anyscale.client(time=fast).call("GET", "/api/v2/clouds", query={"count": "1"})

    assert fast.pauses == pytest.approx([1.2, 0.02])


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", "inf"])
def test_a_pace_that_is_no_positive_number_is_refused(text: str) -> None:
    with pytest.raises(AnyscaleError, match="ANYSCALE_POLL_SECONDS"):
        Timing.of({"ANYSCALE_POLL_SECONDS": text})


def test_a_success_that_is_no_json_is_an_error_and_not_an_empty_answer() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=200, body="<html>")

    with pytest.raises(Malformed):
        anyscale.client().call("GET", "/api/v2/clouds")


@pytest.mark.parametrize("body", ["{}", "[]", '{"results": null}', ""])
def test_a_list_that_is_none_is_never_read_as_empty(body: str) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=200, body=body)

    with pytest.raises(Malformed):
        list(anyscale.client().pages("/api/v2/clouds"))


def test_a_list_is_read_to_its_last_page() -> None:
    anyscale = FakeAnyscale(page_size=2)
    for number in range(5):
        anyscale.cloud(f"cld_{number}")

    assert [cloud["id"] for cloud in Api(anyscale.client()).clouds()] == [f"cld_{n}" for n in range(5)]
    assert anyscale.count(GET) == 3


def test_a_list_that_never_ends_is_an_error() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=200, times=9, body='{"results": [], "metadata": {"next_paging_token": "again"}}')

    with pytest.raises(Malformed, match="never end"):
        list(anyscale.client().pages("/api/v2/clouds"))


def test_the_token_shows_in_the_header_and_nowhere_else() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=401, body=json.dumps({"detail": f"bad token {TOKEN}"}))

    with pytest.raises(Unauthorized) as raised:
        anyscale.client().call("GET", "/api/v2/clouds")

    assert TOKEN not in str(raised.value), "a server may echo what it was sent"
    assert "bad token ***" in str(raised.value)
    assert anyscale.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in str(anyscale.requests[0].url)


def test_a_missing_token_is_one_sentence_at_the_first_call_and_not_before() -> None:
    anyscale = FakeAnyscale()
    client = anyscale.client({})

    with pytest.raises(NoToken, match=r"ANYSCALE_CLI_TOKEN is not set and .* holds none, .*; run `anyscale login`"):
        client.call("GET", "/api/v2/clouds")
    assert anyscale.calls == []


def test_a_token_in_any_part_of_an_answer_is_hidden() -> None:
    anyscale = FakeAnyscale()
    odd = 'sss_"quoted\\'
    anyscale.fail(GET, status=401, body=json.dumps({"detail": odd}), headers={"x-trace-id": odd})

    with pytest.raises(Unauthorized) as raised:
        anyscale.client({"ANYSCALE_CLI_TOKEN": odd}).call("GET", "/api/v2/clouds")
    assert odd not in str(raised.value), "JSON escapes what the header has as it is"


def test_a_page_in_place_of_a_404_is_no_absence() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=404, body="<html>no such page</html>")

    with pytest.raises(Misdirected, match="ANYSCALE_HOST"):
        anyscale.client().call("GET", "/api/v2/clouds")


def test_a_write_that_no_connection_could_carry_is_tried_again() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(POST, status=0, broken=httpx.ConnectError, times=2)

    anyscale.client().call("POST", "/api/v2/clouds/", body={}, idempotent=False)

    assert len(anyscale.clouds) == 1


def test_an_answer_that_does_not_end_is_given_up_at_the_calls_deadline() -> None:
    anyscale, release = FakeAnyscale(), threading.Event()

    def endless(_: httpx.Request) -> httpx.Response:
        release.wait()
        return httpx.Response(200)

    anyscale.answer = endless  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match="TimeoutError.*run the command again"):
        anyscale.client().call("PUT", "/api/v2/clouds", seconds=0.01)
    release.set()


def test_a_cancelled_plugin_makes_no_further_tries() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=503, times=9)
    anyscale.time.cancel()

    with pytest.raises(Interrupted):
        anyscale.client().call("GET", "/api/v2/clouds")
    assert anyscale.count(GET) == 1, "what is under way may answer, a pause may not begin"
