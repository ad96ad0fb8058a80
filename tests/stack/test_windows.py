from __future__ import annotations

import pytest
from specs import a_spec

from stack.base import SettingsError


def overlap(kubernetes: str, node_image: str, *, offset: str = "+00:00", hours: int = 4) -> bool:
    """Whether two windows, each `Day HH:MM`, the second with `offset`, are refused as overlapping."""
    (first, start), (second, other) = kubernetes.split(), node_image.split()
    upgrades = {
        "kubernetesWindow": {"day": first, "start": start, "hours": hours},
        "nodeImageWindow": {"day": second, "start": other, "utcOffset": offset},
    }
    try:
        a_spec(cluster={"upgrades": upgrades})
    except SettingsError as refusal:
        return any("overlaps" in problem for problem in refusal.problems)
    return False


@pytest.mark.parametrize(
    ("kubernetes", "node_image", "overlapping"),
    [
        ("Monday 02:00", "Monday 05:59", True),
        ("Monday 02:00", "Monday 06:00", False),
        ("Monday 05:59", "Monday 02:00", True),
        ("Monday 06:00", "Monday 02:00", False),
        ("Sunday 22:00", "Monday 01:59", True),
        ("Sunday 22:00", "Monday 02:00", False),
        ("Monday 01:00", "Sunday 22:00", True),
    ],
)
def test_two_windows_are_apart_when_one_ends_before_the_other_begins(
    kubernetes: str, node_image: str, *, overlapping: bool
) -> None:
    assert overlap(kubernetes, node_image) == overlapping, "also where the week ends between them"


@pytest.mark.parametrize(
    ("node_image", "offset", "overlapping"),
    [
        ("Monday 12:00", "+10:00", True),  # 02:00 in UTC
        ("Sunday 16:00", "-10:00", True),
        ("Monday 12:00", "-10:00", False),
        ("Monday 02:00", "+10:00", False),
        ("Monday 09:30", "+03:30", False),  # 06:00 in UTC
        ("Monday 09:29", "+03:30", True),
    ],
)
def test_windows_are_compared_in_one_time(node_image: str, offset: str, *, overlapping: bool) -> None:
    assert overlap("Monday 02:00", node_image, offset=offset) == overlapping


@pytest.mark.parametrize("off", [{"kubernetes": "none"}, {"nodeImage": "None"}])
def test_a_window_in_which_nothing_is_upgraded_overlaps_none(off: dict[str, str]) -> None:
    window = {"day": "Monday", "start": "02:00"}
    upgrades = {"kubernetesWindow": window, "nodeImageWindow": window, **off}
    assert a_spec(cluster={"upgrades": upgrades}), "AKS is told of one window only"


def test_a_longer_window_reaches_further() -> None:
    assert overlap("Monday 02:00", "Monday 08:00", hours=7)
    assert not overlap("Monday 02:00", "Monday 08:00", hours=6)
