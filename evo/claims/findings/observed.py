"""observed: where honesty unseen is lost, beside what invades it and the balance of mutation and selection."""

from evo.batch.results import Batch
from evo.claims.answer import reference
from evo.claims.finding import Finding
from evo.measure.intervals import mean_interval
from evo.scenario.spec import Cell
from evo.wording import cell_name, interval
from evo.worlds.observed import AT_END, BALANCE

PLAIN, DETECTED = "it invades below the observation", "which invades below the observation"
RATE = "mutation_rate"


def _along(batch: Batch) -> list[Cell]:
    """The cells that differ from the reference cell in the mutation rate alone, in its order."""
    own = {key: value for key, value in reference(batch)["set"].items() if key != RATE}
    return [cell for cell in batch.cells if all(cell.set[key] == value for key, value in own.items())]


def answer(batch: Batch) -> str:
    """Realized along the mutation rate: what the answer depends on is told first."""
    found = {str(s["set"]): s for s in batch.summaries()}
    along = _along(batch)
    told = ", ".join(
        f"{s['realized']} of {s['replicates']} at {cell.set[RATE]:g}" for cell in along for s in (found[str(cell.set)],)
    )
    fixed = cell_name({key: value for key, value in along[0].set.items() if key != RATE})
    return f"it depends on the mutation rate: at {fixed}, honest unseen in {told}"


def sentences(batch: Batch) -> list[str]:
    """Thresholds of invasion, and the mean share that is honest beside that of an infinite population."""
    told = []
    for parts in batch.spec.axis("detector_parts"):
        rates = next(cell for cell in batch.cells if cell.set["detector_parts"] == parts).spec.theory.rates
        told.append(
            f"- detector of {parts} part(s): plain selfishness invades below an observation of {rates[PLAIN]:.2f}, "
            f"with a detector below {rates[DETECTED]:.2f}."
        )
    rows, worst = [], 0.0
    for cell in batch.cells:
        mean = mean_interval(batch.runs(cell)["training.honesty_unobserved"].to_numpy())
        rates = cell.spec.theory.rates
        worst = max(worst, abs((mean["mean"] or 0.0) - rates[AT_END]))
        rows.append(
            f"| {cell_name(cell.set)} | {mean['mean']:.3f} ({interval(mean['low'], mean['high'])}) | "
            f"{rates[AT_END]:.3f} | {rates[BALANCE]:.3f} |"
        )
    head = "| cell | honest unseen (95 %) | of an infinite population, at the end | at its balance |\n|---|---|---|---|"
    return [
        "Thresholds of invasion by expected payoff:\n\n" + "\n".join(told),
        "By construction: honesty unseen is where mutation to a selfish agent with a detector balances what it gains "
        "and costs (Eigen 1971, `evo/worlds/observed.py: balance`). What is found is how far populations of "
        f"{batch.spec.scenario.population.size} are from that; the largest distance of a mean is {worst:.2f}:\n\n"
        "<details><summary>Measured beside theory</summary>\n\n" + head + "\n" + "\n".join(rows) + "\n\n</details>",
    ]


FINDING = Finding(answer=answer, sentences=sentences)
