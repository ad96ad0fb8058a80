"""Fits a page of Markdown into so many characters: detail is dropped from the bottom, by rank, and named where it was.

Owns the order in which detail goes. Refuses to know what the texts say, but for the nouns by which they are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum


class Detail(IntEnum):
    """What a line, or the frame of a section, tells: the first are the first to go."""

    CREATE = 0
    PROPERTY = 1
    UPDATE = 2
    COMMAND = 3
    NOTE = 4
    DISRUPTION = 5
    REASON = 6
    RULE = 7
    ERROR = 8
    MILD_STACK = 9
    GRAVE_CHANGE = 10
    GRAVE_STACK = 11
    STACK = 12


NOUNS = {
    Detail.CREATE: ("create", "creates"),
    Detail.PROPERTY: ("property", "properties"),
    Detail.UPDATE: ("update", "updates"),
    Detail.COMMAND: ("command", "commands"),
    Detail.NOTE: ("note", "notes"),
    Detail.DISRUPTION: ("disruptive update", "disruptive updates"),
    Detail.REASON: ("cause or loss", "causes and losses"),
    Detail.RULE: ("broken rule", "broken rules"),
    Detail.ERROR: ("error", "errors"),
    Detail.GRAVE_CHANGE: ("destructive change", "destructive changes"),
    Detail.STACK: ("stack", "stacks"),
}
"""Frames have none: a frame goes when nothing is left in it."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line, or a block that goes as one.

    Attributes:
        count: how many of its detail it tells.
    """

    detail: Detail
    text: str
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class Section:
    """Lines in a frame.

    Attributes:
        frame: when head and tail go too; None for never.
        left_out: what has been dropped from it.
        shown: whether its frame still stands.
    """

    head: str
    lines: Sequence[Line]
    tail: str = ""
    frame: Detail | None = None
    left_out: Counter[Detail] = field(default_factory=Counter[Detail])
    shown: bool = True

    def text(self) -> str:
        """As it stands on the page."""
        parts = (self.head, *(line.text for line in self.lines), self.notice(self.left_out), self.tail)
        return "\n".join(part for part in parts if part) if self.shown else ""

    def notice(self, left_out: Counter[Detail]) -> str:
        """What a reader of the section learns of what is not in it."""
        return f"\n*Left out here: {told(left_out)}.*" if left_out and self.frame is not None else ""


def fit(title: str, sections: Sequence[Section], *, limit: int, full_report: str = "") -> str:
    """Return the page: title, first section, what is left out and where it is, the other sections.

    Raises:
        ValueError: not even the title, the head of the first section and the notice have room.
    """
    page = _page(title, sections, full_report)
    every = Counter[Detail]()
    for section in sections:
        for line in section.lines:
            every[line.detail] += line.count
    fitted = list(sections)
    # room for the longest of notices, the one that names everything
    excess = len(page) + len(_notice(every, full_report)) + 2 - limit if len(page) > limit else 0
    for detail in Detail:
        for index in reversed(range(len(fitted))):
            if excess > 0:
                fitted[index], freed = _without(fitted[index], detail, excess)
                excess -= freed
    if excess > 0:
        raise ValueError(f"{limit} characters leave no room for a heading: {excess} more are needed")
    return _page(title, fitted, full_report)


def told(left_out: Counter[Detail]) -> str:
    """`3 creates, 1 update`."""
    return ", ".join(
        f"{left_out[detail]:,} {one if left_out[detail] == 1 else more}"
        for detail, (one, more) in NOUNS.items()
        if left_out[detail]
    )


def _without(section: Section, detail: Detail, excess: int) -> tuple[Section, int]:
    """The section without lines of this detail, from the bottom until so many characters are free, and how many are."""
    if section.frame is detail and section.shown:
        return replace(section, shown=False, lines=()), len(section.text())
    kept: list[Line] = []
    left_out, freed = Counter(section.left_out), 0
    for line in reversed(section.lines):
        if line.detail is detail and freed < excess:
            before = len(section.notice(left_out))
            left_out[detail] += line.count
            after = len(section.notice(left_out))
            freed += len(line.text) + 1 - (after - before) - (before == 0 < after)
        else:
            kept.append(line)
    return replace(section, lines=tuple(reversed(kept)), left_out=left_out), freed


def _page(title: str, sections: Sequence[Section], full_report: str) -> str:
    left_out = sum((section.left_out for section in sections), Counter[Detail]())
    first, *others = (section.text() for section in sections)
    blocks = (f"{title}\n{first}", _notice(left_out, full_report), *others)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _notice(left_out: Counter[Detail], full_report: str) -> str:
    words = f"Left out, for a comment holds no more: {told(left_out)}." if left_out else ""
    return " ".join(part for part in (words, full_report) if part)
