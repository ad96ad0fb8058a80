"""Texts that would break a page, and a page read as GitHub would."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from fleet.show.report_markdown import MARKER

MARKUP = ("`", "```\n", "|", "<b>", "</details>\n\n", "<!--", "&lt;", "\\", "$", "~~", "**", "_", "![x](y)", "[x](y)")
OTHERS = ("@octo/team", "#12", "\n\n# a", "\n- b", "1. ", "\r", "\t", " ", "\x1b", "\u202e", "\0", "c", "é")
HOSTILE = st.one_of(
    st.text(),
    st.lists(st.sampled_from((*MARKUP, *OTHERS)), max_size=12).map("".join),
    st.integers(60, 400).map(lambda length: "`" * length),
)
FRAME = re.compile(r"(<details( open)?><summary><code>[^<>]*</code>: [a-z ,;\d]*</summary>|</details>)\n?")
BLOCKS = {"heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td", "bullet_list", "list_item"}


def parsed(text: str) -> list[Token]:
    """Every token, of blocks and in lines, of a well-formed comment."""
    blocks = MarkdownIt("commonmark").enable("table").parse(text)
    tokens = [token for block in blocks for token in (block, *(block.children or ()))]
    frames = [token.content for token in blocks if token.type == "html_block"]
    assert frames[0].strip() == MARKER
    assert all(FRAME.fullmatch(frame) for frame in frames[1:]), "no HTML but the frames of the stacks"
    assert sum("<details" in frame for frame in frames) == frames.count("</details>\n")
    assert [frame.startswith("</") for frame in frames[1:]] == [False, True] * (len(frames) // 2), "one after another"
    kinds = {re.sub(r"_(open|close)$", "", token.type) for token in blocks} - {"html_block", "inline", "fence"}
    assert kinds <= BLOCKS, "no quote, rule, numbered list or picture"
    assert sum(token.type == "heading_open" for token in blocks) == 1
    assert {token.content for token in tokens if token.type == "html_inline"} <= {"<code>", "</code>"}
    assert not any(token.type in ("link_open", "image") and "run" not in str(token.attrs) for token in tokens)
    return tokens


def texts(tokens: Iterable[Token]) -> str:
    """What GitHub searches for mentions and references: text outside code."""
    inside = False
    found: list[str] = []
    for token in tokens:
        if token.type == "html_inline":
            inside = token.content == "<code>"
        elif token.type in ("text", "text_special") and not inside:
            found.append(token.content)
        else:
            found.append("\n")
    return "".join(found)
