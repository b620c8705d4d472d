"""What is asked, the answer in a sentence, what is missing of it, and where it fails."""

from typing import Any

from evo.measure.intervals import wilson
from evo.measure.realization import NO_CARRIER, stages_told
from evo.report.page import Cell, Element, element, section, table
from evo.terminal.batch import interval_name
from evo.wording import cell_name, counted, interval, knobs_text, of_failure, value_text

LEAD = {
    "arose": "somebody had the property in some generation",
    "established": "the population mean reached the threshold in some generation",
    "realized": "it is there at the end, in training",
    "generalizes": "and in deployment too",
}


def called(summary: dict[str, Any], batch: Any) -> str:
    """A cell in words."""
    return cell_name(summary["set"]) or batch.spec.scenario.name


def answer(batch: Any) -> str:
    """The result in one sentence, with its interval; of several cells, that of the lowest and of the highest rate."""
    summaries = batch.summaries()
    if not summaries:
        return "There is no answer yet: no replicate has finished."

    def told(summary: dict[str, Any]) -> str:
        count = f"{summary['realized']} of {counted(summary['replicates'], 'replicate')}"
        return f"in {count} (95 % interval {interval(summary['low'], summary['high'])})"

    def where(chosen: dict[str, Any]) -> str:
        same = sum(summary["rate"] == chosen["rate"] for summary in summaries) - 1
        also = f" (and as often in {same} other cell{'s' if same > 1 else ''})" if same else ""
        return f"with {called(chosen, batch)}{also}: {told(chosen)}"

    low, high = (choose(summaries, key=lambda summary: summary["rate"]) for choose in (min, max))
    if len(summaries) == 1:
        return f"The property is realized {told(low)}."
    if low["rate"] == high["rate"]:
        return f"The property is realized as often in every cell; {where(low)}."
    return f"The property is realized most often {where(high)}; and least often {where(low)}."


def missing(batch: Any) -> list[str]:
    """What is not there of what the scenario asks for, a sentence each."""
    wanted, until = batch.spec.scenario.batch.replicates, batch.spec.scenario.batch.until
    runs, failures, cells = batch.runs(), batch.failures(), len(batch.cells)
    said = []
    lacking = 0 if until else wanted * cells - len(failures) - runs.height
    if lacking > 0:
        said.append(
            f"This batch is not finished: {lacking} of {wanted * cells} replicates are missing"
            + ("; what is here is of the others." if runs.height else ".")
        )
    if failures:
        many = counted(len(failures), "replicate")
        said.append(f"{many} failed; what failed is left out; the first: {of_failure(failures[0])}.")
    return said


def question(batch: Any, place: str) -> Element:
    s = batch.spec.scenario
    size = f"{counted(batch.runs().height, 'population')} in {counted(len(batch.summaries()), 'cell')}"
    each = f"each of {s.population.size} individuals over {s.population.generations} generations"
    if any(key in ("population.size", "population.generations") for key in batch.spec.keys):
        each = "of swept sizes or lengths"
    return section(
        "Question and answer", place,
        element("blockquote", element("p", s.claim)),
        element("p", f"Source: {s.source}", class_="soft") if s.source else None,
        element("p", answer(batch), class_="answer"),
        element("p", f"Counted in {size}, {each}; {interval_name(batch.spec)}."),
        *(element("p", said) for said in missing(batch)),
    )  # fmt: skip


def realized(batch: Any, place: str) -> Element:
    s, world = batch.spec.scenario, batch.spec.world
    seen, trait = next(iter(world.traits)), world.told(s.property.trait)
    kind = "a probe" if batch.spec.asked else "a trait"
    said = [
        f"The property is “{trait.name}” of the world “{world.name}”: {trait.meaning or kind} ({trait.unit}). "
        f"Selection never sees it; it sees fitness ({seen.name}: {seen.meaning}).",
        f"A replicate is one population, evolved once. It realizes the property where the mean of {trait.name} over "
        f"its individuals is {s.property.threshold:g} or more in its last generation, in training.",
    ]
    if batch.spec.asked:
        said.append(
            f"{trait.name} is a probe, of which every agent is asked at recorded generations only: when it arose and "
            "was established is known to these alone, and what changed the mean is told of the traits that are lived."
        )
    for bound, word in ((s.property.stop_above, "reaches"), (s.property.stop_below, "falls to")):
        if bound is not None:
            said.append(f"A replicate ends early when that mean {word} {bound:g}.")
    there, here = batch.spec.deployment, batch.spec.changed
    differ = [
        f"{knob.name} {value_text(there[knob.name])} instead of {value_text(here[knob.name])}"
        for knob in world.knobs
        if there[knob.name] != here[knob.name]
    ]
    if s.change:
        said.append(f"Training changes: from generation {s.change.at} on, {knobs_text(s.change.knobs)}.")
    if differ:
        said.append(
            f"Deployment is the same world with {', '.join(differ)}. Nobody evolves there: the last generation is "
            "measured in it. The property generalizes where it is realized in training and at the threshold there too."
        )
    return section("What “realized” means", place, *(element("p", text) for text in said))


def funnel(batch: Any, place: str) -> Element | None:
    """How many replicates of all reach each stage, and of how many cells it is selected for."""
    summaries, n = batch.summaries(), batch.runs().height
    if not summaries:
        return None
    says = [summary["advantage"]["says"] for summary in summaries]
    told = (
        f"an inserted carrier leaves more offspring than the mean; fewer in {says.count('against')}, undecided in "
        f"{says.count('undecided')}"
    )
    if batch.spec.world.carrier is None:
        rows: list[list[Cell]] = [["selected for", "not told", "", NO_CARRIER]]
    else:
        rows = [["selected for", f"{says.count('for')} of {len(says)} cells", "", told]]
    for stage in stages_told(batch.spec):
        count = sum(summary[stage] for summary in summaries)
        low, high = wilson(count, n)
        rate = f"{count / n:.3g} ({interval(low, high)})" if count else f"below {high:.2g}"
        rows.append([stage, f"{count} of {n}", (rate, count / n), LEAD[stage]])
    return section(
        "The funnel", place, element("p", "How far the property came, over all cells together:"),
        table(["stage", "reached", "share (95 %)", "meaning"], rows, "Stages, and how many reached each", (1, 2)),
    )  # fmt: skip
