"""How the simulated clouds say no."""

from __future__ import annotations


class Refused(Exception):
    """A refusal in the cloud's own words; its text is what the user of `pulumi` reads."""


def azure(status: int, code: str, message: str) -> Refused:
    """Azure Resource Manager's way: HTTP status, a code to match on, a sentence."""
    return Refused(f'Status={status} Code="{code}" Message="{message}"')
