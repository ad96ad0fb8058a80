from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pulumi_anyscale.client import Client
from pulumi_anyscale.errors import AnyscaleError, Unreachable
from tests.pulumi_anyscale.anyscale_fake import TOKEN, VirtualTime


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@contextmanager
def listening(answer: bytes) -> Generator[tuple[int, list[bytes]]]:
    """Something on loopback that answers whoever connects, and what it was sent."""
    heard: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return  # the test is over
                with connection:
                    heard.append(connection.recv(65536))
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


def closed_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return server.getsockname()[1]


def failure(host: str) -> AnyscaleError:
    environment = {"ANYSCALE_HOST": host, "ANYSCALE_CLI_TOKEN": TOKEN}
    client = Client(environment=environment, home=Path("/nonexistent"), waiter=VirtualTime())
    with pytest.raises(AnyscaleError) as raised:
        client.call("GET", "/api/v2/clouds")
    assert TOKEN not in str(raised.value)
    return raised.value


def test_a_host_that_is_not_there_says_what_happened_and_what_to_check() -> None:
    host = f"http://127.0.0.1:{closed_port()}"

    error = failure(host)

    assert isinstance(error, Unreachable)
    for part in (
        f"no answer from {host} to GET /api/v2/clouds (ConnectError: ",
        "refused",
        "check ANYSCALE_HOST",
        "DNS",
        "HTTPS_PROXY",
    ):
        assert part in str(error)


def test_a_host_that_does_not_speak_tls_leads_to_address_and_certificates() -> None:
    with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (port, _):
        error = failure(f"https://127.0.0.1:{port}")

    assert isinstance(error, Unreachable)
    assert "SSL" in error.found, "what happened"
    for part in ("check ANYSCALE_HOST", "SSL_CERT_FILE"):
        assert part in str(error)


def test_a_proxy_that_refuses_is_named_as_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as (port, heard):
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:password@127.0.0.1:{port}")
        error = failure("https://anyscale.invalid")

    assert isinstance(error, Unreachable)
    assert "407 Proxy Authentication Required" in error.found
    assert "HTTPS_PROXY" in str(error)
    assert "password" not in error.found
    assert TOKEN.encode() not in b"".join(heard), "a proxy sees only where the connection goes"


def test_a_proxy_is_never_shown_the_token_of_a_loopback_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(b"HTTP/1.1 502 Bad Gateway\r\n\r\n") as (port, heard):
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{port}")
        failure(f"http://127.0.0.1:{closed_port()}")

    assert heard == [], "plain http is for this machine alone"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "ftp://user:password@proxy"),
        ("HTTPS_PROXY", "socks5://user:password@proxy"),
        ("ALL_PROXY", "http://user:password@proxy:port"),
        ("SSL_CERT_FILE", "/nonexistent/password.pem"),
    ],
)
def test_a_setting_of_the_connection_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    error = failure("https://anyscale.invalid")

    assert name in str(error)
    assert "password" not in str(error), "a proxy's address may have one in it"
