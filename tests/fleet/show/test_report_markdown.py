from __future__ import annotations

import re
from textwrap import dedent

from fleet.report import FleetReport, PropertyChange, StackReport
from fleet.show.report_markdown import MARKER, render
from fleet.show.report_words import LONGEST
from tests.fleet import fleets
from tests.fleet.fleets import done, fleet


def shown(text: str) -> str:
    return dedent(text).lstrip("\n")


def body(report: FleetReport) -> str:
    """Without the lines that every comment begins with."""
    first, _, rest = render(report).partition("\n")
    assert first == MARKER, "by it the next run finds the comment"
    return rest


def test_stacks_without_a_change_are_rows_and_nothing_else() -> None:
    assert body(fleet(done("eastus"), done("west_us3"))) == shown("""
        ## Fleet preview: no change

        140 unchanged

        | stack | verdict | +create ~update +-replace -delete !unprotect | broken rules |
        |---|---|---|---|
        | <code>eastus</code> | no change |  |  |
        | <code>west&#95;us3</code> | no change |  |  |
    """)


def test_a_safe_change_names_what_is_made_and_each_property_before_and_after() -> None:
    changes = (fleets.MORE_NODES, fleets.NEW_POOL, fleets.NEW_NAT, fleets.NEW_PREFIX)

    assert body(fleet(done("eastus", *changes))) == shown("""
        ## Fleet preview: safe

        1 update, 3 creates, 70 unchanged

        | stack | verdict | +create ~update +-replace -delete !unprotect | broken rules |
        |---|---|---|---|
        | <code>eastus</code> | safe | +3 ~1 |  |

        <details><summary><code>eastus</code>: safe; 1 update, 3 creates, 70 unchanged</summary>

        - update `eastus-cpu` (`AgentPool` in `RegionalAksCluster`)
          - `maxCount`: `6` → `8`
          - `tags.owner`: `(none)` → `[known after apply]`
        - create in `RegionalAksCluster`: `eastus-h200`
        - create in `RegionalNetwork`: `eastus-nat`, `eastus-nat-prefix`

        </details>
    """)


def section(*stacks: StackReport, link: str = "") -> str:
    """What stands under the table."""
    return re.split(r"\n\n(?=<details|Left out|\[Full)", render(fleet(*stacks), link=link), maxsplit=1)[1]


def test_a_disruptive_change_says_so_and_what_it_does() -> None:
    assert section(done("eastus", fleets.UPGRADE)) == shown("""
        <details><summary><code>eastus</code>: disruptive; 1 update, 70 unchanged</summary>

        - update `eastus-cluster` (`ManagedCluster` in `RegionalAksCluster`), **disruptive**
          - `kubernetesVersion`: `1.33` → `1.34` (upgrades the control plane; nodes roll later)

        </details>
    """)


def test_what_goes_without_a_loss_says_what_that_does() -> None:
    assert section(done("eastus", fleets.NEW_CLAIM)) == shown("""
        <details><summary><code>eastus</code>: disruptive; 1 replace, 70 unchanged</summary>

        - **replace** `eastus-models` (`PersistentVolumeClaim` in `Mounts`)
          - it goes when no pod mounts it any more

        </details>
    """)


def test_what_is_destroyed_stands_first_and_open_with_its_cause_and_its_loss() -> None:
    changes = (fleets.FREED, fleets.NO_POOL, fleets.NEW_CLUSTER, fleets.MORE_NODES)
    report = fleet(done("westus3", fleets.NEW_NAT), done("eastus", *changes))

    assert body(report) == shown("""
        ## Fleet preview: destructive

        1 unprotect, 1 delete, 1 replace, 1 update, 1 create, 140 unchanged

        | stack | verdict | +create ~update +-replace -delete !unprotect | broken rules |
        |---|---|---|---|
        | <code>eastus</code> | **destructive** | ~1 +-1 -1 !1 |  |
        | <code>westus3</code> | safe | +1 |  |

        <details open><summary><code>eastus</code>: destructive; 1 unprotect, 1 delete, 1 replace, 1 update, 70 unchanged</summary>

        - **unprotect** `eastus-data` (`StorageAccount` in `DataAccount`)
          - `protect`: `true` → `false`
          - loses its protection: the next run may delete it
        - **delete** `eastus-a100` (`AgentPool` in `RegionalAksCluster`)
          - loses the nodes of the pool and what runs on them
        - **replace** `eastus-cluster` (`ManagedCluster` in `RegionalAksCluster`)
          - because `networkProfile.networkPolicy`: `azure` → `cilium`
          - `dnsPrefix`: `aks-ray` → `aks-ray-eastus`
          - loses the cluster and every job on it
          - takes along `eastus-a100`, `eastus-cpu`
        - update `eastus-cpu` (`AgentPool` in `RegionalAksCluster`)
          - `maxCount`: `6` → `8`
          - `tags.owner`: `(none)` → `[known after apply]`

        </details>

        <details><summary><code>westus3</code>: safe; 1 create, 70 unchanged</summary>

        - create in `RegionalNetwork`: `eastus-nat`

        </details>
    """)  # noqa: E501 - as it is written


