"""kin: who helps kin as kin and who the familiar, beside Hamilton's rule, and what of it is right after mixing."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import estimated
from evo.batch.results import Batch
from evo.claims.answer import mean_of, mean_text, reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, MARKERS, small_print
from evo.measure.intervals import wilson
from evo.measure.robustness import Estimate, side
from evo.wording import cell_name, estimate_text, fixed, interval
from evo.worlds.construction import flipped

R = "r, relatedness of the familiar"
FEW = 0.1  # share of populations that know kin, up to which few do
RIGHT = 0.9  # share of meetings acted on by the rule that passes for care, seen from outside


def helping(batch: Batch, cell: Any) -> dict[str, Any]:
    """In how many populations, at the end, most know kin, and in how many others most help the familiar (k of n)."""
    runs = batch.runs(cell)
    knows = runs["training.knows_kin"] > 0.5
    k, n = int(((runs["training.helps_familiar"] > 0.5) & ~knows).sum()), runs.height
    low, high = wilson(k, n)
    return {"k": k, "n": n, "low": low, "high": high, "knows": int(knows.sum()), "r": cell.spec.theory.rates[R]}


def alike(inclusive: np.ndarray, knows: np.ndarray) -> int:
    """In how many populations RIGHT of meetings are acted on by the rule though most agents do not know kin.

    Means at the end, float64[R] each. It is why acting by the rule is not the property: help for all the familiar does
    so where those are kin, and help for nobody where nobody is.
    """
    return int(((inclusive >= RIGHT) & (knows < 0.5)).sum())


def few(found: dict[str, Any]) -> bool:
    """Whether few populations of a cell know kin; found: of `helping`."""
    return bool(found["knows"] <= FEW * found["n"])


def by_rule(found: list[tuple[str, dict[str, Any], float]]) -> str:
    """Where few know kin: whether most populations help the familiar just where r b > c, and where not, or not surely.

    found : of each cell its name, what `helping` gives, and r b - c
    """
    asked = [(name, h, gain) for name, h, gain in found if few(h)]
    if not asked:
        return ""
    agrees = [(0 if h["low"] <= 0.5 <= h["high"] else 1 if (h["low"] > 0.5) == (gain > 0.0) else -1)
              for _, h, gain in asked]  # fmt: skip
    told = (
        f"In {len(asked)} cells few know kin, at most {FEW:g} of populations. In {agrees.count(1)} of them most "
        "populations help the familiar, or most do not, as the sign of r b - c says."
    )
    words = {0: "It is undecided at", -1: "Against the rule is"}
    return told + "".join(
        f" {words[sign]} {name}: r b - c = {gain:+.3f}, and {h['k']} of {h['n']} help "
        f"({interval(h['low'], h['high'])})."
        for sign, (name, h, gain) in zip(agrees, asked, strict=True) if sign < 1
    )  # fmt: skip


def where_it_costs(found: list[tuple[str, dict[str, Any], float]]) -> str:
    """How many populations know kin where r b < c for the familiar; found: as for `by_rule`."""
    costly = [h for _, h, gain in found if gain < 0.0]
    knows, n = sum(h["knows"] for h in costly), sum(h["n"] for h in costly)
    return f"Where r b < c, {knows} of {n} populations know kin." if costly else ""


def levels(batch: Batch) -> list[str]:
    """Selection of helping the familiar between demes and within them, in the cells where few know kin."""
    told = []
    for cell in batch.cells:
        runs = batch.runs(cell)
        if not few(helping(batch, cell)) or runs.height < 2:
            continue
        between, within = (
            estimate_text(*estimated(runs[f"{level}.helps_familiar"].to_numpy(), 0.95))
            for level in ("between", "within")
        )
        told.append(f"- {cell_name(cell.set)}: between {between}, within {within}.")
    if not told:
        return []
    head = (
        "Selection of helping the familiar at two levels (Price 1972, Hamilton 1975), summed over the run, where few"
        f" populations come to know kin (at most {FEW:g} of them): demes of helpers have more offspring, and helpers "
        "fewer than their deme's mean."
    )
    return [head + "\n\n" + "\n".join(told)]


def sentences(batch: Batch) -> list[str]:
    """Helping beside Hamilton's rule, cell by cell."""
    told, found = [], []
    for cell in batch.cells:
        h = helping(batch, cell)
        gain = h["r"] * cell.spec.knobs["benefit"] - cell.spec.knobs["cost"]
        told.append(
            f"| {cell_name(cell.set)} | {h['r']:.2f} | {gain:+.3f} | {h['knows']} of {h['n']} | {h['k']} of {h['n']} | "
            f"{mean_text(batch, 'training.knows_kin', cell)} | {fixed(by_flips(cell))} |"
        )
        found.append((cell_name(cell.set), h, gain))
    rule = " ".join(filter(None, (by_rule(found), where_it_costs(found))))
    apart = [alike(*(batch.runs(cell)[f"training.{name}"].to_numpy() for name in ("inclusive", "knows_kin")))
             for cell in batch.cells]  # fmt: skip
    most, own = int(np.argmax(apart)), reference_cell(batch)
    return [
        f"By behaviour in training alone {sum(apart)} of {sum(batch.runs(cell).height for cell in batch.cells)} "
        f"populations would pass: they act as Hamilton's rule says in {RIGHT:g} of meetings or more, though most of "
        f"their agents do not know kin; {apart[most]} of {batch.runs(batch.cells[most]).height} at "
        f"{cell_name(batch.cells[most].set)}.",
        "Hamilton's rule, r by theory from demes and migration. It is the r of the familiar, so that the rule is that "
        "of helping them. Whoever knows kin helps copies of itself, and that pays where b > c, at any migration. Flips "
        "alone, both ways and without any selection, leave each part of the concept in (1 - (1 - 2 u)^T) / 2 of agents "
        "after T generations at rate u (`evo/worlds/construction.py: flipped`), and all k parts in the k-th power of "
        "that:\n\n| cell | r | r b - c | most know kin | of the others most help the familiar | share of agents that "
        "know kin (95 %) | by flips alone |\n|" + "---|" * 7 + "\n" + "\n".join(told) + "\n\n" + rule,
        by_more_than_flips(mean_of(batch, "training.knows_kin", own), by_flips(own), cell_name(own.set)),
        *levels(batch),
    ]


