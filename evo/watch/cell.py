"""The one cell that is watched, the room that a population of it takes, and what it holds of the property."""

from evo.engines.stepping import ENGINE, Steps
from evo.kernels.genome import words_for
from evo.kernels.records import PLACE
from evo.places import memory
from evo.scenario.spec import Spec

ROOM = 0.25  # of the machine's memory, for one population, and for the many together


def cell_of(spec: Spec) -> Spec:
    """The one cell that is watched: without a sweep, as the file says, or as a page's reference does.

    Raises
    ------
    ScenarioError : it cannot be watched
    """
    page = spec.scenario.page
    cell = spec.without("sweep", "sample", "page").set(page.reference if page else {})
    if cell.scenario.engine == "auto":
        cell = cell.set({"engine": ENGINE})
    if cell.engine != ENGINE:
        key, value = (
            ("optimizer.kind", cell.scenario.optimizer.kind) if cell.scenario.optimizer else ("engine", cell.engine)
        )
        raise cell.wrong(
            key, value, f"is not followed by individuals, which are what is watched; try --set engine={ENGINE}"
        )
    size = cell.scenario.population.size
    if size_of(cell) > (room := ROOM * memory()):
        why = f"is more than can be watched on this machine; at most {int(room * size / size_of(cell))} individuals"
        raise cell.wrong("population.size", cell.scenario.population.size, why)
    return cell


def size_of(spec: Spec) -> float:
    """Bytes that one population takes, roughly, and rather too many."""
    layout, s = spec.world.layout(spec.knobs), spec.scenario
    words, reals = words_for(sum(block.count for block in layout.loci)), sum(block.count for block in layout.reals)
    traits, probes = len(spec.world.traits), len(spec.world.probes)
    each = 8 * (4 * (words + reals) + 6 * traits + probes + 16)
    records = 8 * s.batch.records * (traits * (12 + traits) + 14 * probes)
    return float(s.population.size * each + records)


def held(steps: Steps, spec: Spec, place: int) -> float:
    """The property's mean in one of `PLACE`, as it is known now; NaN where it is not."""
    name = spec.scenario.property.trait
    if (column := spec.world.probed(name)) is not None:
        known = steps.scores()
        return float("nan") if known is None else float(known[1][place, column])
    means = steps.means if place == PLACE.training else steps.deployed()
    return float(means[spec.world.trait(name)])
