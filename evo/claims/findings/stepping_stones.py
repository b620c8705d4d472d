"""stepping_stones: with and without simpler functions rewarded, beside the published counts."""

from collections.abc import Callable
from typing import Any

import numpy as np

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.measure.intervals import difference, recovered
from evo.measure.realization import waits
from evo.measure.robustness import Estimate
from evo.measure.waiting import median_wait
from evo.scenario.spec import Cell
from evo.wording import interval

PUBLISHED = (0, 23, 50)  # Lenski and others 2003: without, with, of


def answer(batch: Batch) -> str:
    """Counts of all mutation rates, beside the published."""
    told = []
    for rate, without, with_ in _pairs(batch):
        told.append(f"{without['realized']} and {with_['realized']} of {with_['replicates']} at mutation rate {rate:g}")
    return f"EQU without and with simpler functions rewarded: {', '.join(told)} (published: 0 and 23 of 50)"


def _pairs(batch: Batch) -> list[tuple[float, Any, Any]]:
    by = {(s["set"]["mutation_rate"], s["set"]["stones"]): s for s in batch.summaries()}
    return [(rate, by[rate, 0], by[rate, 1]) for rate in batch.spec.axis("mutation_rate")]


def sentences(batch: Batch) -> list[str]:
    """The difference that stones make, and how many generations they save."""
    told = []
    for rate, without, with_ in _pairs(batch):
        d = difference(without["realized"], without["replicates"], with_["realized"], with_["replicates"])
        cells = [next(c for c in batch.cells if c.set == s["set"]) for s in (without, with_)]
        told.append(
            f"- mutation rate {rate:g}: stones add {d['difference']:+.2f} ({interval(d['low'], d['high'])}, "
            f"p = {d['p_value']:.2g}, {d['test']} test); "
            f"{sooner(*(median_wait(*waits(batch.runs(cell), 'established_at')) for cell in cells))}."
        )
    lost, won, of = PUBLISHED
    d = difference(lost, of, won, of)
    told.append(
        f"- published: {d['difference']:+.2f} ({interval(d['low'], d['high'])}, p = {d['p_value']:.2g}), computed here "
        f"from {lost} and {won} of {of}."
    )
    return [
        "Realized share with stones less without, and the median wait without stones less that with them (95 % "
        "intervals):\n\n" + "\n".join(told)
    ]


def sooner(without: dict[str, float | None], with_: dict[str, float | None]) -> str:
    """How many generations stones save, from the median waits without them and with them, of `median_wait`.

    By variance recovery from both intervals, as of independent samples.
    """
    (long, *_), (short, *_) = ends = [_estimate(wait) for wait in (without, with_)]
    if not np.isfinite([long, short]).all():
        return "fewer than half in time on one side or both, so that no difference of median waits is known"
    value, low, high = recovered(ends, (1.0, -1.0))
    said = f"median wait {long:.0f} generations without and {short:.0f} with, a difference of {value:.0f}"
    return f"{said} ({low:.0f} to {high:.0f})" if np.isfinite([low, high]).all() else said


def _estimate(wait: dict[str, float | None]) -> Estimate:
    median, low, high = (np.nan if (at := wait[key]) is None else at for key in ("median", "low", "high"))
    return median, low, high


def _rarest(stones: int) -> Callable[[Batch], Cell]:
    """The cell with the least mutation, as in the published runs, with stones or without."""
    return lambda batch: min(
        (cell for cell in batch.cells if cell.set["stones"] == stones), key=lambda cell: cell.set["mutation_rate"]
    )


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    headline=Headline("realized rate with stones less that without", 0.0, cell=_rarest(1), less=_rarest(0)),
)
