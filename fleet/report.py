"""What a run over the fleet has to say: per stack what changes, how bad that is, and what to type. The JSON of `fleet`.

Owns the shapes and what follows from them: counts, verdicts, exit codes. Refuses to know where they come from (`steps`,
`judge`) or how they are shown (`fleet/show`). Lists are in the order in which they are read: worst first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, computed_field
from pydantic.alias_generators import to_camel

SCHEMA_VERSION = 1
"""Raised when a field is renamed, removed, or changes its meaning."""

Verdict = Literal["no change", "safe", "disruptive", "destructive"]
"""From best to worst. Disruptive: nodes, the operator or access are interrupted. Destructive: a cluster, pool, storage,
identity, grant or registration is replaced or deleted, or its protection is removed."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
Operation = Literal["create", "update", "replace", "delete", "unprotect"]
State = Literal["done", "failed", "waits", "skipped"]
"""Of a stack in a run: `waits` for a primary that is not deployed, `skipped` since what it needs failed."""

NO_CHANGE, FAILED, CHANGES, DESTRUCTIVE = 0, 1, 2, 3
"""Exit codes: of those that apply the first in the order 1, 3, 2, 0."""

SECRET, UNKNOWN = "[secret]", "[known after apply]"


class Shape(BaseModel):
    """Base of every shape of the report: camelCase in JSON, frozen."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True)


class PropertyChange(Shape):
    """One property that differs.

    Attributes:
        path: as the engine spells it, `agentPoolProfiles[0].count`.
        old: text of the value before; None where there was none.
        new: text of the value after; None where there is none. Secrets and what is not known yet are named as such.
        replaces: whether this property is why the resource is replaced.
        effect: what the change does to what runs, from catalog/consequences.py; empty where nothing is known.
    """

    path: str
    old: str | None
    new: str | None
    replaces: bool = False
    effect: str = ""


class Change(Shape):
    """One resource that a run would touch.

    Attributes:
        type: token without the provider's version, `azure-native:containerservice:AgentPool`.
        name: logical name.
        component: component that holds it, e.g. `RegionalAksCluster`; `Stack` for none.
        verdict: how bad it is.
        loses: what goes with the resource where it is replaced or deleted, in a phrase; empty where nothing does.
        effect: what that does to what runs, where nothing goes with it; empty where nothing is known.
        takes_along: logical names of other resources of this report that go because it goes.
    """

    operation: Operation
    type: str
    name: str
    component: str
    verdict: Verdict
    properties: tuple[PropertyChange, ...] = ()
    loses: str = ""
    effect: str = ""
    takes_along: tuple[str, ...] = ()


class BrokenRule(Shape):
    """A rule of fleet/policy that a planned resource breaks.

    Attributes:
        waiver: risk of catalog/risks.py which, accepted, lifts it; empty where nothing does.
    """

    rule: str
    severity: Literal["error", "warning"]
    resource: str
    message: str
    waiver: str = ""


class StackReport(Shape):
    """What one stack would do, or did.

    Attributes:
        state: `done` where the run got through.
        error: one paragraph: what was found, why it stops, what to do.
        changes: worst first.
        unchanged: how many resources stay as they are.
        notes: warnings of the program: accepted risks, what works but should be known.
        next: commands to type.
    """

    stack: str
    state: State
    error: str = ""
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    broken_rules: tuple[BrokenRule, ...] = ()
    notes: tuple[str, ...] = ()
    next: tuple[str, ...] = ()

    @computed_field
    @property
    def verdict(self) -> Verdict:
        """The worst of its changes."""
        return worst([change.verdict for change in self.changes])

    @computed_field
    @property
    def counts(self) -> dict[Operation, int]:
        """Changes by operation, in the order of reading."""
        found = Counter(change.operation for change in self.changes)
        return {operation: found[operation] for operation in READING_ORDER if found[operation]}

    @computed_field
    @property
    def fails(self) -> bool:
        """Whether it failed, was skipped, or breaks a rule of severity error."""
        return self.state in ("failed", "skipped") or any(rule.severity == "error" for rule in self.broken_rules)


class FleetReport(Shape):
    """The whole run, stacks in the order in which they deploy."""

    schema_version: int = SCHEMA_VERSION
    operation: Literal["preview", "up", "destroy", "drift"]
    stacks: tuple[StackReport, ...]

    @computed_field
    @property
    def verdict(self) -> Verdict:
        """The worst of its stacks."""
        return worst([stack.verdict for stack in self.stacks])

    @computed_field
    @property
    def fails(self) -> bool:
        """Whether any of its stacks does."""
        return any(stack.fails for stack in self.stacks)

    def exit_code(self, *, allow_destructive: bool) -> int:
        """What a script learns: a failure first, then what may not pass unseen, then whether anything is to be done."""
        if self.fails:
            return FAILED
        if self.verdict == "destructive" and not allow_destructive:
            return DESTRUCTIVE
        waits = any(stack.state == "waits" for stack in self.stacks)
        return CHANGES if waits or self.verdict != "no change" else NO_CHANGE


READING_ORDER: tuple[Operation, ...] = ("unprotect", "delete", "replace", "update", "create")


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The worst of them; `no change` of none."""
    return VERDICTS[max(map(VERDICTS.index, verdicts), default=0)]
