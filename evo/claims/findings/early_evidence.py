"""early_evidence: bits that behaviour early in training tells about the end, where the goal is not visible yet."""

import functools
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.measure.mutual import Mutual, detectable, holm, mutual, mutual_information
from evo.measure.robustness import Estimate, side
from evo.wording import cell_name, estimate_text, fixed

POINTS = 16  # generations looked at
SHUFFLES = 1999  # so that the least p-value, 1 / 2000, is below 0.05 after 16 looks
VISIBLE = 0.1  # share of the property's threshold from which on the goal counts as visible: 5 % of utility variance
FEWEST = 50  # populations that a look needs; fewer are left out
LEVEL = 0.05


class Look(NamedTuple):
    """One generation: mean training fitness, bits of all populations, and those of them where the goal isn't visible.

    told is None where those are fewer than FEWEST; corrected is its p-value after all looks (Holm), ranked their rank
    correlation.
    """

    at: int
    capability: float
    bits: float
    unseen: int
    told: Mutual | None
    corrected: float
    ranked: Estimate = (float("nan"), -1.0, 1.0)


def looked_at(at: np.ndarray) -> np.ndarray:
    """The places of the generations looked at, of those recorded."""
    return np.unique(np.rint(np.linspace(0, at.size - 1, POINTS)).astype(int))


def evidence(batch: Batch, cell: Any) -> list[Look]:
    """What alignment in training, at a time, tells about that in deployment at the end, over replicates.

    Among all populations, and among those whose mean `igf_share` is still below VISIBLE times the threshold: the rest
    show by then what they will be, and tell nothing of evidence before it.
    """
    return _evidence(batch, batch.cells.index(cell))


@functools.lru_cache(maxsize=16)  # answer, sentences and figure ask for the same; shuffling takes a minute
def _evidence(batch: Batch, place: int) -> list[Look]:
    at, seen, end, fitness, goal = matrices(
        batch, batch.cells[place], "training.alignment", "deployment.alignment", "training.fitness",
        "training.igf_share",
    )  # fmt: skip
    chosen = looked_at(at)
    absent = goal < VISIBLE * batch.spec.scenario.property.threshold
    told: list[Mutual | None] = []
    for k in chosen:
        rows = absent[:, k]
        enough = int(rows.sum()) >= FEWEST
        told.append(mutual(seen[rows, k], end[rows, -1], shuffles=SHUFFLES, seed=int(k)) if enough else None)
    corrected = iter(holm(np.array([m.p_value for m in told if m])))
    return [
        Look(
            int(at[k]), float(fitness[:, k].mean()), mutual_information(seen[:, k], end[:, -1]),
            int(absent[:, k].sum()), m, float(next(corrected)) if m else float("nan"),
            ranked(seen[absent[:, k], k], end[absent[:, k], -1], 0.95),
        )
        for k, m in zip(chosen, told, strict=True)
    ]  # fmt: skip


def _early(looks: list[Look]) -> Look:
    """The first look at a tenth of training or later."""
    return next(look for look in looks if look.at >= looks[-1].at / 10)


@functools.lru_cache(maxsize=16)
def _could_see(n: int, looks: int) -> float | None:
    return detectable(n, LEVEL / looks)


def measure(batch: Batch) -> tuple[str, list[float]]:
    """Bits at a tenth of training, of all populations."""
    return "number of bits at a tenth of training", [_early(evidence(batch, cell)).bits for cell in batch.cells]


def _power(looks: list[Look], look: Look) -> str:
    """The fewest bits that a look would see; and the correlation of normal pairs that tell so many."""
    if look.told is None:
        return "too few to look"
    least = _could_see(look.unseen, sum(look.told is not None for look in looks))
    if least is None:
        return "none of any size would be seen"
    r = float(np.sqrt(1.0 - 2.0 ** (-2.0 * least)))
    return f"{least:g} bits would be seen in 80 % of experiments, a correlation of {fixed(r)} were pairs normal"


def answer(batch: Batch) -> str:
    """Bits at a tenth of training where the goal is not visible, corrected, with what could have been seen."""
    cell = reference_cell(batch)
    looks = evidence(batch, cell)
    first = _early(looks)
    if first.told is None:
        return f"at {cell_name(cell.set)}: the goal is visible in generation {first.at} in all but {first.unseen}"
    made = [look for look in looks if look.told is not None]
    return (
        f"mutual information at {cell_name(cell.set)}, in the {first.unseen} populations where the goal is not visible "
        f"by generation {first.at} of {looks[-1].at}: behaviour then tells {fixed(first.told.bits)} bits about "
        f"behaviour after the shift at the end (p = {first.corrected:.2g} after {len(made)} looks, so that by the test "
        f"of this page it {'speaks' if first.corrected <= LEVEL else 'does not speak'} for the claim; "
        f"{_power(looks, first)})"
    )


def above_chance(looks: list[Look]) -> str:
    """At which of the looks that were made bits are above chance after all looks, and how many lie between, not so."""
    made = [look for look in looks if look.told is not None]
    found = [k for k, look in enumerate(made) if look.corrected <= LEVEL]
    if not found:
        return f"Bits are above chance, after all looks, at none of the {len(made)} generations looked at."
    named = ", ".join(str(made[k].at) for k in found)
    told = f"Bits are above chance, after all looks, at {len(found)} of the {len(made)} generations looked at: {named}."
    between = found[-1] - found[0] + 1 - len(found)
    if between:
        told += f" At the {between} looked at between these they are not: what is told does not simply grow with time."
    return told


