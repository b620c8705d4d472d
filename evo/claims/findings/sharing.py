"""sharing: the share of food that is given, beside Hamilton's rule, r b > c."""

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, column, estimated
from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.figures.axes import means
from evo.figures.style import COLOURS, MARKERS, small_print
from evo.measure.crossing import crossing
from evo.measure.robustness import Estimate, side, surely
from evo.scenario.spec import Cell
from evo.wording import counted

GIVES, RELATEDNESS = "training.gives", "population.relatedness"
BOUNDS = (0.0, 1.0)


def _row(batch: Batch, r: float) -> tuple[np.ndarray, list[np.ndarray]]:
    """Costs over benefit at one relatedness, and the shares that populations give there."""
    cells = [cell for cell in batch.cells if cell.set[RELATEDNESS] == r]
    at = np.array([cell.spec.knobs["cost"] / cell.spec.knobs["benefit"] for cell in cells])
    return at, [batch.runs(cell)[GIVES].to_numpy() for cell in cells]


def turns(at: np.ndarray, samples: list[np.ndarray], confidence: float) -> Estimate:
    """Where the mean share first falls through a half, by straight lines in the logarithm of the cost over benefit.

    As where the page tells what its headline depends on. The interval is a percentile bootstrap over populations
    (Efron 1979). -inf where the mean is below a half at the first place already, inf where it never falls.

    at : float64[K], rising; samples : K arrays float64[n]
    """
    found = crossing(np.log(at), samples, 0.5, confidence)
    value, low, high = (
        float(np.exp(place)) if np.isfinite(place) else place for place in (found[key] for key in ("at", "low", "high"))
    )
    return value, low, high


def could_depart(r: float, at: np.ndarray) -> bool:
    """Whether a swept cost lies on either side of the rule's place, r, so that it could have been contradicted."""
    return bool(at[0] < r < at[-1])


def near_end(r: float, found: Estimate) -> bool:
    """Whether the rule's place lies in the interval and within a tenth of it, in logarithms, from an end."""
    _, low, high = found
    if not (0.0 < low <= r <= high < np.inf) or low == high:
        return False
    share = float(np.log(r / low) / np.log(high / low))
    return min(share, 1.0 - share) < 0.1


def departs(r: float, at: np.ndarray, found: Estimate) -> int:
    """-1 where giving surely turns before the rule's place, r, 1 where surely after it, 0 where that is not sure.

    Beyond the costs that are swept no place can be told from another.
    """
    place = -np.inf if r < at[0] else np.inf if r > at[-1] else r
    return -1 if found[2] < place else 1 if found[1] > place else 0


def _as_ruled(batch: Batch) -> dict[int, list[Cell]]:
    """Cells off Hamilton's line: 1 where the share surely lies on the rule's side of a half, -1 where on the other.

    0 where its interval holds a half. Intervals allow for as many looks as there are such cells.
    """
    gains = {
        cell.key: cell.set[RELATEDNESS] * cell.spec.knobs["benefit"] - cell.spec.knobs["cost"] for cell in batch.cells
    }
    off = [cell for cell in batch.cells if abs(gains[cell.key]) > 1e-9]
    found: dict[int, list[Cell]] = {1: [], 0: [], -1: []}
    for cell in off:
        share = estimated(batch.runs(cell)[GIVES].to_numpy(), surely(len(off)), BOUNDS)
        found[side(share, 0.5) * (1 if gains[cell.key] > 0.0 else -1)].append(cell)
    return found


def _named(cells: list[Cell]) -> str:
    told = "; ".join(
        f"r = {cell.set[RELATEDNESS]:g}, c/b = {cell.spec.knobs['cost'] / cell.spec.knobs['benefit']:g}"
        for cell in cells
    )
    return f" ({told})" if told else ""


def answer(batch: Batch) -> str:
    """In how many cells they surely give as the rule says."""
    found = _as_ruled(batch)
    off = sum(map(len, found.values()))
    return (
        f"of {off} cells off Hamilton's line, in {len(found[1])} they surely give more than half of what they find "
        f"where r b > c, or less where r b < c; in {len(found[0])} it is undecided{_named(found[0])}; in "
        f"{len(found[-1])} they surely do otherwise{_named(found[-1])} ({100 * surely(off):.1f} % intervals, for "
        f"{counted(off, 'look')})"
    )


def _place(value: float, at: np.ndarray) -> str:
    return f"below {at[0]:g}" if value == -np.inf else f"above {at[-1]:g}" if value == np.inf else f"{value:.2f}"


def sentences(batch: Batch) -> list[str]:
    """Where giving turns, at each relatedness, and at how many that is where the rule says."""
    axis = batch.spec.axis(RELATEDNESS)
    sure, told, asked, near = surely(len(axis)), [], [], []
    off: dict[int, list[str]] = {-1: [], 1: []}
    for r in axis:
        at, shares = _row(batch, r)
        found = turns(at, shares, sure)
        ends = [_place(end, at) for end in found[1:]]
        reach = "" if ends[0] == ends[1] else f" ({ends[0]} to {ends[1]})"
        told.append(f"- r = {r:g}: {_place(found[0], at)}{reach}")
        if where := departs(r, at, found):
            off[where].append(f"r = {r:g}")
        asked += [(r, where)] if could_depart(r, at) else []
        near += [f"r = {r:g}"] if near_end(r, found) else []
    as_ruled = sum(where == 0 for _, where in asked)
    words = [
        f"at {', '.join(cells)} giving turns {when}"
        for cells, when in ((off[-1], "at less cost than the rule says"), (off[1], "at more cost than the rule says"))
        if cells
    ]
    return [
        "The cost over benefit at which the mean share that is given falls through a half, by straight lines in its "
        f"logarithm; by the rule, and in the published runs, it is r ({100 * sure:.3g} % intervals, for "
        f"{counted(len(axis), 'look')}):\n\n" + "\n".join(told),
        f"The rule's own place lies in the interval at {as_ruled} of the {len(asked)} degrees of relatedness where it "
        "could have failed, for swept costs lie on either side of it"
        + (f"; near an end of the interval at {', '.join(near)}" if near else "")
        + "".join(f"; {one}" for one in words) + ".",
    ]  # fmt: skip


def draw(batch: Batch) -> Figure:
    """The share given against cost over benefit, a line each relatedness, and beside it against r - c/b."""
    figure = Figure(figsize=(7.2, 3.3), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for n, r in enumerate(batch.spec.axis(RELATEDNESS)):
        at, shares = _row(batch, r)
        mean, reach = means(shares, BOUNDS)
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
    headline=Headline("share given", 0.5, column(GIVES), bounds=BOUNDS),
)
