"""What a rule is, and how all of them are asked.

A rule is a file of this folder with a module constant `RULE`; adding one is adding the file and its test.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import fleet.policy
from fleet.report import BrokenRule
from fleet.steps import Step
from stack.settings import StackSettings


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule over what a run would leave behind.

    Attributes:
        id: kebab-case, as it stands in reports.
        severity: `error` fails the preview.
        source: where the rule comes from: ids of Azure Policy, PSRule, Checkov, or a page.
        types: prefix of the type tokens that it judges.
        broken: for one resource, each way in which it breaks the rule, in a sentence that says what to do; `others` are
            all planned resources of the stack.
        waiver: row of catalog/risks.py that lifts it; empty where nothing does.
    """

    id: str
    severity: Literal["error", "warning"]
    source: str
    types: str
    broken: Callable[[Step, Sequence[Step]], Iterator[str]]
    waiver: str = ""


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in order of its id."""
    modules = sorted(each.name for each in pkgutil.iter_modules(fleet.policy.__path__) if each.name != "rule")
    found: list[Rule] = [importlib.import_module(f"fleet.policy.{name}").RULE for name in modules]
    return tuple(sorted(found, key=lambda rule: rule.id))


def broken_rules(steps: Sequence[Step], settings: StackSettings) -> tuple[BrokenRule, ...]:
    """Ask every rule of every resource that the stack would have; those whose risk is accepted say nothing."""
    accepted = {risk.risk for risk in settings.accept_risk}
    planned = [step for step in steps if step.operation != "delete"]
    return tuple(
        BrokenRule(rule=rule.id, severity=rule.severity, resource=step.name, message=message, waiver=rule.waiver)
        for rule in rules()
        if rule.waiver not in accepted or not rule.waiver
        for step in planned
        if step.type.startswith(rule.types)
        for message in rule.broken(step, planned)
    )