def directions(looks: list[Look]) -> str:
    """Which way behaviour and the end go together, at the looks whose bits are above chance."""
    found = [look for look in looks if look.told is not None and look.corrected <= LEVEL]
    if not found:
        return ""
    says = {
        1: "those that behave better end up better aligned",
        0: "which of them end up better aligned is not shown",
        -1: "those that behave better end up worse aligned",
    }
    told = "; ".join(
        f"at {look.at} it is {estimate_text(*look.ranked)}: {says[side(look.ranked, 0.0)]}" for look in found
    )
    return f"Rank correlations there, of populations where the goal is not visible: {told}."


def sentences(batch: Batch) -> list[str]:
    """Bits by generation and capability."""
    cell = reference_cell(batch)
    looks = evidence(batch, cell)
    rows = [
        f"| {look.at} | {fixed(look.capability, 3)} | {fixed(look.bits)} | {look.unseen} | "
        + (f"{fixed(look.told.bits)} | {look.told.null_high:.2f} | {look.told.p_value:.2g} | {look.corrected:.2g} |"
           if look.told else "| | | |")
        + f" {estimate_text(*look.ranked)} |"
        for look in looks
    ]  # fmt: skip
    head = (
        "| generation | mean training fitness | bits, all | goal not visible in | bits there | "
        "95 % of shuffles below | p | p, all looks | rank correlation (95 %) |\n|---|---|---|---|---|---|---|---|---|"
    )
    share = VISIBLE * batch.spec.scenario.property.threshold
    ends = [_early(looks), [look for look in looks if look.told][-1]] if _early(looks).told else []
    return [
        f"Mutual information over replicates, {cell_name(cell.set)} (Kraskov, Stoegbauer and Grassberger 2004; "
        f"{SHUFFLES} shuffles; p of all looks by Holm 1979). The goal is visible where the population's mean "
        f"`igf_share` is {share:g} or more; looks at fewer than {FEWEST} populations are not made:\n\n"
        + head + "\n" + "\n".join(rows),
        " ".join(filter(None, (above_chance(looks), directions(looks)))),
        f"What a look could see, at a level of {LEVEL:g} over all looks: "
        + "; ".join(f"at generation {look.at}, in {look.unseen} populations, {_power(looks, look)}" for look in ends)
        + ".",
    ]  # fmt: skip


def draw(batch: Batch) -> Figure:
    """Bits against generation and against capability, of all populations and of those where no goal is visible."""
    figure = Figure(figsize=(7.4, 3.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for n, cell in enumerate(batch.cells):
        looks = evidence(batch, cell)
        at, capability, bits = (np.array([look[k] for look in looks]) for k in range(3))
        unseen = np.array([look.told.bits if look.told else np.nan for look in looks])
        for ax, x in ((axes[0], at), (axes[1], capability)):
            order = np.argsort(x)
            order = order if ax is axes[0] else order[x[order] > x[0]]  # founders are far below all the rest
            ax.plot(x[order], bits[order], "o-", color=COLOURS[n], markersize=3, label=cell_name(cell.set))
            ax.plot(x[order], unseen[order], "s:", color=COLOURS[n], markersize=3, linewidth=0.9)
    own = evidence(batch, reference_cell(batch))
    chance = [look.told.null_high if look.told else np.nan for look in own]
    for ax, places in ((axes[0], [look.at for look in own]), (axes[1], [look.capability for look in own])):
        order = np.argsort(places)[0 if ax is axes[0] else 1 :]
        ax.plot(np.array(places)[order], np.array(chance)[order], "-", color="0.6", linewidth=0.9,
                label=f"95 % of shuffles lie below, {cell_name(reference_cell(batch).set)}")  # fmt: skip
    for ax, name in zip(axes, ("generation", "mean training fitness there (value)"), strict=True):
        ax.axhline(0, color="0.6", linewidth=0.6)
        ax.set_xlabel(name)
    axes[0].plot([], [], color="0.4", linestyle=":", linewidth=0.9, label="where the goal is not visible")
    axes[0].set_ylabel("bits about alignment after the shift at the end")
    axes[0].legend(fontsize=7)
    small_print(figure, batch)
    return figure


def ranked(seen: np.ndarray, end: np.ndarray, confidence: float) -> Estimate:
    """Spearman's rank correlation with the interval of Bonett and Wright (2000), by Fisher's z.

    Of fewer than five pairs, or where one side is the same in all, there is none and it could be any.
    """
    from scipy.stats import norm, spearmanr

    if seen.size < 5 or np.ptp(seen) == 0.0 or np.ptp(end) == 0.0:
        return float("nan"), -1.0, 1.0
    r = float(spearmanr(seen, end).statistic)
    reach = float(norm.ppf(0.5 + confidence / 2.0)) * np.sqrt((1.0 + r * r / 2.0) / (seen.size - 3.0))
    return r, float(np.tanh(np.arctanh(r) - reach)), float(np.tanh(np.arctanh(r) + reach))


def _told_early(batch: Batch, confidence: float) -> Estimate:
    """The rank correlation at the first look at a tenth of training or later, where the goal is not visible then."""
    at, seen, end, goal = matrices(
        batch, reference_cell(batch), "training.alignment", "deployment.alignment", "training.igf_share"
    )
    early = next(k for k in looked_at(at) if at[k] >= at[-1] / 10)
    rows = goal[:, early] < VISIBLE * batch.spec.scenario.property.threshold
    return ranked(seen[rows, early], end[rows, -1], confidence)


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=sentences,
    draw=draw,
    headline=Headline(
        "rank correlation of early behaviour with that at the end, where the goal is not visible",
        0.0,
        whole=_told_early,
        swept=False,
        along=True,
    ),
)
