"""A film of one agent: a replicate is evolved again up to a generation, and one of it lives where it can be seen."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from evo.analyses.replay import find_cell, require_stored
from evo.batch.results import Batch
from evo.engines.individuals import Population, population_at
from evo.engines.replicates import plan, streams_of
from evo.errors import ScenarioError
from evo.kernels.plan import FITNESS
from evo.kernels.records import STREAM
from evo.measure.descent import commonest
from evo.scenario.spec import Cell, Spec
from evo.worlds.check.film import how_many, unfit_frames
from evo.worlds.world import FIELDS

WHICH = ("best", "commonest")  # of a generation; else an agent by its number
PLACES = ("training", "deployment")


@dataclass(frozen=True)
class Filmed:
    """Lives of one genome, by the same luck.

    Attributes
    ----------
    same : whether the generation came out as it is recorded, bit for bit; None where it is not recorded
    agent : its number in its generation
    frames : of each of PLACES, float64[steps, E, F]
    """

    batch: Batch
    cell: Cell
    replicate: int
    generation: int
    which: str
    agent: int
    same: bool | None
    frames: dict[str, np.ndarray]


def film(batch: Batch, name: str, replicate: int, generation: int | None = None, which: str | int = "best") -> Filmed:
    """An agent of a generation filmed with the knobs of training then, and with those of deployment.

    Parameters
    ----------
    name : the cell's key, the start of it, or its place in the sweep from 1
    generation : the last by default
    which : one of WHICH, or the number of an agent, from 0

    Raises
    ------
    ScenarioError : there is no such cell, replicate, generation or agent; the world draws no films; the engine follows
        no individuals; the code of the world is not trusted here, or evolves something else by now
    """
    cell = find_cell(batch, name)
    where = f"{batch.folder}: cell {cell.key}"
    if cell.spec.engine != "numba":
        raise ScenarioError(f"{where}: cannot be filmed: its engine, {cell.spec.engine}, is not numba")
    require_stored(batch, cell, replicate)
    last = int(batch.runs(cell).filter(pl.col("replicate") == replicate)["ended_at"][0])
    generation = last if generation is None else generation
    if not 0 <= generation <= last:
        raise ScenarioError(f"{where}: replicate {replicate}: generation {generation}: must be from 0 to {last}")
    live = next(c for c in batch.live().cells if c.key == cell.key)
    if live.spec.world.film is None:
        raise ScenarioError(f"{where}: cannot be filmed: world '{live.spec.world.name}' draws no films")
    number = agent_of(which, live.spec.scenario.population.size, where)
    found = population_at(live.spec, replicate, generation)
    if found is None:
        raise ScenarioError(f"{where}: replicate {replicate}: fails now, and did not before")
    agent = chosen(found, str(which)) if number is None else number
    knobs = {"training": found.knobs, "deployment": plan(live.spec).deployment}
    shot = {place: play(live.spec, replicate, found, agent, knobs[place]) for place in PLACES}
    return Filmed(batch, live, replicate, generation, str(which), agent, _same(batch, live, replicate, found), shot)


def frames(
    batch: Batch, cell: str, replicate: int, generation: int | None = None, which: str | int = "best",
    knobs: str = "training",
) -> np.ndarray:  # fmt: skip
    """The frames of one life: float64[steps, E, F], the fields F as `evo.worlds.world.FIELDS`.

    knobs : of "training" or "deployment"; the rest as of `film`
    """
    if knobs not in PLACES:
        raise ScenarioError(f'knobs = "{knobs}": must be {" or ".join(PLACES)}')
    return film(batch, cell, replicate, generation, which).frames[knobs]


def agent_of(which: str | int, size: int, where: str) -> int | None:
    """The number of the agent, where it is asked for by number.

    Raises
    ------
    ScenarioError : it is none of WHICH, and no number of an agent
    """
    if which in WHICH:
        return None
    number = int(which) if isinstance(which, int) or str(which).isdecimal() else -1
    if not 0 <= number < size:
        raise ScenarioError(
            f"{where}: agent {which}: there is none; allowed: {', '.join(WHICH)}, or a number from 0 to {size - 1}"
        )
    return number


def chosen(found: Population, which: str) -> int:
    """The number of the agent that one of WHICH is."""
    fitness = found.traits[:, FITNESS]
    return commonest(found.bits, found.reals, fitness) if which == "commonest" else int(np.argmax(fitness))


def play(spec: Spec, replicate: int, found: Population, agent: int, knobs: np.ndarray) -> np.ndarray:
    """The frames of one life of an agent, in the first level of the replicate's stream for probes.

    knobs : float64[K]
    """
    film = spec.world.film
    assert film is not None
    by_name = {knob.name: float(value) for knob, value in zip(spec.world.knobs, knobs, strict=True)}
    try:
        steps, entities = how_many(film, "steps", by_name), how_many(film, "entities", by_name)
    except ValueError as why:
        raise ScenarioError(f"{spec.origin}: world '{spec.world.name}': {why}") from None
    drawn = np.full((steps, entities, len(FIELDS)), np.nan)
    stream = streams_of(spec, [replicate])[0, STREAM.probes].copy()
    filled = film.play(found.bits[agent].copy(), found.reals[agent].copy(), knobs.copy(), stream, drawn)
    amiss = unfit_frames(drawn[:filled], film.kinds) if 1 <= filled <= steps else "it is not filled"
    if amiss:
        raise ScenarioError(f"{spec.origin}: the film of world '{spec.world.name}': {amiss}; evo check tells where")
    return drawn[:filled]


def _same(batch: Batch, cell: Cell, replicate: int, found: Population) -> bool | None:
    """Whether means of a generation's traits are those recorded, bit for bit; None where none are."""
    names = [f"training.{trait.name}" for trait in cell.spec.world.traits]
    mine = (pl.col("replicate") == replicate) & (pl.col("generation") == found.generation)
    rows = batch.traces(cell, names).filter(mine)
    if rows.is_empty():
        return None
    return bool(np.array_equal(rows.select(names).to_numpy()[0], found.means))
