"""How far a conclusion holds: a cell evolved again with mutation rates, time, size or scheme changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from evo.batch.results import Batch
from evo.batch.run import run
from evo.errors import ScenarioError
from evo.kernels.operators import SCHEMES
from evo.measure.robustness import standing
from evo.scenario.spec import Cell, Spec

MOST = 20  # populations of each change
_OTHER = {"tournament": "truncation"}  # every other scheme is changed for the tournament


def changes(spec: Spec) -> list[tuple[str, dict[str, Any]]]:
    """What is changed, in words, and the fields that change; nothing where a thing is not there to be changed."""
    s = spec.scenario
    rates = {knob.name: spec.knobs[knob.name] for knob in spec.world.knobs if "generation" in knob.unit}
    rates = {name: rate for name, rate in rates.items() if rate > 0.0}
    bounds = {knob.name: knob.high for knob in spec.world.knobs}
    found: list[tuple[str, dict[str, Any]]] = []
    evolves = s.optimizer is None or s.optimizer.kind == "genetic"
    if rates and evolves:
        for factor, word in ((0.1, "a tenth of the mutation rates"), (10.0, "ten times the mutation rates")):
            found.append((word, {name: min(rate * factor, bounds[name]) for name, rate in rates.items()}))
    found.append(("three times the generations", {"population.generations": 3 * s.population.generations}))
    found.append(("half as many individuals", {"population.size": s.population.size // 2}))
    found.append(("four times as many individuals", {"population.size": 4 * s.population.size}))
    if evolves:
        other = _OTHER.get(s.selection.scheme, "tournament")
        default = SCHEMES[other].parameter
        scheme: dict[str, Any] = {"selection.scheme": other}
        if default is not None:
            scheme["selection.parameter"] = default.default
        found.append((f"selection by {other.replace('_', ' ')}", scheme))
    return found


def thresholds(threshold: float) -> list[float]:
    """Other thresholds of the property: a fifth less and more, or 0.1 around 0."""
    reach = abs(threshold) / 5.0 or 0.1
    return [threshold - reach, threshold + reach]


def robustness(
    batch: Batch,
    cell: Cell,
    *,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[dict[str, Any]]:
    """Evolve a cell again with one thing changed, each in a batch of its own beside this one.

    Other thresholds need no evolution: they are asked of the batch's own populations.

    Returns
    -------
    a row per change: {"changed", "realized", "replicates"} and those of `measure.robustness.standing`; or {"changed",
    "refused"}, why the scenario cannot be so
    """
    s = batch.spec.scenario
    spec = batch.spec.without("sweep").set(dict(cell.set))
    replicates = min(MOST, s.batch.replicates)
    rows: list[dict[str, Any]] = []
    for changed, fields in changes(spec):
        try:
            other = spec.set(fields)
            done = run(other, replicates=replicates, jobs=jobs, out=Path(batch.folder).parent, progress=progress)
        except ScenarioError as error:
            rows.append({"changed": changed, "refused": str(error)})
            continue
        (summary,) = done.summaries()
        rows.append({"changed": changed, "realized": summary["realized"], "replicates": summary["replicates"]})
    values = batch.runs(cell)[f"training.{s.property.trait}"].to_numpy()
    for threshold in thresholds(s.property.threshold):
        rows.append({
            "changed": f"a threshold of {threshold:g}", "realized": int(np.sum(values >= threshold)),
            "replicates": values.size,
        })  # fmt: skip
    own = next(summary for summary in batch.summaries() if summary["set"] == cell.set)
    looks = sum("realized" in row for row in rows)
    for row in rows:
        if row.get("replicates"):
            was = (own["realized"], own["replicates"])
            row |= standing(was, (row["realized"], row["replicates"]), looks)
    return rows
