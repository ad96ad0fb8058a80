"""Texts of others inside GitHub's Markdown: shown letter by letter, never as markup, mentions or references.

GitHub looks for mentions (`@name`) and references (`#1`) in the rendered page, so that escapes do not help: only code
is left alone, and in prose a character without width stands behind the sign. An address in prose becomes a link, which
shows where it leads.
Source: CommonMark 0.31, 2.4, 6.1 and 4.5; GitHub Flavored Markdown, tables and autolinks; read 2026-11.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from fleet.show.plain import plain

_NO_WIDTH = "\u200b"
_SPECIAL = re.compile(r"[\\`*_\[\]<>|~&$!#]")
_SIGNS = re.compile(r"[@#]")


def code(text: str) -> str:
    """A code span in running text; not for tables, whose cells a `|` would end."""
    text = plain(text) or '""'
    ticks = "`" * (1 + max(map(len, re.findall(r"`+", text)), default=0))
    pads = "`" in (text[0], text[-1]) or (text[0] == text[-1] == " " and text.strip() != "")
    pad = " " if pads else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def html_code(text: str) -> str:
    """Code for a cell of a table and for `<summary>`, where no code span can stand."""
    letters = (each if each.isalnum() or each in " .-" else f"&#{ord(each)};" for each in plain(text) or '""')
    return f"<code>{''.join(letters)}</code>"


def prose(text: str) -> str:
    """A sentence, in one line. Not for the beginning of a line, where a digit or a dash would begin a list."""
    escaped = _SPECIAL.sub(r"\\\g<0>", plain(" ".join(text.split())))
    return _SIGNS.sub(rf"\g<0>{_NO_WIDTH}", escaped)


def fence(text: str) -> str:
    """A block of code, its lines kept."""
    lines = "\n".join(plain(line) for line in text.splitlines())
    ticks = "`" * max(3, 1 + max(map(len, re.findall(r"`+", lines)), default=0))
    return f"{ticks}text\n{lines}\n{ticks}"


def link_to(label: str, target: str) -> str:
    """A link to an address."""
    address = quote(target, safe=":/?#@!$&'()*+,;=%~")
    return f"[{prose(label)}](<{address}>)"
