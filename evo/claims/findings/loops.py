"""loops: capability and alignment after each shift, as loops of optimization are added one inside the other."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.claims.answer import mean_of, mean_text, rates
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, MARKERS, small_print

LOOPS = (("selection alone", 0, 2), ("with learning", 1, 2), ("with deliberation too", 1, 16))  # learning, options
SHIFTS = (("none", 0.0, 0.8), ("features foretell other outcomes", 1.0, 0.8), ("food is bad", 0.0, -0.4))


def _cell(batch: Batch, learning: int, options: int, remap: float, worth: float) -> Any:
    wanted = {"learning": learning, "options": options, "deployment.remap": remap, "deployment.worth_food": worth}
    return next(cell for cell in batch.cells if cell.set == wanted)


def _alignment(batch: Batch, learning: int, options: int, remap: float, worth: float) -> str:
    return mean_text(batch, "deployment.alignment_unseen", _cell(batch, learning, options, remap, worth))


def _capability(batch: Batch, learning: int, options: int) -> str:
    return mean_text(batch, "training.capability", _cell(batch, learning, options, *SHIFTS[0][1:]))


def answer(batch: Batch) -> str:
    """Capability and alignment under both shifts, loop by loop."""
    told = []
    for name, learning, options in LOOPS:
        shifted = [_alignment(batch, learning, options, *shift) for _, *shift in SHIFTS[1:]]
        told.append(f"{name}, capability {_capability(batch, learning, options)}, alignment {' and '.join(shifted)}")
    n = batch.spec.scenario.batch.replicates
    return (
        "; ".join(told) + " (alignment after a shift of what features foretell, and of what food is worth; "
        f"means of {n} populations, 95 %)"
    )


def sentences(batch: Batch) -> list[str]:
    """The same with intervals, a row a loop."""
    head = "| loops | capability in training | " + " | ".join(f"alignment, shift: {name}" for name, *_ in SHIFTS) + " |"
    rows = [head, "|---|---|---|---|---|"]
    for name, learning, options in LOOPS:
        texts = [_capability(batch, learning, options)]
        texts += [_alignment(batch, learning, options, *shift) for _, *shift in SHIFTS]
        rows.append(f"| {name} | " + " | ".join(texts) + " |")
    return ["Means of populations, with 95 % intervals:\n\n" + "\n".join(rows)]


def draw(batch: Batch) -> Figure:
    """Capability in training, loop by loop, and alignment under each shift; means of populations, 95 %."""
    figure = Figure(figsize=(8.2, 3.0), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 2))
    names, x = [name.replace("with ", "with\n") for name, *_ in LOOPS], np.arange(len(LOOPS))
    lines = [(left, "training.capability", SHIFTS[0], "")]
    lines += [(right, "deployment.alignment_unseen", shift, f"shift: {shift[0]}") for shift in SHIFTS]
    for n, (axes, measured, shift, label) in enumerate(lines):
        cells = [_cell(batch, learning, options, *shift[1:]) for _, learning, options in LOOPS]
        mean, low, high = np.array([mean_of(batch, measured, cell) for cell in cells]).T
        axes.errorbar(x, mean, yerr=[mean - low, high - mean], fmt=MARKERS[n] + "-", color=COLOURS[n], markersize=4,
                      capsize=2, linewidth=1, label=label)  # fmt: skip
    for axes, name in ((left, "capability in training (sd)"), (right, "alignment in deployment (correlation)")):
        axes.set_xticks(x, names, fontsize=7)
        axes.set_ylabel(name)
    left.set_ylim(bottom=0.0)
    right.set_ylim(-0.05, 1.05)
    right.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7)
    small_print(figure, batch)
    return figure


def _selected(batch: Batch) -> Any:
    """Selection alone, without a shift."""
    return _cell(batch, *LOOPS[0][1:], *SHIFTS[0][1:])


def _learned(batch: Batch) -> Any:
    """With learning, without a shift."""
    return _cell(batch, *LOOPS[1][1:], *SHIFTS[0][1:])


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    draw=draw,
    headline=Headline(
        "capability with learning less that of selection alone",
        0.0,
        column("training.capability"),
        cell=_learned,
        less=_selected,
    ),
    measure=rates,
)
