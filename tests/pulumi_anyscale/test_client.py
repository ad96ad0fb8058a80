from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_anyscale import credentials
from pulumi_anyscale.api import Api
from pulumi_anyscale.errors import (
    AnyscaleError,
    Conflict,
    Forbidden,
    Interrupted,
    Invalid,
    Malformed,
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
def test_the_servers_wish_for_a_pause_is_granted_within_bounds(wish: str, paused: float) -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=429, headers={"retry-after": wish})

    anyscale.client().call("GET", "/api/v2/clouds", query={"count": "1"})

    assert anyscale.time.pauses == [paused]


def test_one_setting_shortens_every_pause() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=429, headers={"retry-after": "99999"})
    anyscale.fail(GET, status=503)
    fast = VirtualTime(Timing.of({"ANYSCALE_POLL_SECONDS": "0.05"}))

    anyscale.client(time=fast).call("GET", "/api/v2/clouds", query={"count": "1"})

    assert fast.pauses == pytest.approx([1.2, 0.02])


@pytest.mark.parametrize("text", ["0", "-1", "fast"])
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


@pytest.mark.parametrize("found", ["my-password", "b_nope", "sk-123", "sss_two\nlines", "sss_ä"])
def test_what_is_no_token_is_not_sent_and_not_shown(found: str) -> None:
    with pytest.raises(NoToken) as raised:
        credentials.token({"ANYSCALE_CLI_TOKEN": found}, Path("/nonexistent"))

    assert found not in str(raised.value), "it may be another secret"


def test_the_environments_token_wins_over_the_login_file(tmp_path: Path) -> None:
    folder = tmp_path / ".anyscale"
    folder.mkdir()
    (folder / "credentials.json").write_text('{"cli_token": "sss_file"}')

    assert credentials.token({}, tmp_path) == "sss_file"
    assert credentials.token({"ANYSCALE_CLI_TOKEN": "sss_env"}, tmp_path) == "sss_env"


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_an_unreadable_login_file_is_explained(tmp_path: Path, content: str) -> None:
    folder = tmp_path / ".anyscale"
    folder.mkdir()
    (folder / "credentials.json").write_text(content)

    with pytest.raises(NoToken, match="anyscale login"):
        credentials.token({}, tmp_path)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("", "https://console.anyscale.com"),
        ("https://anyscale.example/", "https://anyscale.example"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://localhost:1", "http://localhost:1"),
    ],
)
def test_the_address_is_an_origin_without_a_slash(given: str, meant: str) -> None:
    assert credentials.base_url({"ANYSCALE_HOST": given}) == meant


@pytest.mark.parametrize(
    "given",
    [
        *("http://anyscale.example", "console.anyscale.com", "ftp://x", "https://"),
        *("https://[::", "https://x:99999", "https://x:y", "https://a b", "https://x\n.example", "http://127.0.0.1:y"),
    ],
)
def test_an_address_that_is_none_or_would_show_the_token_to_the_network_is_refused(given: str) -> None:
    with pytest.raises(AnyscaleError, match="ANYSCALE_HOST"):
        credentials.base_url({"ANYSCALE_HOST": given})


def test_a_cancelled_plugin_makes_no_further_tries() -> None:
    anyscale = FakeAnyscale()
    anyscale.fail(GET, status=503, times=9)
    anyscale.time.cancel()

    with pytest.raises(Interrupted):
        anyscale.client().call("GET", "/api/v2/clouds")
    assert anyscale.count(GET) == 1, "what is under way may answer, a pause may not begin"
