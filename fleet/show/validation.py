"""What is wrong with stack files, as people read it: a line a problem, then a line a warning."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.show.markdown import prose
from fleet.validate import Validation


def terminal(found: Validation) -> str:
    """Return it for a terminal."""
    return "\n".join([*_lines(found), *_fine(found)])


def markdown(found: Validation) -> str:
    """Return it as a list, for a comment."""
    listed = "\n".join(f"- {prose(line)}" for line in _lines(found))
    return "\n\n".join(part for part in (listed, *_fine(found)) if part)


def _lines(found: Validation) -> Iterator[str]:
    yield from found.lines
    yield from (f"warning: {line}" for line in found.warned)


def _fine(found: Validation) -> Iterator[str]:
    if not found.lines:
        yield f"Nothing {'else ' if found.warned else ''}is wrong with the stack files."
