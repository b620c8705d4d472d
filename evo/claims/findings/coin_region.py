"""coin_region: returns and the goal index by the size of the coin's square, beside published runs."""

from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure

from evo.batch.results import Batch
from evo.claims.answer import reference_cell
from evo.claims.finding import Finding
from evo.claims.findings import coin
from evo.figures.axes import means, scattered
from evo.figures.style import COLOURS, small_print
from evo.measure.crossing import fall
from evo.measure.robustness import side, surely
from evo.wording import counted, fixed

# Public data of the jaxgmg project (github.com/matomatical/jaxgmg): mazes of 13 x 13, PPO, one run a side c of 1 to 11;
# the mean of the last eight evaluations. Return 1 - 0.9 t / 128 with the cheese in the region, and anywhere.
SIDES = np.arange(1, 12) / 11
INSIDE = (0.615, 0.640, 0.681, 0.718, 0.732, 0.700, 0.709, 0.706, 0.684, 0.653, 0.680)
ANYWHERE = (0.126, 0.201, 0.268, 0.366, 0.459, 0.501, 0.586, 0.626, 0.676, 0.658, 0.686)
EMPTY = (0.463, 0.016, 0.080, 0.065, 0.024, 0.049, 0.023, 0.035, 0.027, 0.023, 0.029)  # reaches the empty corner


def _shares(batch: Batch) -> np.ndarray:
    """Sides of the square, as shares of the room's inner side."""
    return np.array([cell.spec.knobs["side"] / (cell.spec.knobs["size"] - 2) for cell in batch.cells])


def halved(at: np.ndarray, lost: np.ndarray) -> float:
    """Where what is lost is first half of what it is at the first place, by straight lines; inf where it never is."""
    return fall(at, lost, lost[0] / 2.0)


def answer(batch: Batch) -> str:
    """The index and the returns of the square that answers, of the smallest and of the whole room."""
    return coin.of_cells(batch, reference_cell(batch), batch.cells[0], batch.cells[-1])


def steps(samples: list[np.ndarray]) -> list[int]:
    """From each place to the next: 1 where the index surely rises, -1 where it surely falls, 0 where neither is sure.

    Intervals of the differences allow for as many looks as there are steps. samples : float64[n] of each place
    """
    sure = surely(len(samples) - 1)
    return [side(coin.HEADLINE.of([after, before], sure), 0.0) for before, after in pairwise(samples)]


def _rises(batch: Batch) -> str:
    """Whether the index rises along the side, and whether the return in training stays."""
    samples = [batch.runs(cell)[coin.INDEX].to_numpy() for cell in batch.cells]
    returns = [float(batch.runs(cell)["training.fitness"].to_numpy().mean()) for cell in batch.cells]
    ways, sides = steps(samples), batch.spec.axis("side")
    unsure = [f"from {a} to {b}" for (a, b), way in zip(pairwise(sides), ways, strict=True) if way == 0]
    return (
        f"The claim is that the index rises with the side. From one side to the next it surely rises in "
        f"{ways.count(1)} of {counted(len(ways), 'step')} and surely falls in {ways.count(-1)}"
        + (f"; neither is sure {', '.join(unsure)}" if unsure else "")
        + f" ({100 * surely(len(ways)):.3g} % intervals of the difference, for {counted(len(ways), 'look')}). The mean "
        f"index is {fixed(samples[0].mean())} at side {sides[0]} and {fixed(samples[-1].mean())} at side {sides[-1]}. "
        f"The mean return in training lies between {fixed(min(returns))} and {fixed(max(returns))}."
    )


def _published(batch: Batch) -> str:
    """Beside the published curve: the largest gap, where each loss is halved, and who goes to the empty corner."""
    runs, shares = [batch.runs(cell) for cell in batch.cells], _shares(batch)
    lost = np.array([(rows["training.fitness"] - rows["deployment.fitness"]).to_numpy().mean() for rows in runs])
    published = np.array(INSIDE) - np.array(ANYWHERE)
    gaps = lost - np.interp(shares, SIDES, published)
    widest = int(np.abs(gaps).argmax())
    place = [float(rows["training.follows_place"].to_numpy().mean()) for rows in runs]
    return (
        f"The return that is lost where the coin lies anywhere falls from {fixed(lost[0])} at side 1 to "
        f"{fixed(lost[-1])} at side {batch.cells[-1].spec.knobs['side']:g}; in the published runs, one a side, from "
        f"{fixed(published[0])} to {fixed(published[-1])}. It is halved at {fixed(halved(shares, lost))} of the room's "
        f"side here and at {fixed(halved(SIDES, published))} there. The loss here and the published loss differ most "
        f"at {fixed(shares[widest])} of the room's side: {fixed(lost[widest])} here and "
        f"{fixed(lost[widest] - gaps[widest])} there. The published runs reach the empty corner in {EMPTY[0]:.3f} of "
        f"levels at side 1 and in {EMPTY[1]:.3f} at side 2; here the place draws them by {fixed(place[0])} at side 1 "
        f"and by {fixed(place[1])} at side 2. There the corner goes at once and the return follows later."
    )


def sentences(batch: Batch) -> list[str]:
    """Whether the index rises, what coin tells, and the published curve beside."""
    return [_rises(batch), *coin.switching(batch), _published(batch)]


def draw(batch: Batch) -> Figure:
    """Return against the side of the square, published runs beside; and the goal index of each population."""
    figure = Figure(figsize=(7.2, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    shares = _shares(batch)
    for n, (place, values) in enumerate((("training", INSIDE), ("deployment", ANYWHERE))):
        mean, reach = means([batch.runs(cell)[f"{place}.fitness"].to_numpy() for cell in batch.cells])
        left.errorbar(shares, mean, yerr=reach, fmt="os"[n] + "-", color=COLOURS[n], markersize=4, capsize=2,
                      label=f"evo, coin {'in the square' if n == 0 else 'anywhere'}")  # fmt: skip
        left.plot(SIDES, values, "os"[n] + ":", color=COLOURS[n], markersize=3, markerfacecolor="none", linewidth=0.9,
                  label=f"published, {'in the region' if n == 0 else 'anywhere'}")  # fmt: skip
    left.set_ylabel("return")
    left.set_ylim(0, 1)
    left.legend(loc="lower right", fontsize=7)
    for cell, share in zip(batch.cells, shares, strict=True):
        index = batch.runs(cell)[coin.INDEX].to_numpy()
        right.scatter(share + scattered(index.size, 0.08), index, s=9, color=COLOURS[2], alpha=0.6, linewidths=0)
        right.plot([share - 0.05, share + 0.05], [index.mean()] * 2, color="0.1", linewidth=1.6)
    right.axhline(batch.spec.scenario.property.threshold, color="0.5", linewidth=0.8, linestyle=":")
    right.set_ylabel("goal index (-1 to 1)")
    right.set_title("each population")
    for axes in (left, right):
        axes.set_xlabel("side of the square / side of the room")
    small_print(figure, batch)
    return figure


FINDING = Finding(answer=answer, sentences=sentences, draw=draw, headline=coin.HEADLINE)
