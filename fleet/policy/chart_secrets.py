"""Values of charts hold no secret: Helm keeps them in the cluster, with every revision."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.engine.steps import Step
from fleet.policy.inputs import RELEASE, UNKNOWN, at, is_secret, leaves
from fleet.policy.rule import Planned, Rule
from stack.check_secrets import credentials

_KEY = re.compile(
    r"(token|password|passwd|credentials?|(api|account|access|private|shared)_?key|secret)$", re.IGNORECASE
)


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    for path, value in leaves(at(step.new_inputs, "values"), "values"):
        key = path.rpartition(".")[2]
        named = _KEY.search(key) is not None and isinstance(value, str) and value not in ("", UNKNOWN)
        if is_secret(value) or named or credentials({"value": value}):
            yield (
                f"{path} holds what looks like a secret, so that everybody who may read releases has it: take it out, "
                "and let the operator sign in by its identity (global.auth.iamIdentity)"
            )


RULE = Rule(
    id="chart-secrets",
    severity="error",
    source="Helm: storage backends (helm.sh/docs/topics/advanced): each revision holds its values",
    types=(RELEASE, "kubernetes:helm.sh/v*:Chart"),
    broken=_broken,
)
