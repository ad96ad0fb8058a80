from __future__ import annotations

import re
from collections import Counter

import pytest

from fleet.show.fitting import NOUNS, Detail
from fleet.show.report_markdown import render
from tests.fleet import fleets
from tests.fleet.fleets import big_fleet, done, fleet
from tests.fleet.show.pages import parsed

PATTERNS = (
    (r"- create in ", Detail.CREATE),
    (r"  - (because|loses|takes along) ", Detail.REASON),
    (r"  - `", Detail.PROPERTY),
    (r"- update .*\*\*disruptive\*\*$", Detail.DISRUPTION),
    (r"- update ", Detail.UPDATE),
    (r"- \*\*(delete|replace)\*\* ", Detail.GRAVE_CHANGE),
    (r"- (\*\*error\*\*|warning) ", Detail.RULE),
    (r"- note: ", Detail.NOTE),
    (r"- next: ", Detail.COMMAND),
    (r"```text", Detail.ERROR),
    (r"\| <code>", Detail.STACK),
)


def left_out(text: str) -> dict[Detail, int]:
    notice = re.search(
        r"^Left out, for a comment holds no more: (.*?)\.( \[Full report\]\(<.*>\)\.)?$", text, re.MULTILINE
    )
    counts = re.findall(r"([\d,]+) ([a-z ]+?)(?:, |$)", notice[1]) if notice else []
    details = {noun: detail for detail, nouns in NOUNS.items() for noun in nouns}
    return {details[noun]: int(count.replace(",", "")) for count, noun in counts}


def lines_of(text: str) -> Counter[Detail]:
    """How many of each detail a comment shows."""
    found = Counter[Detail]()
    for line in text.splitlines():
        detail = next((detail for pattern, detail in PATTERNS if re.match(pattern, line)), None)
        if detail is not None:
            found[detail] += len(re.findall(r"`[^`]+`", line)) - 1 if detail is Detail.CREATE else 1
    return found


def test_fifty_stacks_with_two_thousand_changes_are_one_comment_with_every_row_and_every_loss() -> None:
    report = big_fleet(stacks=50, changes=2_000)

    text = render(report, link="https://ci.example/runs/7")

    grave = [each.name for stack in report.stacks for each in stack.changes if each.operation in ("delete", "replace")]
    assert sum(len(stack.changes) for stack in report.stacks) == 2_000
    assert 60_000 < len(text) <= 65_000, "what there is room for is used"
    assert sum(token.type == "tr_open" for token in parsed(text)) == 51, "one row a stack, and the head"
    assert [name for name in grave if f"`{name}`" not in text] == []
    assert "quota" in text and "anyone may reach port 443" in text, "errors and broken rules outlive updates"
    rows = re.findall(r"^\| <code>(\w+)</code> \| (\**\w+)", text, flags=re.MULTILINE)
    assert [verdict for _, verdict in rows[:20:5]] == ["**destructive", "**destructive", "**failed", "**breaks"]


@pytest.mark.parametrize("limit", [100_000, 65_000, 40_000, 30_000, 20_000, 12_000, 5_000, 2_500, 700])
def test_detail_goes_from_the_bottom_in_its_order_and_is_counted(limit: int) -> None:
    report = big_fleet(stacks=30, changes=900)
    whole = render(report, limit=10_000_000)

    text = render(report, limit=limit)

    assert len(text) <= limit < len(whole)
    parsed(text)
    dropped = left_out(text)
    assert lines_of(text) + Counter(dropped) == lines_of(whole), "what is not shown is counted, each once"
    order = [detail for detail in NOUNS if lines_of(whole)[detail]]
    assert list(dropped) == order[: len(dropped)], "nothing goes while something lesser stands"
    assert all(lines_of(text)[detail] == 0 for detail in list(dropped)[:-1]), "and the lesser goes whole"


def test_a_stack_says_itself_what_is_left_out_of_it_and_those_above_lose_nothing_before() -> None:
    report = fleet(*(done(f"region{number}", *[fleets.NEW_POOL] * 30) for number in range(9)))

    text = render(report, limit=len(render(report)) - 100)

    first, last = (text.partition(f"<code>region{number}</code>: ")[2].partition("</details>")[0] for number in (0, 8))
    assert "*Left out here: 30 creates.*" in last and "- create" not in last
    assert "Left out" not in first and "- create" in first


def test_a_comment_that_fits_to_the_letter_is_whole() -> None:
    whole = render(big_fleet(stacks=4, changes=40), limit=1_000_000)

    assert render(big_fleet(stacks=4, changes=40), limit=len(whole)) == whole
    assert "Left out" in render(big_fleet(stacks=4, changes=40), limit=len(whole) - 1)


def test_a_limit_without_room_for_the_heading_is_refused() -> None:
    with pytest.raises(ValueError, match="100 characters leave no room for a heading: [0-9]+ more"):
        render(big_fleet(), limit=100)
