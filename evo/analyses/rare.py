"""The chance of rare realization in every cell of a scenario, by splitting."""

import os
from collections.abc import Callable
from itertools import count
from typing import Any

from evo.batch.limits import check_effort
from evo.batch.trial import try_worlds
from evo.engines.splitting import rare
from evo.measure.intervals import mean_interval
from evo.scenario.spec import Spec

REPEATS = 20
EFFORT = 2000


def rare_cells(
    spec: Spec,
    effort: int | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[dict[str, Any]]:
    """A row per cell: {"set", "chance", "low", "high", "effort", "repeats", "levels": {name: chance to enter it}}.

    The interval is Student's, of the mean of independent estimates, at 95 %. Where no estimate is above 0 the chance is
    0 and `high` is None: nothing can be said but that more effort is needed.

    Raises
    ------
    ScenarioError : a cell cannot be estimated
    """
    rows, cells = [], list(spec.live().cells())
    try_worlds(cells)
    done, total = count(1), REPEATS * len(cells)
    progress(0, total)
    for cell in cells:
        check_effort(cell.spec, effort or EFFORT)
        found = rare(
            cell.spec, effort or EFFORT, REPEATS, jobs or os.cpu_count() or 1, lambda: progress(next(done), total)
        )
        mean = mean_interval(found.estimates)
        some = bool((found.estimates > 0.0).any())
        rows.append(
            {
                "set": cell.set,
                "chance": mean["mean"],
                "low": max(0.0, mean["low"] or 0.0) if some else 0.0,
                "high": min(1.0, mean["high"] or 0.0) if some else None,
                "effort": effort or EFFORT,
                "repeats": REPEATS,
                "levels": {
                    name: mean_interval(found.chances[:, n])["mean"] for n, name in enumerate(found.levels)
                },
            }
        )  # fmt: skip
    return rows
