"""Each rule against one resource that keeps it and changes that break it (cases.yaml)."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml
from specs import ROOT, a_spec

from catalog.risks import RISKS
from fleet.engine.steps import Step
from fleet.policy.rule import NO_RULES, Rule, broken_rules, rules
from fleet.report import BrokenRule

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text())
Row = tuple[str, dict[str, Any], dict[str, Any]]


def rows(outcome: str) -> Iterator[Row]:
    for rule, cases in CASES.items():
        for case in cases:
            unchanged: list[dict[str, Any]] = [{}] if outcome == "keeps" and outcome_of(case) == "keeps" else []
            yield from ((rule, case, change) for change in [*unchanged, *case.get(outcome, [])])


def outcome_of(case: Mapping[str, Any]) -> str:
    """A case whose breaking needs no change has nothing that keeps the rule."""
    return "breaks" if any(change.keys() == {"says"} for change in case.get("breaks", [])) else "keeps"


def title(value: object) -> str | None:
    if isinstance(value, dict):
        case: dict[str, Any] = value
        return str(case.get("type") or case.get("says") or case or "as it is")
    return None


def a_step(of: Mapping[str, Any], name: str = "it", *, protected: bool = False) -> Step:
    return Step(
        operation="update",
        urn=f"urn:pulumi:eastus::anyscale-on-aks::{of['type']}::{name}",
        type=of["type"],
        name=name,
        component="Region",
        new_inputs=of["inputs"],
        protected=protected,
    )


def judged(rule: str, case: Mapping[str, Any], change: Mapping[str, Any], **settings: object) -> list[BrokenRule]:
    """What the rule says of the changed resource; what stands beside it comes first, as it was made first."""
    inputs = copy.deepcopy(case["inputs"])
    for path, value in change.get("set", {}).items():
        set_at(inputs, path.split("/"), value)
    beside = change.get("beside", case.get("beside", []))
    steps = [a_step(each, f"beside{index}") for index, each in enumerate(beside)]
    protected = change.get("protected", case.get("protected", False))
    steps.append(a_step({"type": case["type"], "inputs": inputs}, protected=protected))
    asked = a_spec(**{**case.get("settings", {}), **change.get("settings", {}), **settings}).settings
    return [each for each in broken_rules(steps, asked) if each.rule == rule and each.resource == "it"]


def set_at(inputs: Any, path: list[str], value: object) -> None:
    key: Any = int(path[0]) if isinstance(inputs, list) else path[0]
    if len(path) > 1:
        set_at(inputs[key], path[1:], value)
    elif value is None:
        del inputs[key]
    else:
        inputs[key] = value


@pytest.mark.parametrize(("rule", "case", "change"), list(rows("keeps")), ids=title)
def test_a_resource_that_keeps_the_rule_is_not_spoken_of(
    rule: str, case: dict[str, Any], change: dict[str, Any]
) -> None:
    assert judged(rule, case, change) == []


@pytest.mark.parametrize(("rule", "case", "change"), list(rows("breaks")), ids=title)
def test_a_resource_that_breaks_the_rule_is_told_what_why_and_what_to_do(
    rule: str, case: dict[str, Any], change: dict[str, Any]
) -> None:
    found = judged(rule, case, change)

    assert any(change["says"] in each.message for each in found), [each.message for each in found]
    for each in found:
        what, _, remedy = each.message.rpartition(": ")
        assert re.search(r"so that |, which ", what), f"it says why: {each.message}"
        assert len(remedy) > 20 and not remedy.endswith("."), f"it says what to do: {each.message}"


def test_every_rule_has_cases_that_keep_it_and_cases_that_break_it() -> None:
    files = {path.stem for path in (ROOT / "fleet" / "policy").glob("[a-z]*.py")} - NO_RULES

    assert {rule.id.replace("-", "_") for rule in rules()} == files, "a rule has the name of its file"
    assert (
        {rule for rule, *_ in rows("keeps")} == {rule for rule, *_ in rows("breaks")} == {rule.id for rule in rules()}
    )


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_type_that_a_rule_judges_occurs_in_its_cases(rule: Rule) -> None:
    tried = [case["type"] for case in CASES[rule.id] if case.get("breaks")]
    untried = [pattern for pattern in rule.types if not any(fnmatchcase(type_, pattern) for type_ in tried)]

    assert not untried, "a pattern that was never tried may match nothing"


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.waiver], ids=lambda rule: rule.id)
def test_an_accepted_risk_silences_the_rules_that_name_it_and_no_other(rule: Rule) -> None:
    assert rule.waiver in RISKS, "else no stack file can accept it"
    for other, case, change in rows("breaks"):
        accepted = [{"risk": rule.waiver, "reason": "rules are tried out"}]
        silenced = judged(other, case, change, acceptRisk=accepted) == []
        assert silenced == (other == rule.id), f"{other} {change['says']}"


def test_a_resource_that_goes_breaks_nothing() -> None:
    step = a_step({"type": "kubernetes:core/v1:Secret", "inputs": {}})
    gone = Step(**{**vars(step), "operation": "delete"})

    assert [each.rule for each in broken_rules([step], a_spec().settings)] == ["stored-secrets"]
    assert broken_rules([gone], a_spec().settings) == ()


def test_what_was_adopted_can_be_repaired_only_once_it_is_adopted() -> None:
    account = a_step({"type": "azure-native:storage:StorageAccount", "inputs": {"allowSharedKeyAccess": True}})
    adopted = Step(**{**vars(account), "component": "DataAccount"})

    def told(step: Step, *, adopt: bool) -> bool:
        asked = a_spec(storage={"adopt": adopt}).settings
        [broken] = [each for each in broken_rules([step], asked) if each.rule == "storage-sign-in"]
        return "take out storage.adopt" in broken.message

    assert told(adopted, adopt=True), "an edit of the component would change nothing"
    assert not told(adopted, adopt=False)
    assert not told(account, adopt=True), "other components are not adopted"


def test_the_twenty_first_credential_of_an_identity_is_refused() -> None:
    [case] = CASES["federated-credentials"]
    made = [
        {"type": case["type"], "inputs": {**case["inputs"], "issuer": f"https://issuer/{number}"}}
        for number in range(20)
    ]

    assert judged("federated-credentials", case, {"beside": made[:19]}) == []
    [refused] = judged("federated-credentials", case, {"beside": made})
    assert "number 21 of an identity that takes 20" in refused.message
