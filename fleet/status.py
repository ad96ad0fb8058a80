"""How the fleet stands, from what each stack's last `up` left: a row a region, and sums.

Owns the shapes and what follows from outputs and from the backend's list of stacks. Refuses to ask anybody anything: no
cluster, not Anyscale, not the clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError, computed_field

from fleet.engine.answers import StackRow
from fleet.report import Shape
from fleet.typed import Typed
from stack import contract
from stack.contract import DeployedValues, RegionValues

SCHEMA_VERSION = 1
"""Raised when a field is renamed, removed, or changes its meaning."""
HEALTHY = "HEALTHY"
"""What Anyscale says of an operator that it hears from."""

_PLAIN = Typed()
_OUTPUTS = {**contract.output_names(RegionValues), **contract.output_names(DeployedValues)}


class RegionStatus(Shape):
    """One stack as of its last finished `up`; what that did not leave is empty.

    Attributes:
        region: Azure region.
        cloud_name: Anyscale cloud that it is part of.
        cloud_resource_id: `cldrsrc_...` of its registration.
        kubernetes_version: that the cluster ran.
        node_pools: names.
        gpus: most that its pools may have together, by accelerator.
        operator_status: as Anyscale saw the operator.
        data_url: object storage that is registered.
        lifecycle: `protected`, `retiring` or `disposable`.
        contract: version of its outputs; None where it has none.
        last_update: end of the last run of any kind, failed ones too; None where none is known.
        updating: whether the backend says that a run is under way.
        resources: in its state.
        problem: what is wrong and what to do, in a sentence; empty where nothing is.
    """

    stack: str
    region: str = ""
    cloud_name: str = ""
    cloud_resource_id: str = ""
    cluster_name: str = ""
    kubernetes_version: str = ""
    node_pools: tuple[str, ...] = ()
    gpus: dict[str, int] = Field(default_factory=dict[str, int])
    operator_status: str = ""
    data_url: str = ""
    lifecycle: str = ""
    contract: int | None = None
    last_update: datetime | None = None
    updating: bool = False
    resources: int = 0
    problem: str = ""

    @computed_field
    @property
    def registered(self) -> bool:
        """Whether Anyscale knew the place and heard from its operator."""
        return bool(self.cloud_resource_id) and self.operator_status == HEALTHY


class Totals(Shape):
    """Sums over the fleet.

    Attributes:
        registered: stacks whose operator Anyscale heard from.
        gpus: by accelerator.
        problems: stacks with one.
    """

    stacks: int
    registered: int
    node_pools: int
    gpus: dict[str, int]
    problems: int


class FleetStatus(Shape):
    """The whole fleet, stacks in the order in which they were asked for.

    Attributes:
        as_of: when the status was taken.
    """

    schema_version: int = SCHEMA_VERSION
    as_of: datetime
    regions: tuple[RegionStatus, ...]
    totals: Totals


def fleet_status(
    stacks: Sequence[str],
    *,
    outputs: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, StackRow],
    now: datetime,
    wrong: Mapping[str, str] | None = None,
    typed: Typed = _PLAIN,
) -> FleetStatus:
    """Say how `stacks` stand.

    Args:
        stacks: names, in the order of the rows.
        outputs: by stack, as `pulumi stack output --json` gives them.
        known: by stack, what the backend knows of it; a stack without a row was never initialised.
        now: with its time zone.
        wrong: by stack, what is known to be wrong: why its outputs could not be read, that it has no file.
        typed: spells what to type.
    """
    why = wrong or {}
    rows = tuple(_region(name, outputs.get(name, {}), known.get(name), why.get(name, ""), typed) for name in stacks)
    return FleetStatus(as_of=now, regions=rows, totals=_totals(rows))


def unusable(stack: str, outputs: Mapping[str, Any], typed: Typed) -> tuple[str, str] | None:
    """Why outputs of a finished `up` are not what this program leaves, and what to do; None where they are."""
    try:
        contract.read(RegionValues, outputs)
    except contract.ContractError as problem:
        if _version(outputs) > contract.VERSION:
            return str(problem), "bring this checkout up to date: a later one deployed the stack"
        return str(problem), f"run `{typed.pulumi('up', stack=stack)}` with this program"
    return None


def _region(stack: str, outputs: Mapping[str, Any], row: StackRow | None, wrong: str, typed: Typed) -> RegionStatus:
    """What stands, field by field under its own name; outputs of another version may mean something else."""
    readable: Mapping[str, Any] = outputs if _version(outputs) == contract.VERSION else {}
    told: dict[str, Any] = {
        field: readable[output]
        for field, output in _OUTPUTS.items()
        if field in RegionStatus.model_fields and readable.get(output) is not None
    }
    backend = row or StackRow(name=stack)
    about = {
        "stack": stack,
        "contract": _version(outputs) or None,
        "last_update": backend.last_update,
        "updating": backend.update_in_progress,
        "resources": backend.resource_count,
    }
    try:
        return RegionStatus.model_validate({**told, **about, "problem": wrong or _problem(stack, outputs, row, typed)})
    except ValidationError as error:
        odd = dict.fromkeys(str(each["loc"][0]) for each in error.errors())
        names = ", ".join(_OUTPUTS[field] for field in odd)
        again = typed.pulumi("up", stack=stack)
        problem = wrong or f"outputs {names} are of another kind than this program leaves; run `{again}`"
        usable = {field: value for field, value in told.items() if field not in odd}
        return RegionStatus.model_validate({**usable, **about, "problem": problem})


def _problem(stack: str, outputs: Mapping[str, Any], row: StackRow | None, typed: Typed) -> str:
    up = typed.pulumi("up", stack=stack)
    if row is None:
        return f"the backend knows no such stack; run `{typed.fleet('up', '--init', stacks=(stack,))}`"
    if not outputs:
        count = row.resource_count
        left = f"has {count} resources but no finished `up`" if count else "is not deployed"
        return f"{left}; run `{up}`"
    if problem := unusable(stack, outputs, typed):
        return "; ".join(problem)
    status = outputs[_OUTPUTS["operator_status"]]
    if status != HEALTHY:
        return f"Anyscale saw its operator as {status}; `{up}` asks again and says what is wrong"
    return ""


def _totals(rows: Sequence[RegionStatus]) -> Totals:
    gpus = Counter[str]()
    for row in rows:
        gpus.update(row.gpus)
    return Totals(
        stacks=len(rows),
        registered=sum(row.registered for row in rows),
        node_pools=sum(len(row.node_pools) for row in rows),
        gpus=dict(sorted(gpus.items())),
        problems=sum(bool(row.problem) for row in rows),
    )


def _version(outputs: Mapping[str, Any]) -> int:
    """Version of outputs; 0 where they name none, or none that is a number."""
    found = outputs.get(contract.VERSION_OUTPUT, 0)
    return int(found) if isinstance(found, int | float) else 0
