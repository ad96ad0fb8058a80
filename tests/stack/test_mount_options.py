from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.blobfuse import FLAGS, FORBIDDEN, NODE_VERSION
from stack.mount_options import OptionProblem, option_problems, pool_mib

SOUND = (
    "-o allow_other",
    "--cancel-list-on-mount-seconds=0",
    "--disable-writeback-cache=true",
    "--block-cache",
    "--block-cache-pool-size=4096",
)
VALUES = {"bool": "true", "text": "x", "integer": "5", "number": "1.5", "duration": "5s", "level": "LOG_ERR"}


def problems(*options: str, read_only: bool = False) -> list[OptionProblem]:
    return list(option_problems(options, read_only=read_only))


def told(*options: str, read_only: bool = False) -> str:
    """The one problem of sound options with `options` beside them."""
    [problem] = problems(*SOUND, *options, read_only=read_only)
    return f"{problem.why}; {problem.remedy}"


def test_sound_options_pass() -> None:
    assert problems(*SOUND) == []


@pytest.mark.parametrize("name", sorted(FLAGS))
def test_every_flag_of_the_table_is_taken_with_a_value_of_its_kind(name: str) -> None:
    refused = [
        problem
        for problem in problems(f"--{name}={VALUES[FLAGS[name].kind]}", read_only=True)
        if problem.index == 0 and not problem.unsafe
    ]
    wanted = name in FORBIDDEN or FLAGS[name].since > NODE_VERSION or name == "block-cache-prefetch"
    assert bool(refused) == wanted, "5 blocks are too few to prefetch, and nothing else is wrong with a known flag"


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--block-cache=yes", "true or false"),
        ("--attr-cache-timeout", "a whole number"),
        ("--attr-cache-timeout=-1", "a whole number"),
        ("--wait-for-mount=5", "a duration"),
        ("--log-level=LOUD", "LOG_WARNING"),
        ("--subdirectory", "a value"),
        ("--block-cache-block-size=big", "a number"),
        ("-o allow_other=false", "only be switched on"),
        ("-o uid=ray", "whole number"),
        ("-o noatime", "refuses"),
        ("-o  ro", "neither"),
        ("--attr-cache-timeout 5", "neither"),
        ("allow_other", "neither"),
        ("", "neither"),
    ],
)
def test_an_option_that_blobfuse_would_refuse_is_refused(option: str, words: str) -> None:
    assert words in told(option)


def test_what_is_accepted_and_ignored_is_let_pass() -> None:
    assert (
        problems(*SOUND, "--read-only=false", "-o noexec", "-o default_permissions", "--pre-mount-validate=true") == []
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--block-cache-prefetch=10",), "below 11"),
        (("--block-cache-prefetch=129", "--block-cache-block-size=32"), "4128 MB"),
        (("-o direct_io", "--disable-kernel-cache"), "excludes -o direct_io"),
        (("--filter=size>1",), "read-only"),
        (("--list-cache-timeout=60",), "read-only"),
        (("-o ro",), "read-only"),
        (("--read-only",), "read-only"),
        (("--block-cache-path=/mnt/x",), "second pod cannot mount"),
        (("--cache-size-mb=1000",), "--block-cache replaces it"),
        (("--lazy-write",), "close() succeeds"),
    ],
)
def test_options_that_do_harm_together_are_refused(options: tuple[str, ...], words: str) -> None:
    assert words in told(*options)


def test_a_prefetch_of_nothing_and_one_that_just_fits_are_let_pass() -> None:
    assert problems(*SOUND, "--block-cache-prefetch=0") == []
    assert problems(*SOUND, "--block-cache-prefetch=128", "--block-cache-block-size=32") == []
    assert problems(*SOUND, "--block-cache-prefetch=256") == [], "blocks have 16 MB unless told otherwise"


@pytest.mark.parametrize(("pool", "fits"), [(3072, True), (3071, False), (0, False)])
def test_a_pool_that_holds_no_default_prefetch_on_the_largest_node_is_refused(pool: int, *, fits: bool) -> None:
    found = problems(*SOUND[:-1], f"--block-cache-pool-size={pool}")

    assert (found == []) == fits, "twice 96 CPUs, 16 MB each: a smaller pool mounts on small nodes only"
    assert fits or "192 blocks of 16 MB to prefetch, the default on nodes of 96 CPUs, take 3072 MB" in found[0].why
    assert problems(*SOUND[:-1], f"--block-cache-pool-size={pool}", "--block-cache-prefetch=0") == []


def test_a_read_only_mount_keeps_the_kernels_cache() -> None:
    assert "safetensors" in told("--disable-kernel-cache", read_only=True)
    assert problems(*SOUND, "--disable-kernel-cache") == [], "for writers it is a way to coherence"


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ("--cancel-list-on-mount-seconds=0", "list nothing"),
        ("--disable-writeback-cache=true", "old size"),
        ("--block-cache-pool-size=4096", "60%"),
        ("--block-cache", "one folder a node"),
    ],
)
def test_leaving_out_what_keeps_data_safe_is_a_risk_that_can_be_accepted(left_out: str, words: str) -> None:
    [problem] = problems(*(option for option in SOUND if option != left_out))

    assert words in problem.why
    assert problem.unsafe
    assert problem.index is None


def test_the_place_of_an_option_is_told() -> None:
    [problem] = problems(*SOUND, "--nothing")
    assert problem.index == len(SOUND)


@given(st.lists(st.text(alphabet="-oabcdefg_= 0123456789", max_size=20), max_size=4))
def test_no_option_breaks_the_validator(options: list[str]) -> None:
    assert all(problem.why and problem.remedy for problem in problems(*options))
    assert pool_mib(options) == 0
