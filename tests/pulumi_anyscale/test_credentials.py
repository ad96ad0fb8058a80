from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_anyscale import credentials
from pulumi_anyscale.errors import AnyscaleError, NoToken
from tests.pulumi_anyscale.anyscale_fake import TOKEN


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
        *("https://x/api", "https://x?a=b", "https://x#a", "https://user:password@x", TOKEN),
        *("https://[::", "https://x:99999", "https://x:y", "https://a b", "https://x\n.example", "http://127.0.0.1:y"),
    ],
)
def test_an_address_that_is_none_or_would_show_the_token_to_the_network_is_refused(given: str) -> None:
    with pytest.raises(AnyscaleError, match="ANYSCALE_HOST.*write it like https://console.anyscale.com") as raised:
        credentials.base_url({"ANYSCALE_HOST": given})
    assert TOKEN not in str(raised.value), "it may be in the wrong variable"
    assert "password" not in str(raised.value)
