"""What a comment or an artifact must not carry: whose tenant, subscription, identity or mailbox it is.

Owns how ids and e-mail addresses are shortened. Refuses to look for secrets: no report holds one (`report.SECRET`), and
a filter that guesses would only hide that one does.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, cast

from fleet.report import FleetReport

ANYSCALE_PREFIXES = (
    "cld",  # cloud
    "cldrsrc",  # cloud resource
    "org",
    "usr",
    "prj",  # project
    "ses",  # cluster
    "prodjob",
    "service2",
    "expwrk",  # workspace
)
"""Of Anyscale's ids, the part before `_`, as its API and the addresses of its console show them."""

_GUID = re.compile(r"(?P<guid>[0-9a-fA-F]{4})[0-9a-fA-F]{4}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ANYSCALE = re.compile(
    rf"(?<![a-zA-Z0-9])(?P<anyscale>(?:{'|'.join(ANYSCALE_PREFIXES)})_[a-zA-Z0-9]{{4}})[a-zA-Z0-9]{{4,}}"
)
_ADDRESS_OF_DATA = "".join(f"(?<!{scheme}://)" for scheme in ("abfs", "abfss", "wasb", "wasbs"))
"""`abfss://container@account.dfs.core.windows.net` is no mailbox."""
_MAILBOX = re.compile(
    rf"{_ADDRESS_OF_DATA}(?<![\w.%+'#-])(?P<mailbox>[\w.%+'#-]?)[\w.%+'#-]*@(?:[\w-]+\.)+[^\W\d_][\w-]+"
)


def masked(text: str) -> str:
    """Shorten each GUID, Anyscale id and e-mail address to its beginning and a digest of six digits; the rest stays.

    One id is one stub, in any letter case and in every run, and two that begin alike (`00000000-...`) still differ:
    `3f1c…8d77c7`, `cld_kved…8d7355`, `a…8e1b4c@…`. The digest confirms a guess but does not give the id away.
    """
    text = _ANYSCALE.sub(_stub, _GUID.sub(_stub, text))
    return _MAILBOX.sub(_stub, text) if "@" in text else text


def masked_report(report: FleetReport) -> FleetReport:
    """The same report with every text in it masked."""
    return FleetReport.model_validate(_walk(report.model_dump(by_alias=False)))


def _stub(found: re.Match[str]) -> str:
    kind = cast("str", found.lastgroup)
    whole = found[0].casefold() if kind != "anyscale" else found[0]  # letter case tells Anyscale's ids apart
    shown = found[kind].casefold() if kind != "anyscale" else found[kind]
    return f"{shown}…{hashlib.sha256(whole.encode()).hexdigest()[:6]}" + ("@…" if kind == "mailbox" else "")


def _walk(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: _walk(inner) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, tuple | list):
        return [_walk(inner) for inner in cast("list[Any]", value)]
    return value
