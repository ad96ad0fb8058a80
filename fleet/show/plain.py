"""Texts of others at a terminal."""

from __future__ import annotations


def plain(text: str) -> str:
    """In one line, without what could move a cursor or turn letters around."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
