"""diamonds: what a goal's final weight depends on."""

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, column, estimated
from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.measure.intervals import resampled
from evo.measure.robustness import Estimate
from evo.wording import fixed, interval
from evo.worlds.goals import GOALS, table

ATTRIBUTES = ("complexity", "presence", "score")
RESAMPLES = 2000


def points(batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Attributes [draws, 8 goals, 3], in the order of ATTRIBUTES, and final shares [draws, 8], means of replicates."""
    attributes, shares = [], []
    for cell, s in zip(batch.cells, batch.summaries(), strict=True):
        parts, score, presence = table(cell.spec.knobs)
        attributes.append(np.column_stack([parts, presence, score]))
        names = ("true_share", *(f"share_{g}" for g in range(1, GOALS)))
        shares.append([s["traits"][name]["training"] for name in names])
    return np.array(attributes, float), np.array(shares)


def regression(attributes: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Least squares of shares on the attributes, each in its standard deviations: 3 slopes, then R squared."""
    x, y = attributes.reshape(-1, 3), shares.reshape(-1)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    design = np.column_stack([np.ones(y.size), scaled])
    fit = np.linalg.lstsq(design, y, rcond=None)[0]
    left = y - design @ fit
    return np.append(fit[1:], 1.0 - left @ left / np.sum((y - y.mean()) ** 2))


def _interval(attributes: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """95 % bootstrap intervals, tables resampled whole: [2, 4]."""
    rng = np.random.default_rng(0)
    n = shares.shape[0]
    again = [regression(attributes[rows], shares[rows]) for rows in (rng.integers(0, n, n) for _ in range(RESAMPLES))]
    return resampled(again)


def answer(batch: Batch) -> str:
    """How often, over all tables, the intended goal carries most of utility."""
    summaries = batch.summaries()
    k, n = sum(s["realized"] for s in summaries), sum(s["replicates"] for s in summaries)
    _, shares = points(batch)
    rng = np.random.default_rng(0)
    means = [rng.choice(shares[:, 0], shares.shape[0]).mean() for _ in range(RESAMPLES)]
    return (
        f"over {len(summaries)} tables of goals: the intended goal carries most of utility in {k} of {n} populations, "
        f"and {shares[:, 0].mean():.2f} of it on average (95 % interval over tables "
        f"{interval(*resampled(means))})"
    )


def sentences(batch: Batch) -> list[str]:
    """The regression."""
    attributes, shares = points(batch)
    fit, (low, high) = regression(attributes, shares), _interval(attributes, shares)
    slopes = "; ".join(f"{name} {fit[k]:+.3f} ({interval(low[k], high[k])})" for k, name in enumerate(ATTRIBUTES))
    first = int(np.argmax(np.abs(fit[:3])))
    drawn = attributes[:, 1:], shares[:, 1:]
    (*alone, share), (least, most) = regression(*drawn), _interval(*drawn)
    others = "; ".join(f"{name} {alone[k]:+.3f} ({interval(least[k], most[k])})" for k, name in enumerate(ATTRIBUTES))
    return [
        _compared(attributes, shares),
        f"Regression of a goal's final share on its attributes, per standard deviation of each, all eight goals of all "
        f"tables (95 % bootstrap interval over tables): {slopes}; R^2 = {fit[3]:.2f}. {ATTRIBUTES[first].capitalize()} "
        f"counts most. Of the seven goals alone that were drawn, without the intended one: {others}; "
        f"R^2 = {share:.2f}. A standard deviation is one of the ranges that were drawn, so that other ranges would "
        "give another order.",
    ]


def _compared(attributes: np.ndarray, shares: np.ndarray) -> str:
    """The intended goal beside the others: what it is given, and what it carries of utility."""
    own, others = attributes[0, 0], attributes[:, 1:].reshape(-1, 3)
    (loci, presence, score), low, high, mean = own, others.min(axis=0), others.max(axis=0), others.mean(axis=0)
    carried, rest = shares[:, 0].mean(), shares[:, 1:].mean()
    largest = int((shares.argmax(axis=1) == 0).sum())
    return (
        f"The intended goal takes {loci:g} loci, each of which {presence:.0%} of founders have, and scores {score:g}. "
        f"The others take {low[0]:g} to {high[0]:g} ({mean[0]:.2g} on average), are had by {low[1]:.0%} to "
        f"{high[1]:.0%} ({mean[1]:.0%}) and score {low[2]:.2f} to {high[2]:.2f} ({mean[2]:.2f}). An even share of "
        f"{GOALS} goals is {1.0 / GOALS:g}. The intended goal carries {carried:.2f} on average and another "
        f"{rest:.2f}: {carried / rest:.2g} times as much. It carries the most of all goals in {largest} of "
        f"{len(shares)} tables, by means of populations. Shares are of covariance and could leave 0 to 1; means of a "
        f"goal in a table lie from {fixed(shares.min())} to {fixed(shares.max())}."
    )


def draw(batch: Batch) -> Figure:
    """Final share of every goal of every table against each attribute; thirds of each attribute by their means."""
    attributes, shares = points(batch)
    figure = Figure(figsize=(8.4, 3.2), layout="constrained")
    axes: Any = figure.subplots(1, 3, sharey=True)
    units = ("loci to assemble", "frequency of its loci at first", "correlation with the score")
    for k, ax in enumerate(axes):
        x = attributes[:, :, k]
        jitter = np.random.default_rng(k).uniform(-0.15, 0.15, x.shape) if k == 0 else 0.0
        ax.plot(
            (x + jitter)[:, 1:].ravel(), shares[:, 1:].ravel(), ".", color="0.6", markersize=4, label="another goal"
        )
        ax.plot((x + jitter)[:, 0], shares[:, 0], "D", color=COLOURS[1], markersize=4, label="the intended goal")
        edges = np.quantile(x[:, 1:], [0, 1 / 3, 2 / 3, 1])
        for low, high in pairwise(edges):
            inside = (x[:, 1:] >= low) & (x[:, 1:] <= high)
            ax.plot([low, high], [shares[:, 1:][inside].mean()] * 2, color=COLOURS[0], linewidth=2.5)
        ax.set_xlabel(units[k])
        ax.set_title(ATTRIBUTES[k])
    axes[0].set_ylabel("final share of utility")
    axes[0].plot([], [], color=COLOURS[0], linewidth=2.5, label="mean of a third of the others")
    axes[0].legend(fontsize=7, loc="upper right")
    small_print(figure, batch)
    return figure


def _over_tables(batch: Batch, confidence: float) -> Estimate:
    """The intended goal's mean share; tables are what differs, so the interval is over their means."""
    return estimated(points(batch)[1][:, 0], confidence, (0.0, 1.0))


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    draw=draw,
    headline=Headline(
        "share of the intended goal", 0.5, column("training.true_share"), whole=_over_tables, over=("draw",)
    ),
)
