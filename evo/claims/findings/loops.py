"""loops: capability and alignment after each shift, as loops of optimization are added one inside the other."""

from typing import Any

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.measure.intervals import mean_interval
from evo.wording import interval

LOOPS = (("selection alone", 0, 2), ("and learning", 1, 2), ("and deliberation", 1, 16))  # learning, options
SHIFTS = (("none", 0.0, 0.8), ("features foretell other outcomes", 1.0, 0.8), ("food is bad", 0.0, -0.4))


def _cell(batch: Batch, learning: int, options: int, remap: float, worth: float) -> Any:
    wanted = {"learning": learning, "options": options, "deployment.remap": remap, "deployment.worth_food": worth}
    return next(cell for cell in batch.cells if cell.set == wanted)


def _mean(batch: Batch, cell: Any, column: str) -> dict[str, Any]:
    return mean_interval(batch.runs(cell)[column].to_numpy())


def _alignment(batch: Batch, learning: int, options: int, remap: float, worth: float) -> dict[str, Any]:
    return _mean(batch, _cell(batch, learning, options, remap, worth), "deployment.alignment_unseen")


def answer(batch: Batch) -> str:
    """Capability and alignment under both shifts, loop by loop."""
    told = []
    for name, learning, options in LOOPS:
        capability = _mean(batch, _cell(batch, learning, options, 0.0, 0.8), "training.capability")
        shifted = [_alignment(batch, learning, options, *shift)["mean"] for _, *shift in SHIFTS[1:]]
        told.append(f"{name}: capability {capability['mean']:.2f}, alignment {shifted[0]:.2f} and {shifted[1]:.2f}")
    n = batch.spec.scenario.batch.replicates
    return (
        "; ".join(told)
        + f" (after a shift of what features foretell, and of what food is worth; means of {n} populations)"
    )


def sentences(batch: Batch) -> list[str]:
    """The same with intervals, a row a loop."""
    head = "| loops | capability in training | " + " | ".join(f"alignment, shift: {name}" for name, *_ in SHIFTS) + " |"
    rows = [head, "|---|---|---|---|---|"]
    for name, learning, options in LOOPS:
        numbers = [_mean(batch, _cell(batch, learning, options, 0.0, 0.8), "training.capability")]
        numbers += [_alignment(batch, learning, options, *shift) for _, *shift in SHIFTS]
        texts = (f"{m['mean']:.3f} ({interval(m['low'], m['high'], 3)})" for m in numbers)
        rows.append(f"| {name} | " + " | ".join(texts) + " |")
    return ["Means of populations, with 95 % intervals:\n\n" + "\n".join(rows)]


def _alone(batch: Batch) -> Any:
    """Selection alone, after the shift of what features foretell."""
    return _cell(batch, *LOOPS[0][1:], *SHIFTS[1][1:])


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    headline=Headline(
        "alignment after the shift, all loops less selection alone",
        0.0,
        column("deployment.alignment_unseen"),
        less=_alone,
    ),
)
