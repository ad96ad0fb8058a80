from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.report import Change, FleetReport, PropertyChange, StackReport
from fleet.show.masking import masked, masked_report

SUBSCRIPTION = "3f1c9a04-be77-4e01-b51c-3d0a86bc5551"


def test_a_guid_keeps_four_digits_and_a_digest() -> None:
    assert masked(f"tenant {SUBSCRIPTION}.") == "tenant 3f1c…8d77c7."


def test_an_arm_id_keeps_what_people_read() -> None:
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ray-eastus/providers/Microsoft.Storage"

    assert masked(group) == "/subscriptions/3f1c…8d77c7/resourceGroups/rg-ray-eastus/providers/Microsoft.Storage"


def test_a_logical_name_that_holds_an_object_id_is_masked_too() -> None:
    assert masked(f"westus3-{SUBSCRIPTION}-admin") == "westus3-3f1c…8d77c7-admin"
    assert SUBSCRIPTION[9:] not in masked("abc" + SUBSCRIPTION + "def"), "letters around it do not hide it"


def test_one_id_is_one_stub_however_its_letters_are_written() -> None:
    assert masked(SUBSCRIPTION.upper()) == masked(SUBSCRIPTION)


def test_ids_that_begin_alike_stay_distinguishable() -> None:
    ids = [f"00000000-0000-0000-0000-{number:012}" for number in range(500)]

    assert len({masked(each) for each in ids}) == len(ids), "placeholders differ in their last digits only"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cld_kvedZWag2qA8i5BjxUevf5i7", "cld_kved…8d7355"),
        ("cldrsrc_gjezgixg3jxn2abcd", "cldrsrc_gjez…5c59f5"),
        ("by usr_simulated:", "by usr_simu…df1082:"),
        ("myorg_production and westus3cld_checkpoints", "myorg_production and westus3cld_checkpoints"),
        ("/mnt/cluster_storage under org_id", "/mnt/cluster_storage under org_id"),
    ],
)
def test_ids_of_anyscale_keep_their_kind(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_letter_case_tells_ids_of_anyscale_apart() -> None:
    assert masked("cld_abcdEFGHijkl") != masked("cld_abcdefghijkl")


@pytest.mark.parametrize(
    "address",
    [
        "ann.lee@example.com",
        "Ann.Lee@example.com",
        "ann_example.com#EXT#@tenant.onmicrosoft.com",
        "o'hara@example.co.uk",
    ],
)
def test_an_address_keeps_its_first_letter(address: str) -> None:
    assert re.fullmatch(r"by [ao]…[0-9a-f]{6}@…, /users/[ao]…[0-9a-f]{6}@…", masked(f"by {address}, /users/{address}"))


def test_two_people_with_one_initial_stay_distinguishable() -> None:
    assert masked("ann@example.com") != masked("amy@example.com")


@pytest.mark.parametrize(
    "text",
    [
        "abfss://anyscale@rayeastuseeca8caa.dfs.core.windows.net/",
        "wasbs://datasets@rayeastuseeca8caa.blob.core.windows.net",
        "registry.example/operator@sha256:0123456789abcdef",
        "actions/checkout@v4.2.1",
        "@platform-team",
    ],
)
def test_what_only_looks_like_an_address_stays(text: str) -> None:
    assert masked(text) == text


@given(st.uuids(), st.emails(), st.text(), st.text())
def test_nothing_private_survives_in_any_surroundings(guid: UUID, mailbox: str, before: str, after: str) -> None:
    text = masked(f"{before}{guid} {mailbox} {after}")

    assert str(guid) not in text
    assert mailbox not in text
    assert masked(text) == text, "a stub is no id: masking twice changes nothing"


def test_every_text_of_a_report_is_masked_and_the_rest_is_untouched() -> None:
    change = Change(
        operation="delete",
        type="azure-native:authorization:RoleAssignment",
        name=f"eastus-{SUBSCRIPTION}-admin",
        component="RegionalAksCluster",
        verdict="destructive",
        properties=(PropertyChange(path="principalId", old=SUBSCRIPTION, new=None, replaces=True),),
        takes_along=(f"eastus-{SUBSCRIPTION}-user",),
    )
    stack = StackReport(
        stack="eastus",
        state="failed",
        error=f"{SUBSCRIPTION} is locked by ann@example.com",
        changes=(change,),
        unchanged=7,
        notes=(SUBSCRIPTION,),
        next=(f"az account set -s {SUBSCRIPTION}",),
    )
    report = masked_report(FleetReport(operation="up", stacks=(stack,)))

    text = report.model_dump_json()
    assert SUBSCRIPTION not in text and "example.com" not in text
    assert report.stacks[0].changes[0].properties[0] == PropertyChange(
        path="principalId", old="3f1c…8d77c7", new=None, replaces=True
    )
    assert (report.stacks[0].unchanged, report.operation, report.verdict) == (7, "up", "destructive")