def test_a_failed_stack_says_why_line_by_line_and_what_to_type() -> None:
    stack = StackReport(
        stack="eastus",
        state="failed",
        error=f"Pulumi.eastus.yaml has 2 problems:\n  ```tags: @all\n  {fleets.SUBSCRIPTION}: none",
        next=("python -m stack eastus",),
    )

    assert section(stack, link="https://ci.example/runs/7?a=b)") == shown("""
        [Full report](<https://ci.example/runs/7?a=b)>).

        <details open><summary><code>eastus</code>: failed</summary>

        ````text
        Pulumi.eastus.yaml has 2 problems:
          ```tags: @all
          3f1c…8d77c7: none
        ````
        - next: `python -m stack eastus`

        </details>
    """)


def test_a_stack_that_waits_says_for_what() -> None:
    waits = StackReport(stack="westus3", state="waits", error="eastus is not deployed yet: deploy it first.")

    assert "| <code>westus3</code> | waits |  |  |" in render(fleet(waits))
    assert section(waits) == shown("""
        <details><summary><code>westus3</code>: waits</summary>

        ```text
        eastus is not deployed yet: deploy it first.
        ```

        </details>
    """)


def test_broken_rules_name_what_lifts_them_and_come_before_notes() -> None:
    rules = (fleets.OLD_TLS, fleets.OPEN_INGRESS)
    stack = StackReport(stack="eastus", state="done", broken_rules=rules, notes=("acceptRisk: ask @team\n  first.",))

    assert "| <code>eastus</code> | **breaks rules**, no change |  | 1 error, 1 warning |" in render(fleet(stack))
    assert section(stack) == shown("""
        <details open><summary><code>eastus</code>: breaks rules, no change</summary>

        - **error** `ingress-is-restricted`: `eastus-inbound`: anyone may reach port 443: name the clients in anyscale.ingress.clients; or accept it: `acceptRisk: [{risk: ingress-from-internet, reason: ...}]`
        - warning `tls-is-recent`: `eastus-data`: TLS 1.0 is taken: ask for TLS1\\_2
        - note: acceptRisk: ask @\u200bteam first.

        </details>
    """)  # noqa: E501 - as it is written


def test_a_fleet_of_no_stacks_has_an_empty_table() -> None:
    assert "## Fleet preview: no stacks" in render(fleet())


def test_an_error_of_many_pages_is_cut_with_what_is_left_out() -> None:
    text = render(fleet(StackReport(stack="eastus", state="failed", error="x" * 5_000)))

    assert f"\n{'x' * 2_000}\n...(3,000 characters)\n```" in text


def test_ids_and_addresses_are_masked_before_a_cut_could_hide_that_they_are_ids() -> None:
    prop = PropertyChange(path="tags.a", old="o" * (LONGEST - 30) + fleets.SUBSCRIPTION, new="ann@example.com")
    change = fleets.MORE_NODES.model_copy(update={"properties": (prop,), "name": f"eastus-{fleets.SUBSCRIPTION}"})

    text = render(fleet(done("eastus", change)))

    assert fleets.SUBSCRIPTION[:9] not in text and "example.com" not in text
    assert f"`{'o' * (LONGEST - 30)}3f1c…8d77c7` → `a…" in text
