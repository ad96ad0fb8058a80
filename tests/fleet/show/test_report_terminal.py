from __future__ import annotations

import io
import re
from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from fleet.report import Change, FleetReport, PropertyChange, StackReport
from fleet.show.report_terminal import render
from tests.fleet import fleets
from tests.fleet.fleets import done, fleet


def text_of(report: FleetReport, width: int = 80, *, colour: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=colour, highlight=False)
    render(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def shown(text: str) -> str:
    return dedent(text).lstrip("\n")


def test_stacks_without_a_change_are_one_line() -> None:
    assert text_of(fleet(done("eastus"), done("westus3"))) == shown("""
        preview of 2 stacks: no change eastus, westus3; 140 unchanged
    """)


def test_a_safe_change_names_what_is_made_and_each_property_before_and_after() -> None:
    assert text_of(fleet(done("eastus", fleets.MORE_NODES, fleets.NEW_POOL, fleets.NEW_NAT, fleets.NEW_PREFIX))) == (
        shown("""
        eastus: safe; 1 update, 3 creates, 70 unchanged
          update     eastus-cpu (AgentPool in RegionalAksCluster)
                     maxCount: 6 -> 8
                     tags.owner: (none) -> [known after apply]
          create     RegionalAksCluster: eastus-h200
          create     RegionalNetwork: eastus-nat, eastus-nat-prefix

        preview of 1 stack: safe eastus; 1 update, 3 creates, 70 unchanged
        """)
    )


def test_a_disruptive_change_says_so_and_what_it_does() -> None:
    assert text_of(fleet(done("eastus", fleets.UPGRADE)), width=120) == shown("""
        eastus: disruptive; 1 update, 70 unchanged
          update     eastus-cluster (ManagedCluster in RegionalAksCluster), disruptive
                     kubernetesVersion: 1.33 -> 1.34 (upgrades the control plane; nodes roll later)

        preview of 1 stack: disruptive eastus; 1 update, 70 unchanged
    """)


def test_what_is_destroyed_stands_first_with_its_cause_and_its_loss() -> None:
    changes = (fleets.FREED, fleets.NO_POOL, fleets.NEW_CLUSTER, fleets.MORE_NODES)

    assert text_of(fleet(done("westus3"), done("eastus", *changes))) == shown("""
        eastus: DESTRUCTIVE; 1 unprotect, 1 delete, 1 replace, 1 update, 70 unchanged
          UNPROTECT  eastus-data (StorageAccount in DataAccount)
                     protect: true -> false
                     loses its protection: the next run may delete it
          DELETE     eastus-a100 (AgentPool in RegionalAksCluster)
                     loses the nodes of the pool and what runs on them
          REPLACE    eastus-cluster (ManagedCluster in RegionalAksCluster)
                     because networkProfile.networkPolicy: azure -> cilium
                     dnsPrefix: aks-ray -> aks-ray-eastus
                     loses the cluster and every job on it
                     takes along eastus-a100, eastus-cpu
          update     eastus-cpu (AgentPool in RegionalAksCluster)
                     maxCount: 6 -> 8
                     tags.owner: (none) -> [known after apply]

        preview of 2 stacks: DESTRUCTIVE eastus; no change westus3; 1 unprotect, 1
        delete, 1 replace, 1 update, 140 unchanged
    """)


def test_what_goes_without_a_loss_says_what_that_does() -> None:
    assert text_of(fleet(done("eastus", fleets.NEW_CLAIM))) == shown("""
        eastus: disruptive; 1 replace, 70 unchanged
          REPLACE    eastus-models (PersistentVolumeClaim in Mounts)
                     it goes when no pod mounts it any more

        preview of 1 stack: disruptive eastus; 1 replace, 70 unchanged
    """)


def test_a_failed_stack_says_why_line_by_line_and_the_command_to_type_stays_in_one_piece() -> None:
    command = "python -m fleet recover eastus --folder /srv/platform/anyscale/regions/production --yes"
    stack = StackReport(
        stack="eastus",
        state="failed",
        error="Pulumi.eastus.yaml has 2 problems:\n  tags[red]: bold\n  nodePools: none",
        next=(command,),
    )

    assert text_of(fleet(stack)) == shown(f"""
        eastus: FAILED
          ERROR      Pulumi.eastus.yaml has 2 problems:
                       tags[red]: bold
                       nodePools: none

        preview of 1 stack: FAILED eastus

        next:
          {command}
    """)


def test_a_stack_that_waits_or_is_skipped_says_for_what() -> None:
    waits = StackReport(stack="westus3", state="waits", error="eastus is not deployed yet: deploy it first.")
    skipped = StackReport(stack="uksouth", state="skipped", error="eastus failed, which uksouth joins.")

    assert text_of(fleet(waits, skipped)) == shown("""
        uksouth: skipped
          skipped    eastus failed, which uksouth joins.

        westus3: waits
          waits      eastus is not deployed yet: deploy it first.

        preview of 2 stacks: skipped uksouth; waits westus3
    """)


def test_what_a_stack_waits_for_is_said_once_and_not_that_nobody_knows() -> None:
    note = "joins eastus, which is not deployed yet"
    text = text_of(fleet(StackReport(stack="westus3", state="waits", notes=(note,))))

    assert text.startswith(f"westus3: waits\n  waits      {note}\n\n"), text


def test_broken_rules_name_what_lifts_them_and_come_before_notes() -> None:
    stack = StackReport(
        stack="eastus",
        state="done",
        changes=(fleets.NEW_POOL,),
        broken_rules=(fleets.OLD_TLS, fleets.OPEN_INGRESS),
        notes=("acceptRisk: nothing takes it.",),
    )

    assert text_of(fleet(stack), width=120) == shown("""
        eastus: BREAKS RULES, safe; 1 create
          create     RegionalAksCluster: eastus-h200
          ERROR      ingress-is-restricted: eastus-inbound: anyone may reach port 443: name the clients in
                     anyscale.ingress.clients
                     or accept it: acceptRisk: [{risk: ingress-from-internet, reason: ...}]
          warning    tls-is-recent: eastus-data: TLS 1.0 is taken: ask for TLS1_2
          note       acceptRisk: nothing takes it.

        preview of 1 stack: BREAKS RULES eastus; safe eastus; 1 create
    """)


def test_many_stacks_are_read_worst_first_and_named_by_the_half_dozen() -> None:
    names = [f"region{number}" for number in range(8)]
    failed = StackReport(stack="failed", state="failed", error="no login", changes=(fleets.NO_POOL,))

    text = text_of(fleet(*map(done, names), done("pool", fleets.NEW_POOL), failed, done("data", fleets.FREED)))

    headings = re.findall(r"^(\w+): (?!.*of)", text, flags=re.MULTILINE)
    assert headings == ["failed", "data", "pool"], "worst first, in the order of deployment where two are as bad"
    assert "failed: DESTRUCTIVE, FAILED; 1 delete" in text, "what is known of it is said, though it failed"
    assert "no change region0, region1, region2, region3, region4, region5 and 2 more;" in " ".join(text.split())


def test_what_did_not_get_through_is_not_called_safe() -> None:
    stack = StackReport(stack="eastus", state="failed", error="no login", changes=(fleets.NEW_POOL,))

    assert "safe" not in text_of(fleet(stack)), "nobody knows what else it would have done"


def test_whatever_takes_something_away_stands_with_the_worst_in_capitals() -> None:
    namespace = fleets.NO_POOL.model_copy(update={"verdict": "disruptive", "name": "eastus-namespace"})
    opened = fleets.MORE_NODES.model_copy(update={"verdict": "destructive", "name": "eastus-opened"})

    text = text_of(fleet(done("eastus", fleets.NEW_POOL, fleets.UPGRADE, namespace, opened)))

    labels = re.findall(r"^  (\w+) +(eastus-[a-z]+|R)", text, flags=re.MULTILINE)
    assert labels == [
        ("DELETE", "eastus-namespace"),
        ("UPDATE", "eastus-opened"),
        ("update", "eastus-cluster"),
        ("create", "R"),
    ], "a deletion however mild, and an update that destroys"


def test_a_stack_without_a_change_still_says_its_notes() -> None:
    stack = StackReport(stack="eastus", state="done", notes=("kubernetesVersion: 1.31 is near its end.",))

    assert "  note       kubernetesVersion: 1.31 is near its end.\n" in text_of(fleet(stack))


def with_values(old: str | None, new: str | None) -> str:
    prop = PropertyChange(path="tags.a", old=old, new=new)
    change = Change(operation="update", type="x:y:Z", name="z", component="Stack", verdict="safe", properties=(prop,))
    lines = text_of(fleet(done("eastus", change)), width=400).splitlines()
    return next(line.strip() for line in lines if "tags.a" in line)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a" * 80, "", f'tags.a: {"a" * 80} -> ""'),
        ("a" * 81, None, f"tags.a: {'a' * 80}...(1 character) -> (none)"),
        (None, "b" * 1500, f"tags.a: (none) -> {'b' * 80}...(1,420 characters)"),
        (
            "c" * 300 + "old" + "d" * 100,
            "c" * 300 + "new",
            f"tags.a: (280 characters)...{'c' * 20}old{'d' * 57}...(43 characters) -> (280 characters)...{'c' * 20}new",
        ),
        (
            "e" * 60 + "old" + "f" * 18,
            "e" * 60 + "new",
            f"tags.a: {'e' * 60}old{'f' * 17}...(1 character) -> {'e' * 60}new",
        ),
    ],
)
def test_long_values_are_cut_with_what_is_left_out_and_shown_where_they_differ(
    old: str | None, new: str | None, expected: str
) -> None:
    assert with_values(old, new) == expected


