"""Dose and response: a scenario under every selection scheme, realized rate against realized intensity."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from evo.batch.run import run
from evo.errors import EvolutionError, ScenarioError
from evo.kernels.operators import SCHEMES
from evo.measure.offspring import breeding, columns
from evo.scenario.spec import Spec
from evo.wording import wrong


def dose_response(
    spec: Spec,
    *,
    jobs: int | None = None,
    out: Path | str = "results",
    progress: Callable[[str], None] | None = None,
) -> list[dict[str, Any]]:
    """Run the scenario, without its sweep, under every scheme and parameter; a batch per scheme.

    Returns
    -------
    a row per point: {"scheme", "parameter", "replicates", "realized", "rate", "low", "high", "intensity": {"mean",
    "low", "high"}}, the intensity on training fitness per generation, realized in the recorded generations. Schemes
    that cannot use the scenario's fitness are left out.

    Raises
    ------
    ScenarioError : the scenario sweeps something, which would be lost; or cannot be under every scheme
    """
    if spec.scenario.sweep:
        raise ScenarioError(f"{spec.origin}: sweep = {list(spec.scenario.sweep)}: must be empty for a dose; use --set")
    if (optimizer := spec.scenario.optimizer) is not None and optimizer.kind != "genetic":
        raise wrong(spec.origin, "optimizer.kind", optimizer.kind, "must be genetic for a dose: it has no scheme")
    rows: list[dict[str, Any]] = []
    for scheme, point in _points(spec).items():
        if progress:
            progress(scheme)
        try:
            batch = run(point, jobs=jobs, out=out)
        except EvolutionError:
            continue
        for cell, summary in zip(batch.cells, batch.summaries(), strict=True):
            size, prop = spec.scenario.population.size, spec.lived
            mine = batch.traces(cell, columns(prop))
            rows.append(
                {
                    "scheme": scheme,
                    "parameter": cell.set.get("selection.parameter"),
                    **{key: summary[key] for key in ("replicates", "realized", "rate", "low", "high")},
                    "intensity": breeding(size, prop, mine)["intensity"],
                }
            )
    return rows


def _points(spec: Spec) -> dict[str, Spec]:
    """The scenario under each scheme, swept over the scheme's parameter; all are tried before any is evolved."""
    points = {}
    for scheme, known in SCHEMES.items():
        point = spec.set({"selection.scheme": scheme})
        if known.parameter:
            kind = int if known.parameter.whole else float
            point = point.over({"selection.parameter": [kind(dose) for dose in known.parameter.doses]})
        points[scheme] = point
        list(point.cells())
    return points
