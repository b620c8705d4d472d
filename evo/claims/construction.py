"""By construction, and found: the numbers of a page that follow from its knobs, beside what was measured of them."""

from collections.abc import Callable
from typing import Any

from evo.batch.results import Batch
from evo.claims.answer import reference_cell
from evo.claims.closed import CONSTRUCTED, Closed
from evo.measure.construction import LEVEL, agreement
from evo.measure.intervals import wilson
from evo.scenario.spec import Cell
from evo.wording import estimate_text, fixed, interval, markdown, number

LONG = 12  # rows from which on they are folded


def _named(function: Callable[..., Any]) -> str:
    return f"`{function.__module__.replace('.', '/')}.py: {function.__name__}`"


def table(rows: list[Closed]) -> list[str]:
    """The closed forms beside what was measured, as lines of Markdown; nothing where there is none."""
    if not rows:
        return []
    lines = [
        f"| quantity | closed form | by closed form | measured ({100 * (1 - LEVEL / len(rows)):.4g} %) | agrees |",
        "|---|---|---|---|---|",
    ]
    counts: dict[str, int] = {}
    for row in rows:
        found = agreement(row.predicted, row.measured, len(rows), row.shares)
        says, measured = found["says"] or "too few populations to say", number(found["mean"])
        counts[says] = counts.get(says, 0) + 1
        if found["says"]:
            measured = estimate_text(found["mean"], found["low"], found["high"])
        predicted = fixed(row.predicted, 3) if abs(row.predicted) >= 5e-4 else number(round(row.predicted, 12) + 0.0)
        lines.append(f"| {row.quantity} | {row.form} ({_named(row.function)}) | {predicted} | {measured} | {says} |")
    if len(rows) > LONG:
        lines = ["<details><summary>All closed forms</summary>", "", *lines, "", "</details>"]
    return [
        f"{len(rows)} numbers that the knobs give without evolving anything, beside means over populations, in "
        f"intervals that allow for {len(rows)} looks ([measures](../measures.md)). The closed form lies "
        + "; ".join(f"{says}: {count}" for says, count in sorted(counts.items())) + ".",
        "",
        *lines,
        "",
    ]  # fmt: skip


def _of_theory(batch: Batch, cell: Cell) -> list[str]:
    """The chance that the property is established beside its closed form, where the world has one that holds."""
    theory, known = cell.spec.theory, cell.spec.world.theory
    if known is None or theory is None or theory.realized is None or not theory.holds:
        return []
    runs = batch.runs(cell)
    k, n = int(runs["established"].sum()), runs.height
    low, high = wilson(k, n)
    agrees = "inside" if low <= theory.realized <= high else "outside"
    return [
        f"By closed form ({_named(known)}; {markdown(theory.regime)}) the property is established with chance "
        f"{theory.realized:.3g}; measured in {k} of {n} populations (95 % interval {interval(low, high)}): the closed "
        f"form lies {agrees}.",
        "",
    ]


def construction(batch: Batch, page: Any) -> list[str]:
    """The section on what is by construction and what is found; nothing where a page says neither."""
    rows = CONSTRUCTED[name](batch) if (name := batch.spec.scenario.name) in CONSTRUCTED else []
    told = table(rows) if rows else _of_theory(batch, reference_cell(batch))
    if page.by_construction:
        told += [f"By construction: {page.by_construction}", ""]
    if page.found:
        told += [f"Found: {page.found}", ""]
    return ["## By construction, and found", "", *told] if told else []