def test_a_value_neither_moves_the_cursor_nor_turns_letters_nor_is_markup() -> None:
    assert with_values("[bold]a[/]\n\x1b[2J", "b\u202e:smile:") == (r"tags.a: [bold]a[/]\n\x1b[2J -> b\u202e:smile:")


def test_colour_adds_nothing_that_the_words_do_not_say() -> None:
    report = fleets.big_fleet(stacks=12, changes=60)

    coloured = text_of(report, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text_of(report)


@given(st.text(), st.sampled_from([80, 120]))
@example("0000\u0300", 80)  # a letter without a column of its own
@example("\u4e2d" * 90, 80)  # letters of two columns each
def test_every_line_fits_the_width_and_hostile_text_is_printed(hostile: str, width: int) -> None:
    texts = {"name": hostile, "component": hostile, "effect": hostile, "takes_along": (hostile,)}
    change = fleets.NEW_CLUSTER.model_copy(update=texts)
    rule = fleets.OPEN_INGRESS.model_copy(update={"message": hostile})
    stack = StackReport(
        stack=hostile, state="failed", error=hostile, changes=(change,), broken_rules=(rule,), notes=(hostile,)
    )

    lines = text_of(fleet(stack), width).splitlines()

    assert all(cell_len(line) <= width for line in lines), "nothing runs over the edge: columns, not letters"
    assert all(line == line.rstrip() for line in lines)
