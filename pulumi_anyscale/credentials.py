"""Where Anyscale is and who asks.

Owns the reading of ANYSCALE_HOST and of the token. Refuses to keep a token anywhere else: it is no input, no
configuration, and never in a message.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from pulumi_anyscale.errors import AnyscaleError, NoToken

DEFAULT_HOST = "https://console.anyscale.com"
HOST, CREDENTIAL = "ANYSCALE_HOST", "ANYSCALE_CLI_TOKEN"
_TO_DO = f"run `anyscale login`, or set {CREDENTIAL} (in CI: the key of a service account)"
_TOKEN = re.compile(r"(?:sss_|a[!-~]*_)[!-~]*")


def base_url(environment: Mapping[str, str]) -> str:
    """Origin of the control plane, without a slash at its end.

    Raises:
        AnyscaleError: it is no https origin; plain http would show the token to the network, so only loopback may. What
            it is instead is not shown: it may be a token in the wrong variable, or have a password in it.
    """
    host = (environment.get(HOST) or DEFAULT_HOST).rstrip("/")
    scheme, name = _scheme_and_name(host)
    if name and (scheme == "https" or (scheme == "http" and _is_loopback(name))):
        return host
    raise AnyscaleError(
        f"{HOST} is no https:// address of a host alone (no path, no user)",
        f"write it like {DEFAULT_HOST}, which is used where it is not set",
    )


def token(environment: Mapping[str, str], home: Path) -> str:
    """The token: of the environment, else what `anyscale login` left in the home folder.

    Raises:
        NoToken: absent, unreadable, or not of the shape of a token.
    """
    found, source = environment.get(CREDENTIAL, "").strip(), CREDENTIAL
    if not found:
        path = home / ".anyscale" / "credentials.json"
        found, source = _from_file(path), "~/.anyscale/credentials.json"
    if not found:
        raise NoToken(
            f"no Anyscale token: {CREDENTIAL} is not set and {source} holds none, so Anyscale cannot be asked; {_TO_DO}"
        )
    if not _TOKEN.fullmatch(found):
        raise NoToken(
            f"what {source} holds is no Anyscale token (one line of ASCII that starts with sss_, or with a and has "
            f"a _); {_TO_DO}"
        )
    return found


def _from_file(path: Path) -> str:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise NoToken(f"~/.anyscale/credentials.json cannot be read ({type(error).__name__}); {_TO_DO}") from None
    return str(cast("dict[str, Any]", read).get("cli_token") or "") if isinstance(read, dict) else ""


def _scheme_and_name(host: str) -> tuple[str, str]:
    """Both empty where `host` is more or less than an origin: also with a space, or with a port that is none."""
    try:
        parts = urlsplit(host)
        _ = parts.port  # read here because a port that is none is told only on reading
    except ValueError:
        return "", ""
    more = parts.path or parts.query or parts.fragment or "@" in parts.netloc or re.search(r"\s", host)
    return ("", "") if more else (parts.scheme, parts.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
