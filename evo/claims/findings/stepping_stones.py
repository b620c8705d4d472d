"""stepping_stones: with and without simpler functions rewarded, beside the published counts."""

from collections.abc import Callable
from typing import Any

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.measure.intervals import difference
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
        medians = [s["established_at_median"] for s in (without, with_)]
        waits = (
            f"median wait {medians[0]:.0f} generations without and {medians[1]:.0f} with"
            if None not in medians
            else "fewer than half in time on one side or both"
        )
        told.append(
            f"- mutation rate {rate:g}: stones add {d['difference']:+.2f} ({interval(d['low'], d['high'])}, "
            f"p = {d['p_value']:.2g}, {d['test']} test); {waits}."
        )
    lost, won, of = PUBLISHED
    d = difference(lost, of, won, of)
    told.append(
        f"- published: {d['difference']:+.2f} ({interval(d['low'], d['high'])}, p = {d['p_value']:.2g}), computed here "
        f"from {lost} and {won} of {of}."
    )
    return ["Realized share with stones less without (95 % interval):\n\n" + "\n".join(told)]


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
