"""coin_optimizers: the goal at the same return in training, each tuned by the same budget on that return alone."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from evo.batch.results import Batch
from evo.batch.run import run
from evo.batch.traces import matrices
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, MARKERS, small_print
from evo.measure.intervals import mean_interval
from evo.wording import interval

# The field that each is tuned by, the values tried, and populations at each: for all the same number of lives.
RATE, TRIED, TRIES = "optimizer.rate", (0.02, 0.05, 0.1, 0.2, 0.4), 4
TUNED = {"genetic": "mutation_step", "evolution_strategy": RATE, "policy_gradient": RATE}  # CMA-ES adapts its own step


class Course(NamedTuple):
    """An optimizer at its best value: return and goal index of each replicate, [R, G], and what is tuned to what."""

    returns: np.ndarray
    goal: np.ndarray
    tuned: dict[str, float]


@lru_cache(maxsize=2)
def courses(batch: Batch) -> dict[str, Course]:
    """Each optimizer tuned, then evolved as often as the batch has replicates."""
    found, own = {}, batch.spec.scenario.batch
    for kind in batch.spec.axis("optimizer.kind"):
        spec, tuned = batch.spec.without("sweep").set({"optimizer.kind": kind}), {}
        if field := TUNED.get(kind):
            other = spec.set({"batch.seed": own.seed + 1}).over({field: TRIED})
            tried = run(other, replicates=TRIES, out=batch.folder.parent)
            best = max(tried.cells, key=lambda cell: tried.runs(cell)["training.fitness"].to_numpy().mean())
            tuned = {field: float(best.set[field])}
        whole = run(spec.set(tuned), replicates=own.replicates, out=batch.folder.parent)
        _, returns, index = matrices(whole, whole.cells[0], "training.fitness", "training.goal_index")
        found[kind] = Course(returns, index, tuned)
    return found


def level_of(found: dict[str, Course]) -> float:
    """A return that nearly all of them reach: the least 90 % of the mean return that an optimizer ends at."""
    return 0.9 * min(float(one.returns[:, -1].mean()) for one in found.values())


def at_level(one: Course, level: float) -> np.ndarray:
    """The goal index of each replicate that reaches a return, when it first does: of the recorded generations."""
    reached = one.returns >= level
    rows = np.flatnonzero(reached.any(axis=1))
    return one.goal[rows, reached[rows].argmax(axis=1)]


def answer(batch: Batch) -> str:
    """Each optimizer's index at the same return, and at the end."""
    found = courses(batch)
    level, said = level_of(found), []
    for kind, one in found.items():
        index, end = mean_interval(at_level(one, level)), mean_interval(one.goal[:, -1])
        said.append(
            f"{kind} {index['mean']:.2f} ({interval(index['low'], index['high'])}), at the end {end['mean']:.2f} "
            f"({interval(end['low'], end['high'])}) with a return of {one.returns[:, -1].mean():.2f}"
        )
    return f"goal index when the return in training first is {level:.2f}: " + "; ".join(said)


def measure(batch: Batch) -> tuple[str, list[float]]:
    """The goal index at the same return."""
    found = courses(batch)
    level = level_of(found)
    return "goal index at the same return", [
        float(at_level(found[cell.set["optimizer.kind"]], level).mean()) for cell in batch.cells
    ]


def _at(one: Course) -> str:
    return "".join(f"`{field}` {value:g}" for field, value in one.tuned.items()) or "adapts its own step"


def sentences(batch: Batch) -> list[str]:
    """What they were tuned to, and how many reached the return."""
    found, lives = courses(batch), batch.spec.scenario.population
    level = level_of(found)
    told = [
        f"- {kind}: {_at(one)}; {len(at_level(one, level))} of {len(one.returns)} reach that return."
        for kind, one in found.items()
    ]
    return [
        f"What has a step to choose was tuned by its mean return in training alone, over {len(TRIED)} values with "
        f"{TRIES} populations each, of another seed; all at {lives.size * lives.generations:,} lives:\n\n"
        + "\n".join(told)
    ]


def draw(batch: Batch) -> Figure:
    """The goal index against the return, as both move while it is optimized; lines are means over replicates."""
    figure = Figure(figsize=(5.6, 3.6), layout="constrained")
    axes = figure.subplots()
    found = courses(batch)
    level = level_of(found)
    for n, (kind, one) in enumerate(found.items()):
        axes.plot(one.returns.mean(axis=0), one.goal.mean(axis=0), color=COLOURS[n], linewidth=1.2, label=kind)
        axes.scatter(one.returns[:, -1], one.goal[:, -1], s=10, marker=MARKERS[n], color=COLOURS[n], alpha=0.6,
                     linewidths=0)  # fmt: skip
    axes.axvline(level, color="0.5", linewidth=0.8, linestyle=":")
    axes.axhline(0.0, color="0.8", linewidth=0.6, zorder=0)
    axes.set_xlabel("return in training")
    axes.set_ylabel("goal index (-1 to 1)")
    axes.set_title("the same return, and what is pursued; dots: populations at the end")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    small_print(figure, batch)
    return figure


FINDING = Finding(answer=answer, measure=measure, sentences=sentences, draw=draw)
