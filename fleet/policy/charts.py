"""Charts are known ones, each of one version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.charts import CHARTS
from fleet.engine.steps import Step
from fleet.policy.inputs import RELEASE, UNKNOWN, at
from fleet.policy.rule import Planned, Rule

_EXACT = re.compile(r"v?\d+\.\d+\.\d+")
_KNOWN = {(chart.name, chart.repository) for chart in CHARTS}


def _broken(step: Step, _planned: Planned) -> Iterator[str]:
    chart, version = at(step.new_inputs, "chart"), at(step.new_inputs, "version")
    repository = at(step.new_inputs, "repositoryOpts.repo")
    if UNKNOWN not in (chart, repository) and (chart, repository) not in _KNOWN:
        where = f" of {repository}" if repository else ""
        yield (
            f"chart {chart}{where} is no row of catalog/charts.py, so that code nobody looked at runs in the cluster: "
            "add the row with its source"
        )
    if version != UNKNOWN and not _EXACT.fullmatch(str(version)):
        yield (
            f"version is {version or 'absent'}, so that the next run may install another one: name an exact one in "
            "catalog/charts.py or anyscale.chartVersion"
        )


RULE = Rule(
    id="charts",
    severity="error",
    source="SLSA: dependency threats; Helm: `--version` takes the newest where none is exact",
    types=(RELEASE, "kubernetes:helm.sh/v*:Chart"),
    broken=_broken,
)
