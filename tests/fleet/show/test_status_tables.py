"""How a status reads."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from rich.console import Console

from fleet.show import status_tables
from tests.fleet.fleets import SUBSCRIPTION
from tests.fleet.show.pages import HOSTILE, texts
from tests.fleet.statuses import NOW, outputs, row, status


def test_a_run_under_way_takes_the_place_of_the_last_update() -> None:
    whole = status({"eastus": outputs()}, known={"eastus": row(updateInProgress=True)})

    assert "running now" in status_tables.markdown(whole)


@pytest.mark.parametrize(
    ("past", "told"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=47), "1 day ago"),
        (timedelta(days=400), "400 days ago"),
        (timedelta(minutes=-5), "just now"),
    ],
)
def test_an_age_is_in_the_largest_unit(past: timedelta, told: str) -> None:
    assert status_tables.age(NOW - past, NOW) == told


def test_an_age_that_nobody_knows_is_not_made_up() -> None:
    assert status_tables.age(None, NOW) == ""


def test_markdown_is_two_tables_then_sums_then_problems() -> None:
    text = status_tables.markdown(status({"eastus": outputs(), "far": {}}))

    overview, details, sums, problems = text.split("\n\n")
    assert [html.unescape(re.sub("</?code>", "", line)) for line in overview.splitlines()] == [
        "| stack | region | cluster | Kubernetes | node pools | GPUs at most | operator | last update |",
        "|---|---|---|---|---|---|---|---|",
        "| eastus | eastus | aks-ray-eastus | 1.36.2 | cpu a100 | 8 A100-80G | HEALTHY | 1 hour ago |",
        "| far | - | - | - | - | - | - | 1 hour ago |",
    ]
    assert [html.unescape(re.sub("</?code>", "", line)) for line in details.splitlines()] == [
        "| stack | Anyscale cloud | Anyscale resource | data | lifecycle | contract |",
        "|---|---|---|---|---|---|",
        "| eastus | ray | cldrsrc_eastus | abfss://anyscale@rayeastus.dfs.core.windows.net | protected | 1 |",
        "| far | - | - | - | - | - |",
    ]
    assert sums == "1 of 2 registered, 2 node pools, GPUs at most: 8 A100-80G. As of each stack's last `up`."
    assert problems == "- `far`: has 84 resources but no finished \\`up\\`; run \\`pulumi up --stack far\\`\n"


def test_markdown_of_a_whole_fleet_lists_no_problem_and_says_where_there_are_no_gpus() -> None:
    text = status_tables.markdown(status({"eastus": outputs(gpus={})}))

    assert text.endswith("GPUs at most: none. As of each stack's last `up`.\n")


@given(HOSTILE)
def test_no_value_breaks_the_tables_or_calls_anybody(hostile: str) -> None:
    told = outputs(cluster_name=hostile, gpus={hostile: 1}, data_url=hostile, node_pools=[hostile])
    text = status_tables.markdown(status({"eastus": told}, unread={"eastus": hostile}))

    blocks = MarkdownIt("commonmark").enable("table").parse(text)
    kinds = [token.type for token in blocks if token.type.endswith("_open") and token.level == 0]
    assert kinds == ["table_open", "table_open", "paragraph_open", *["bullet_list_open"] * bool(hostile)]
    assert sum(token.type == "td_open" for token in blocks) == 8 + 6, "one row a table"
    tokens = [token for block in blocks for token in (block.children or ())]
    assert {token.content for token in tokens if token.type == "html_inline"} <= {"<code>", "</code>"}
    assert not any(token.type in ("link_open", "image") for token in tokens)
    assert not re.search(r"@\w|#\d", texts(tokens)), "neither mentions nor references"


def test_what_is_pasted_in_a_comment_names_no_subscription_and_nobody() -> None:
    told = outputs(cloud_resource_id="cldrsrc_kvedz4pl9wq2n7")
    unread = {"eastus": f"ann@example.com has no right in {SUBSCRIPTION}"}

    text = status_tables.markdown(status({"eastus": told}, unread=unread))

    assert SUBSCRIPTION[:9] not in text and "example.com" not in text and "kvedz4pl9" not in html.unescape(text)


def test_a_terminal_shows_ids_whole_and_text_in_brackets_as_text() -> None:
    told = io.StringIO()
    status_tables.terminal(
        status({"eastus": outputs(cluster_name="[red]aks[/red]\x1b[2J")}, unread={"eastus": "found [bold]\x1b[2J"}),
        Console(file=told, width=40, highlight=False),
    )

    assert "abfss://anyscale@rayeastus.dfs.core.windows.net" in told.getvalue(), "ids are for copying"
    assert r"[red]aks[/red]\x1b[2J" in told.getvalue()
    assert "eastus: found [bold]\\x1b[2J\n" in told.getvalue()
    assert "GPUs at most: 8 A100-80G" in told.getvalue()
