"""Why a batch came out as it did: its replicates evolved again in arms, beside what the books say."""

import os
from collections.abc import Callable, Collection, Sequence
from typing import Any, Unpack

import numpy as np
import polars as pl

from evo.analyses.distances import distances, lacking
from evo.batch.arms import ARMS, BLIND, ENOUGH, SUPPLIED, WATCHED, evolve_arm
from evo.batch.executors import Where
from evo.batch.frames import by_cell
from evo.batch.results import Batch
from evo.batch.run import run
from evo.batch.trial import takes_away
from evo.engines.carriers import carries
from evo.engines.founders import ENGINES, insertion_advantages
from evo.errors import ScenarioError
from evo.measure import columns, offspring
from evo.measure.advantage import LOOKS, pooled
from evo.measure.realization import advantage_of
from evo.measure.reasons import reasons
from evo.scenario.spec import Cell, Spec

_MOST = 4096  # founding populations that a cell's insertion test is taken in, at most


def neutral_control(spec: Spec) -> Spec:
    """The same scenario without selection: every individual is as likely a parent as any other."""
    changes = {"scheme": "tournament", "parameter": 1.0, "elites": 0, "objectives": []}
    return spec.set({f"selection.{key}": value for key, value in changes.items()} | {"batch.split_transmission": False})


def _refused(live: Batch, arm: str) -> str:
    """Why an arm of a batch cannot be evolved; empty where it can."""
    world, lead = live.spec.world, f"{live.folder}: arm '{arm}' cannot be evolved: "
    if all(cell.spec.engine == "search" for cell in live.cells):
        return lead + "its optimizers have no parents and offspring; only genetic ones have arms"
    if all(arm in cell.spec.arms for cell in live.cells):  # an arm of environment
        return ""
    if arm == SUPPLIED and world.carrier is None:
        return lead + f"world '{world.name}' can build no carrier by hand, and makes no arm of its environment"
    if arm == BLIND and world.without is None:
        return lead + f"world '{world.name}' offers no `without`, which would take the property from a genome"
    if arm == BLIND and not all(takes_away(cell.spec) for cell in live.cells):
        prop = live.spec.scenario.property.trait
        return lead + f"the `without` of world '{world.name}' does not take the property {prop} from everybody"
    if arm == SUPPLIED and not all(carries(cell.spec) for cell in live.cells):
        return lead + f"the carrier of world '{world.name}' does not have the property"
    return ""


def explain_batch(
    batch: Batch,
    neutral: bool = False,
    arms: Sequence[str] = ARMS,
    among: Collection[str] | None = None,
    most: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    told: Callable[[str], None] = lambda text: None,
    **where: Unpack[Where],
) -> list[dict[str, Any]]:
    """The measures of every cell that has a replicate.

    Parameters
    ----------
    neutral : evolve the neutral control too, as a batch of its own beside this one, with as many replicates
    arms : those to evolve what is missing of; what is stored of others is told too
    among : keys of the cells that are explained, all where not given
    most : the first so many replicates of a cell are evolved in arms, all where not given
    told : called with sentences that a person should see: why an arm cannot be evolved, and what `evo run` would say
    progress, **where : as in `evo.batch.run.run`

    Raises
    ------
    ScenarioError : the batch is empty, or there is no such control: of swept selection, of other optimizers
    Interrupted : Ctrl-C while something evolves; everything finished is stored
    """
    batch = batch.held()
    if batch.runs().is_empty():
        raise ScenarioError(f"{batch.folder}: holds no finished replicate to explain")
    controls = _controls(batch, where, progress) if neutral else {}
    live = _live(batch, told) if arms else None
    asked = [cell for cell in live.cells if among is None or cell.key in among] if live else []
    bred = {cell.key for cell in asked if cell.spec.engine != "search"}
    if bred and len(bred) < len(asked) and arms:
        told(f"{batch.folder}: cells of optimizers without parents and offspring have no arms; genetic ones do")
    for arm in arms if live else ():
        assert live is not None
        if why := _refused(live, arm):
            told(why)
        elif bred:
            evolve_arm(live, arm, most, bred, progress=progress, told=told, **where)
    if live and (single := {cell.key for cell in asked if cell.spec.engine == "numba"}):
        evolve_arm(live, WATCHED, ENOUGH, single, progress=progress, told=told, **where)
    own, again = by_cell(batch.runs()), {arm: by_cell(rows) for arm, rows in batch.arms().items()}
    watched = batch.arm(WATCHED) if WATCHED in again else None
    able = {cell.key: cell for cell in live.cells} if live else {}
    explained = {
        cell.key: reasons(
            cell,
            own[cell.key],
            batch.traces(cell, offspring.columns(cell.spec.lived)),
            controls.get(tuple(cell.set.values())),
            {arm: rows[cell.key] for arm, rows in again.items() if arm in ARMS and cell.key in rows},
            watched.traces(cell, [column.name for column in columns.WATCHED]) if watched else None,
            decided(able.get(cell.key, cell), own[cell.key], able=cell.key in able),
        )
        for cell in batch.cells
        if cell.key in own and (among is None or cell.key in among)
    }
    away = {
        key: (able[key], lacking(own[key]))
        for key, of in explained.items()
        if of["supply"] is not None and key in able and able[key].spec.world.carrier and not able[key].spec.asked
    }
    for key, found in distances(batch.folder, away).items():
        explained[key]["supply"] |= found
    return list(explained.values())


