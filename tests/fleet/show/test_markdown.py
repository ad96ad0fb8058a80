from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from fleet.report import Change, FleetReport, PropertyChange, StackReport
from fleet.show.markdown import code, fence, html_code, link_to, prose
from fleet.show.plain import plain
from fleet.show.report_markdown import render
from fleet.show.report_words import cut
from tests.fleet import fleets
from tests.fleet.fleets import done, fleet
from tests.fleet.show.pages import HOSTILE, parsed, texts


def hostile_report(text: str) -> FleetReport:
    prop = PropertyChange(path=text, old=text, new=None, replaces=True, effect=text)
    changes = tuple(
        Change(
            operation=operation,
            type=f"x:y:{text}",
            name=text,
            component=text,
            verdict="destructive" if operation in ("replace", "delete") else "safe",
            properties=(prop,),
            loses=text,
            effect=text,
            takes_along=(text, text),
        )
        for operation in ("replace", "delete", "update", "create")
    )
    rule = fleets.OPEN_INGRESS.model_copy(update={"rule": text, "resource": text, "message": text, "waiver": text})
    return fleet(
        StackReport(
            stack=text, state="failed", error=text, changes=changes, broken_rules=(rule,), notes=(text,), next=(text,)
        ),
        done("safe"),
    )


@given(HOSTILE)
def test_no_value_breaks_the_page_or_calls_anybody(hostile: str) -> None:
    tokens = parsed(render(hostile_report(hostile), limit=200_000))

    assert sum(token.type == "td_open" for token in tokens) == 8, "two rows of four cells"
    assert sum(token.type == "list_item_open" for token in tokens) == 16 - 4 * (not hostile), "one for each line"
    assert not re.search(r"@\w|#\d", texts(tokens)), "neither mentions nor references"


@given(HOSTILE, st.integers(1_500, 12_000))
def test_no_value_makes_a_page_too_long(hostile: str, limit: int) -> None:
    text = render(hostile_report(hostile), limit=limit)

    assert len(text) <= limit
    parsed(text)


@given(HOSTILE)
def test_code_shows_every_letter(hostile: str) -> None:
    expected = cut(hostile) or '""'

    (span,) = MarkdownIt("commonmark").parseInline(f"a {code(cut(hostile))} b")[0].children[1:-1]  # pyright: ignore[reportOptionalSubscript]
    assert (span.type, span.content.strip()) == ("code_inline", expected.strip())
    assert html.unescape(re.sub("</?code>", "", html_code(cut(hostile)))) == expected


@given(HOSTILE)
def test_a_block_shows_every_line_and_prose_every_letter(hostile: str) -> None:
    (block,) = MarkdownIt("commonmark").parse(fence(hostile))
    assert block.content.splitlines() == ([plain(line) for line in hostile.splitlines()] or [""])

    words = MarkdownIt("commonmark").parse(f"a {prose(hostile)}")[1]
    assert {token.type for token in words.children or ()} <= {"text", "text_special"}, "nothing is markup"
    letters = "".join(token.content for token in words.children or ()).replace("\u200b", "")
    assert letters.strip() == f"a {plain(' '.join(hostile.split()))}".strip().replace("\u200b", "")


def test_an_address_cannot_end_its_link() -> None:
    assert link_to("run", "https://ci.example/a b>)<i>") == "[run](<https://ci.example/a%20b%3E)%3Ci%3E>)"
