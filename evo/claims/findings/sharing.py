"""sharing: the share of food that is given, beside Hamilton's rule, r b > c."""

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.figures.axes import means
from evo.figures.style import COLOURS, MARKERS, small_print
from evo.measure.crossing import crossing
from evo.scenario.spec import Cell

GIVES, RELATEDNESS = "training.gives", "population.relatedness"


def _row(batch: Batch, r: float) -> tuple[np.ndarray, list[np.ndarray]]:
    """Costs over benefit at one relatedness, and the shares that populations give there."""
    cells = [cell for cell in batch.cells if cell.set[RELATEDNESS] == r]
    at = np.array([cell.spec.knobs["cost"] / cell.spec.knobs["benefit"] for cell in cells])
    return at, [batch.runs(cell)[GIVES].to_numpy() for cell in cells]


def _as_ruled(batch: Batch) -> tuple[list[Cell], list[Cell]]:
    """Cells off Hamilton's line, and those of them whose mean share lies on the side of a half that the rule says."""
    off, right = [], []
    for cell in batch.cells:
        knobs, r = cell.spec.knobs, cell.set[RELATEDNESS]
        gain = r * knobs["benefit"] - knobs["cost"]
        if abs(gain) > 1e-9:
            off.append(cell)
            if (batch.runs(cell)[GIVES].to_numpy().mean() > 0.5) == (gain > 0.0):
                right.append(cell)
    return off, right


def answer(batch: Batch) -> str:
    """In how many cells they give as the rule says."""
    off, right = _as_ruled(batch)
    return (
        f"they give more than half of what they find exactly where r b > c in {len(right)} of the {len(off)} cells "
        "that lie off Hamilton's line"
    )


def _place(value: float, at: np.ndarray) -> str:
    return f"below {at[0]:g}" if value == -np.inf else f"above {at[-1]:g}" if value == np.inf else f"{value:.2f}"


def sentences(batch: Batch) -> list[str]:
    """Where giving turns, at each relatedness."""
    told = []
    for r in batch.spec.axis(RELATEDNESS):
        at, shares = _row(batch, r)
        found = crossing(at, shares, 0.5)
        ends = [_place(found[end], at) for end in ("low", "high")]
        reach = "" if ends[0] == ends[1] else f" ({ends[0]} to {ends[1]})"
        told.append(f"- r = {r:g}: {_place(found['at'], at)}{reach}")
    return [
        "The cost over benefit at which the mean share that is given falls through a half; by the rule, and in the "
        "published runs, it is r:\n\n" + "\n".join(told),
        *_exceptions(batch),
    ]


def _exceptions(batch: Batch) -> list[str]:
    off, right = _as_ruled(batch)
    wrong = [cell for cell in off if cell not in right]
    if not wrong:
        return []
    told = ", ".join(f"r = {cell.set[RELATEDNESS]:g}, c/b = {cell.spec.knobs['cost']:g}" for cell in wrong)
    return [f"They do otherwise than the rule says at {told}."]


def draw(batch: Batch) -> Figure:
    """The share given against cost over benefit, a line each relatedness, and beside it against r - c/b."""
    figure = Figure(figsize=(7.2, 3.3), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for n, r in enumerate(batch.spec.axis(RELATEDNESS)):
        at, shares = _row(batch, r)
        mean, reach = means(shares, (0.0, 1.0))
        for axes, x in ((left, at), (right, r - at)):
            axes.errorbar(x, mean, yerr=reach, fmt=MARKERS[n] + ("-" if axes is left else ""), color=COLOURS[n],
                          markersize=4, capsize=2, linewidth=1, label=f"r = {r:g}")  # fmt: skip
        left.axvline(r, color=COLOURS[n], linestyle=":", linewidth=0.9)
    left.set_xlabel("cost over benefit, c/b")
    left.set_title("dotted: r = c/b, of the same colour")
    left.set_ylabel("share given of what is found")
    left.set_ylim(-0.03, 1.03)
    right.axvline(0.0, color="0.5", linestyle=":", linewidth=0.9)
    right.set_xlabel("r - c/b, Hamilton's rule: above 0")
    right.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7)
    small_print(figure, batch)
    return figure


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    draw=draw,
    headline=Headline("share given", 0.5, column(GIVES), bounds=(0.0, 1.0)),
)
