"""observed: where honesty unseen is lost, beside what invades it and the balance of mutation and selection."""

from evo.batch.results import Batch
from evo.claims.answer import mean_of, reference, reference_cell
from evo.claims.finding import Finding
from evo.measure.robustness import surely
from evo.scenario.spec import Cell
from evo.wording import cell_name, counted, estimate_text
from evo.worlds.construction import honest_by_mutation
from evo.worlds.observed import AT_END, BALANCE

PLAIN, DETECTED = "it invades below the observation", "which invades below the observation"
RATE, HONEST = "mutation_rate", "training.honesty_unobserved"


def _along(batch: Batch) -> list[Cell]:
    """The cells that differ from the reference cell in the mutation rate alone, in its order."""
    own = {key: value for key, value in reference(batch)["set"].items() if key != RATE}
    return [cell for cell in batch.cells if all(cell.set[key] == value for key, value in own.items())]


def unselected(cell: Cell) -> float:
    """The share honest unseen at the end by mutation alone."""
    return honest_by_mutation(cell.spec.changed, cell.spec.scenario.population.generations)


def answer(batch: Batch) -> str:
    """Realized along the mutation rate, beside the share that is honest in an infinite population."""
    found = {str(s["set"]): s for s in batch.summaries()}
    along = _along(batch)
    told = ", ".join(
        f"{s['realized']} of {s['replicates']} at {cell.set[RATE]:g} (an infinite population has "
        f"{cell.spec.theory.rates[AT_END]:.3f}, one without any selection {unselected(cell):.2f})"
        for cell in along
        for s in (found[str(cell.set)],)
    )
    rest = cell_name({key: value for key, value in along[0].set.items() if key != RATE})
    return f"at {rest}, most are honest unseen, by mutation rate, in {told}"


def sentences(batch: Batch) -> list[str]:
    """Thresholds of invasion, and the mean share that is honest beside that of an infinite population."""
    told = []
    for parts in batch.spec.axis("detector_parts"):
        rates = next(cell for cell in batch.cells if cell.set["detector_parts"] == parts).spec.theory.rates
        told.append(
            f"- detector of {counted(parts, 'part')}: plain selfishness invades below an observation of "
            f"{rates[PLAIN]:.2f}, with a detector below {rates[DETECTED]:.2f}."
        )
    rows, far, inside = [], [], 0
    for cell in batch.cells:
        mean = mean_of(batch, HONEST, cell)
        rates = cell.spec.theory.rates
        far.append(abs(mean[0] - rates[AT_END]))
        _, low, high = mean_of(batch, HONEST, cell, surely(len(batch.cells)))
        inside += low <= rates[AT_END] <= high
        rows.append(
            f"| {cell_name(cell.set)} | {estimate_text(*mean)} | {rates[AT_END]:.3f} | {rates[BALANCE]:.3f} | "
            f"{unselected(cell):.3f} |"
        )
    head = (
        "| cell | honest unseen (95 %) | of an infinite population, at the end | at its balance | without selection |\n"
        "|---|---|---|---|---|"
    )
    own = reference_cell(batch)
    mean, none, last = mean_of(batch, HONEST, own), unselected(own), batch.spec.scenario.population.generations
    return [
        f"Without any selection {none:.2f} of individuals would be honest unseen after {last} generations at "
        f"{cell_name(own.set)}, for founders are honest and a locus flips at rate u both ways: (1 + (1 - 2 u)^T) / 2 "
        f"(`evo/worlds/construction.py: honest_by_mutation`). Measured are {estimate_text(*mean)}"
        + (", more" if mean[1] > none else ", less" if mean[2] < none else ", which is not told from it")
        + ". The arm *blind* below is such a population.",
        "Thresholds of invasion by expected payoff:\n\n" + "\n".join(told),
        "By construction: honesty unseen is where mutation to a selfish agent with a detector balances what it gains "
        "and costs (Eigen 1971, `evo/worlds/observed.py: balance`). What is found is how far populations of "
        f"{batch.spec.scenario.population.size} are from that when training ends: in {inside} of {len(rows)} cells the "
        f"closed form lies in the interval of their mean, at {100 * surely(len(rows)):.2f} % for as many looks, and in "
        f"{sum(d > 0.1 for d in far)} it is off by more than 0.1, by {max(far):.2f} at most:\n\n"
        "<details><summary>Measured beside theory</summary>\n\n" + head + "\n" + "\n".join(rows) + "\n\n</details>",
    ]


FINDING = Finding(answer=answer, sentences=sentences)