def keep_watched(batch: Batch, told: Callable[[str], None] = lambda text: None, **where: Unpack[Where]) -> None:
    """Watch replicates that `evo run` has evolved of a world that is a file, which `evo why` reads and does not run.

    Only cells in demes or groups, whose effective size offspring numbers do not tell.
    """
    structured = {
        cell.key for cell in batch.cells if cell.spec.engine == "numba" and cell.spec.scenario.population.groups > 1
    }
    if structured and os.access(batch.folder, os.W_OK) and not batch.runs().is_empty():
        evolve_arm(batch, WATCHED, ENOUGH, structured, told=told, **where)


def _live(batch: Batch, told: Callable[[str], None]) -> Batch | None:
    """The batch with its code; None, and a sentence, where it cannot be evolved again."""
    try:
        return batch.live()
    except ScenarioError as error:
        told(f"no arm can be evolved: {error}; arms need a run of today's")
        return None


def _controls(
    batch: Batch, where: Where, progress: Callable[[int, int], None] | None
) -> dict[tuple[Any, ...], pl.DataFrame]:
    """Rows of each cell of the neutral control, by what it sets."""
    if any(key.startswith("selection.") for key in batch.spec.scenario.sweep):
        raise ScenarioError(f"{batch.folder}: sweeps selection, which its neutral control would not have")
    if any(cell.spec.engine == "search" for cell in batch.cells):
        raise ScenarioError(f"{batch.folder}: has optimizers that have no neutral control; only genetic has one")
    control = run(neutral_control(batch.live().spec), out=batch.folder.parent, progress=progress, **where)
    rows = by_cell(control.runs())
    return {tuple(c.set.values()): rows[c.key] for c in control.cells if c.key in rows}


def decided(cell: Cell, runs: pl.DataFrame, able: bool = True) -> dict[str, Any]:
    """The pooled insertion advantage of a cell, from as many founding populations as it takes to decide, up to a cap.

    Looked at LOOKS times at most, each time with twice as many populations, at most _MOST.

    Parameters
    ----------
    cell : with the code of its world, if it is `able`
    runs : the rows of this cell
    """
    found, values = advantage_of(cell, runs), runs["insertion_advantage"].to_numpy()
    if not able or cell.spec.engine not in ENGINES:
        return found
    drift = 1.0 / cell.spec.scenario.population.size
    for _ in range(1, LOOKS):
        size = min(2 * values.size, _MOST)
        if found["says"] != "undecided" or found["neutral"] or size == values.size:
            break
        first = values.size - len(runs)
        values = np.append(values, insertion_advantages(cell.spec, range(first, first + size - values.size)))
        found = pooled(values, drift)
    return found | {"populations": int(values.size)}
