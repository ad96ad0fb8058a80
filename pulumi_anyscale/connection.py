"""How Anyscale is reached, and what to do where it cannot be.

Owns the origin, the way through proxies, and certificates. Refuses to know calls (`client.py`).
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping

import httpx

from pulumi_anyscale import credentials
from pulumi_anyscale.errors import AnyscaleError, Unavailable, Unreachable

CONNECT_SECONDS = 20.0
"""A host that takes no connection by then is not there, however long the call itself may last."""
_PROXIES = "HTTPS_PROXY, ALL_PROXY and NO_PROXY"
_NOT_THERE = f"check {credentials.HOST}, this machine's network, DNS and firewall, and {_PROXIES}"
_ADVICE: dict[type[Exception], str] = {
    ssl.SSLError: f"check {credentials.HOST} and this machine's clock; where a proxy opens TLS, or the host has a "
    "private certificate authority, set SSL_CERT_FILE to a file with that authority",
    httpx.ProxyError: f"the proxy refused: check {_PROXIES}, with its name and password",
    httpx.ConnectError: _NOT_THERE,
    httpx.ConnectTimeout: _NOT_THERE,
    httpx.PoolTimeout: "too many calls at once: run the command again with a smaller --parallel",
}
"""What to do about each way in which no connection comes about. Every other error comes after something was sent."""


def connect(environment: Mapping[str, str], *, token: str, transport: httpx.BaseTransport | None) -> httpx.Client:
    """A client of the origin that `environment` names; `transport` stands in for the network.

    Raises:
        AnyscaleError: what is set of the address, of proxies or of certificates cannot be used.
    """
    origin = credentials.base_url(environment)
    try:
        return httpx.Client(
            base_url=origin,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            transport=transport,
            trust_env=origin.lower().startswith("https:"),  # plain http is loopback's: a proxy would be shown the token
        )
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:  # whose text may quote a proxy's password
        raise AnyscaleError(
            f"no connection to {origin} can be prepared ({type(error).__name__})",
            f"check {_PROXIES} (each http://host:port), and that what SSL_CERT_FILE and SSL_CERT_DIR name exists",
        ) from None


def unanswered(call: str, origin: str, error: Exception) -> Unavailable:
    """The error that no answer is: `Unreachable` where no connection was made, so that nothing was sent."""
    advice = _ADVICE.get(ssl.SSLError if _is_of_tls(error) else type(error))
    nothing = f"no answer from {origin} to {call} ({type(error).__name__}"
    if advice:
        return Unreachable(f"{nothing}: {error})", advice)
    return Unavailable(  # without the library's own text, which may quote what was sent
        f"{nothing})", "the connection ended early: run the command again, which looks first at what has taken effect"
    )


def _is_of_tls(error: BaseException) -> bool:
    """Only where the connection did not come about: TLS may also break later."""
    behind: BaseException | None = error
    while isinstance(error, httpx.ConnectError) and behind:
        if isinstance(behind, ssl.SSLError):
            return True
        behind = behind.__context__
    return False
