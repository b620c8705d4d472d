"""How far a page's conclusion holds: its line and its section, and the value at which it turns."""

from typing import Any

import numpy as np

from evo.analyses.headline import Headline
from evo.analyses.robustness import found
from evo.batch.results import Batch
from evo.measure.crossing import crossing
from evo.measure.robustness import HOLDS, TURNS, WEAKENS, Estimate, side, surely
from evo.scenario.spec import Cell
from evo.wording import cell_name, interval, markdown


def _judged(far: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What was changed, by what that did to the conclusion."""
    return {
        says: [row["changed"] + _between(row) for row in far if row.get("says") == says]
        for says in (HOLDS, WEAKENS, TURNS)
    }


def _between(row: dict[str, Any]) -> str:
    """Where on the way to a change the conclusion turns, in words."""
    if "between" not in row:
        return ""
    near, far = row["between"]
    return f" (between {near:.2g} and {far:.2g} times what it is)"


def _lies(headline: Headline, own: Estimate) -> str:
    """On which side of its border a number lies, in words."""
    at = f"{headline.border:g}"
    return {1: f"above {at}", -1: f"below {at}", 0: f"undecided about {at}"}[side(own, headline.border)]


def holds(headline: Headline, own: Estimate, far: list[dict[str, Any]]) -> str:
    """How far the conclusion holds, in a line; own: the number as found; far: the rows of `analyses.robustness`."""
    judged = _judged(far)
    n = sum(map(len, judged.values()))
    text = f"{headline.what} {_lies(headline, own)}, in {len(judged[HOLDS])} of {n} changes"
    if judged[WEAKENS]:
        text += f"; weakens with {', '.join(judged[WEAKENS])}"
    if judged[TURNS]:
        text += f"; depends on {', '.join(judged[TURNS])}, where it turns"
    return text


def _number(estimate: Estimate) -> str:
    value, low, high = estimate
    return f"{value:.2g} ({interval(low, high)})"


def _place(headline: Headline, batch: Batch, reference: Cell) -> str:
    """The cells that a headline's number is of, in words; nothing where it is of all."""
    if headline.whole is not None and headline.swept:
        return ""
    return " less ".join(filter(None, (cell_name(cell.set) for cell in headline.cells(batch, reference))))


def how_far(headline: Headline, batch: Batch, reference: Cell, far: list[dict[str, Any]]) -> list[str]:
    """The section on how far the conclusion holds; reference: the cell that answers; far: as for `holds`."""
    looks = sum("says" in row for row in far)
    if not looks:
        return []
    own, sure, where = found(headline, batch, reference), 100 * surely(looks), _place(headline, batch, reference)
    lines = [
        "## How far it holds", "",
        f"{'At ' + where + ', ' if where else ''}the {headline.what} is {_number(own)}: "
        f"{_lies(headline, own)}. Again, with one thing changed:", "",
        f"| changed | {headline.what} ({sure:.1f} %) | populations | the conclusion |", "|---|---|---|---|",
    ]  # fmt: skip
    for row in far:
        if "says" in row:
            number = _number((row["value"], row["low"], row["high"]))
            lines.append(f"| {row['changed']} | {number} | {row['replicates']} | {row['says']}{_between(row)} |")
        else:
            lines.append(f"| {row['changed']} | {markdown(row['refused'])} | | |")
    lines += [
        "",
        f"The conclusion is on which side of {headline.border:g} the number lies, or that its interval holds "
        f"{headline.border:g} and it is undecided. It *turns* where the changed number lies on a side on which it did "
        f"not lie, *weakens* where it is no longer decided or is surely nearer to {headline.border:g}, else *holds*; "
        f"intervals allow for {looks} looks ([measures](../measures.md)).",
        "",
    ]
    return lines


def depends(headline: Headline, batch: Batch, reference: Cell, field: str) -> str:
    """At which value of a swept field the headline's number crosses its border, in a sentence with its interval.

    The other fields are as in the reference cell; straight lines between the swept values, in their logarithm where
    they span a factor of ten or more.
    """
    others = {key: value for key, value in reference.set.items() if key != field}
    cells = [cell for cell in batch.cells if all(cell.set[key] == value for key, value in others.items())]
    cells.sort(key=lambda cell: cell.set[field])
    at = np.array([cell.set[field] for cell in cells], float)
    logs = bool(at[0] > 0.0 and at[-1] >= 10.0 * at[0])
    samples = [headline.values(batch, cell).astype(float) for cell in cells]
    sign = -1.0 if samples[0].mean() < samples[-1].mean() else 1.0
    place = crossing(np.log(at) if logs else at, [sign * values for values in samples], sign * headline.border)
    ends = {key: float(np.exp(value)) if logs else value for key, value in place.items()}
    beside = f", at {cell_name(others)}" if others else ""
    swept = f"from {at[0]:g} to {at[-1]:g}"
    if not at[0] <= ends["at"] <= at[-1]:
        return f"`{field}`: the {headline.what} does not cross {headline.border:g} {swept}{beside}"
    low, high = max(ends["low"], at[0]), min(ends["high"], at[-1])
    return (
        f"`{field}`: the {headline.what} crosses {headline.border:g} at {ends['at']:.2g} "
        f"({interval(low, high)}; swept {swept}{beside})"
    )
