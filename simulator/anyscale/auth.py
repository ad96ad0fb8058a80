"""Who may call: anyone with a token of the right shape, in either of the two places where clients put it.

Refuses to know users or roles. A token that has expired is simulated by a fault with status 401.
"""

from __future__ import annotations

from collections.abc import Mapping

from simulator.anyscale.errors import ApiError


def require_token(headers: Mapping[str, str], cookies: Mapping[str, str]) -> None:
    """Accept a bearer token or the cookie `cli_token`.

    Raises:
        ApiError: 401 where there is none or its shape is not a token's. The token is not repeated.
    """
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else cookies.get("cli_token", "")
    # The two shapes that the vendor's client accepts: session tokens, and keys such as `aph0_...`.
    if not (token.startswith("sss_") or (token.startswith("a") and "_" in token)):
        raise ApiError(401, "Unauthorized: no valid credentials were given.")
