"""What a rule is, and how all of them are asked.

A rule is a file of this folder with a module constant `RULE`; adding one is adding the file and its cases
(docs/how-to/policy.md).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal

import fleet.policy
from fleet.engine.steps import Step
from fleet.report import BrokenRule
from stack.settings import StackSettings

NO_RULES = {"inbound", "inputs", "rule"}
"""Modules of this folder that are not rules."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What a run would leave behind.

    Attributes:
        steps: every resource that the stack would have, changed or not.
        settings: what its stack file asks for.
    """

    steps: tuple[Step, ...]
    settings: StackSettings

    def of(self, *types: str) -> list[Step]:
        """Resources whose type token matches one of these patterns."""
        return [step for step in self.steps if any(fnmatchcase(step.type, pattern) for pattern in types)]


Broken = Callable[[Step, Planned], Iterator[str]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule over what a run would leave behind.

    Attributes:
        id: kebab-case, as it stands in reports; the name of its file with underscores.
        severity: `error` fails the preview.
        source: where the rule comes from: ids of Azure Policy, PSRule, Checkov, or a page.
        types: shell patterns of the type tokens that it judges.
        broken: for one resource, each way in which it breaks the rule: what was found, why it matters, what to do. What
            is not known before the run breaks nothing.
        waiver: row of catalog/risks.py that lifts it; empty where nothing does.
    """

    id: str
    severity: Literal["error", "warning"]
    source: str
    types: tuple[str, ...]
    broken: Broken
    waiver: str = ""


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in order of its id."""
    modules = sorted({each.name for each in pkgutil.iter_modules(fleet.policy.__path__)} - NO_RULES)
    found: list[Rule] = [importlib.import_module(f"fleet.policy.{name}").RULE for name in modules]
    return tuple(sorted(found, key=lambda rule: rule.id))


def broken_rules(steps: Sequence[Step], settings: StackSettings) -> tuple[BrokenRule, ...]:
    """Ask every rule of every resource that the stack would have; those whose risk is accepted say nothing."""
    accepted = {risk.risk for risk in settings.accept_risk}
    planned = Planned(steps=tuple(step for step in steps if step.operation != "delete"), settings=settings)
    return tuple(
        BrokenRule(
            rule=rule.id,
            severity=rule.severity,
            resource=step.name,
            message=message + _while_adopted(step, settings),
            waiver=rule.waiver,
        )
        for rule in rules()
        if rule.waiver not in accepted
        for step in planned.of(*rule.types)
        for message in rule.broken(step, planned)
    )


def _while_adopted(step: Step, settings: StackSettings) -> str:
    """What an earlier stack left is planned as it is, whatever the components say (components/protection.py)."""
    adopted = settings.storage.adopt and step.component == "DataAccount"
    return "; first take out storage.adopt, while which it stays as it is" if adopted else ""
