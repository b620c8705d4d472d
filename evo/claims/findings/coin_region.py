"""coin_region: returns and the goal index by the size of the coin's square, beside published runs."""

import numpy as np
from matplotlib.figure import Figure

from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.claims.findings import coin
from evo.figures.axes import means, scattered
from evo.figures.style import COLOURS, small_print
from evo.wording import fixed

# Public data of the jaxgmg project: mazes of 13 x 13, PPO, one run a side c of 1 to 11; the mean of the last eight
# evaluations. Return 1 - 0.9 t / 128 with the cheese in the region, and anywhere.
SIDES = np.arange(1, 12) / 11
INSIDE = (0.615, 0.640, 0.681, 0.718, 0.732, 0.700, 0.709, 0.706, 0.684, 0.653, 0.680)
ANYWHERE = (0.126, 0.201, 0.268, 0.366, 0.459, 0.501, 0.586, 0.626, 0.676, 0.658, 0.686)


def _shares(batch: Batch) -> np.ndarray:
    """Sides of the square, as shares of the room's inner side."""
    return np.array([cell.spec.knobs["side"] / (cell.spec.knobs["size"] - 2) for cell in batch.cells])


def sentences(batch: Batch) -> list[str]:
    """Beside the published curve: how much return is lost, and from which side on none is."""
    runs = [batch.runs(cell) for cell in batch.cells]
    lost = [float((rows["training.fitness"] - rows["deployment.fitness"]).to_numpy().mean()) for rows in runs]
    published = np.array(INSIDE) - np.array(ANYWHERE)
    mine = float(np.corrcoef(np.interp(_shares(batch), SIDES, published), lost)[0, 1])
    return [
        *coin.sentences(batch),
        f"The return that is lost where the coin lies anywhere falls from {fixed(lost[0])} at side 1 to "
        f"{fixed(lost[-1])} at "
        f"side {batch.cells[-1].spec.knobs['side']:g}; in the published runs from {fixed(published[0])} "
        f"to {fixed(published[-1])}. Over the same shares of the room the two losses are correlated by {mine:.2f}.",
    ]


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


FINDING = Finding(answer=coin.answer, sentences=sentences, draw=draw, headline=coin.HEADLINE)