def by_more_than_flips(share: Estimate, flips: float, where: str) -> str:
    """What the share of agents that know kin, beside that by flips alone, says of the cause."""
    says = {
        1: "more than flips give, so that something favours the concept; which selection that is, is not shown",
        0: "not surely another share than flips give",
        -1: "fewer than flips give",
    }
    return (
        f"At {where}, the cell of the first line, {estimate_text(*share)} of agents know kin, where {fixed(flips)} "
        f"would by flips alone: {says[side(share, flips)]}."
    )


def by_flips(cell: Any) -> float:
    """The share of agents that would have all parts of the concept by flips alone, without selection, at the end."""
    knobs = cell.spec.changed
    generations = cell.spec.scenario.population.generations
    return flipped(knobs["mutation_rate"], generations) ** int(knobs["concept_parts"])


def draw(batch: Batch) -> Figure:
    """Who knows kin, and who helps the familiar, by migration, with the border r b = c; and acts as the rule says."""
    parts, migrations = batch.spec.axis("concept_parts"), batch.spec.axis("population.migration")
    figure = Figure(figsize=(10.4, 3.3), layout="constrained")
    knowing, left, right = figure.subplots(1, 3)
    for n, count in enumerate(parts):
        cells = [c for c in batch.cells if c.set["concept_parts"] == count]
        found = [helping(batch, c) for c in cells]
        x = np.array(migrations) + (n - 1) * 0.006
        for axes, key in ((knowing, "knows"), (left, "k")):
            rate = np.array([h[key] / h["n"] for h in found])
            low, high = np.array([wilson(h[key], h["n"]) for h in found]).T
            axes.errorbar(
                x, rate, yerr=np.maximum([rate - low, high - rate], 0.0), color=COLOURS[n], marker=MARKERS[n],
                markersize=4, capsize=2, label=f"concept of {count} part{'' if count == 1 else 's'}",
            )  # fmt: skip
        for place, style in (("training", "-"), ("deployment", "--")):
            mean = [batch.runs(c)[f"{place}.inclusive"].to_numpy().mean() for c in cells]
            right.plot(x, mean, style, color=COLOURS[n], marker=MARKERS[n], markersize=4)
    border = batch.cells[0].spec.theory.rates["migration at which r b = c"]
    if np.isfinite(border):
        for axes in (knowing, left):
            axes.axvline(border, color="0.5", linestyle=":", label="r b = c")
    for ax, name in (
        (knowing, "most know kin (share of populations)"),
        (left, "most help the familiar, kin or not (share)"),
        (right, "meetings acted on by the rule (share)"),
    ):
        ax.set_xlabel("migration (chance per offspring)")
        ax.set_ylabel(name)
        ax.set_ylim(-0.03, 1.03)
    left.legend(fontsize=7)  # of both
    right.plot([], [], "-", color="0.4", label="training: demes")
    right.plot([], [], "--", color="0.4", label="deployment: mixed")
    right.axhline(RIGHT, color="0.5", linewidth=0.8, linestyle=":", label="passes for care")
    right.legend(fontsize=7, loc="lower right")
    small_print(figure, batch)
    return figure


FINDING = Finding(sentences=sentences, draw=draw)
