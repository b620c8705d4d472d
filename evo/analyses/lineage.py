"""The line of descent of one replicate: evolved again with its parent links, and told step by step."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from evo.analyses.replay import find_cell, identical, require_stored
from evo.analyses.tree_sequence import Recorder
from evo.batch.results import Batch
from evo.engines.descent import Effects, Followed, effects, environments, follow
from evo.errors import ScenarioError
from evo.kernels.genealogy import Steps
from evo.kernels.links import LIVED
from evo.measure.descent import (
    DELETERIOUS,
    Change,
    Effect,
    ancestor_at,
    changes,
    chosen,
    effects_of,
    line_of,
    what_changed,
)  # fmt: skip
from evo.scenario.spec import Cell, Spec
from evo.wording import of_failure

OF = ("commonest", "best", "carrier")  # whose line is told
_SHARE = 4  # the lives that effects are found by are at most a fourth of those that the replicate lived, about

_NOT_FOLLOWED = {
    "classes": "its engine, classes, counts genotypes and follows no individuals; a batch of its own with --set "
    "engine=numba, whose replicates are others, has lines of descent",
    "deap": "its engine, deap, keeps no parent links; a batch of its own with --set engine=numba, whose replicates are "
    "others, has lines of descent",
    "search": "its optimizer has no parents and no offspring",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """The line of descent of one replicate.

    Attributes
    ----------
    same : whether the replicate came out as it is stored, bit for bit
    places : ancestors on the line, founder first: int64[L], places in `followed.ancestors`
    changes, effects : S steps, and the effect of each on fitness and on the property
    lived : the lives that effects were found by
    ancestor_at : generation of the common ancestor of the last population, None where there is none
    """

    batch: Batch
    cell: Cell
    replicate: int
    of: str
    same: bool
    followed: Followed
    places: np.ndarray
    changes: list[Change]
    effects: list[tuple[Effect, Effect]]
    lived: Effects
    ancestor_at: int | None
    trees: Any = None  # tables of `analyses.tree_sequence`, with two parents

    @property
    def deleterious(self) -> int:
        """How many steps lowered fitness when they happened."""
        return sum(fitness.says == DELETERIOUS for fitness, _ in self.effects)

    def document(self) -> dict[str, Any]:
        """The contract's JSON document."""
        pool, founder = self.followed.ancestors, int(self.places[0])
        line = [_row(pool, founder, "founder", None)]
        for change, (fitness, _) in zip(self.changes, self.effects, strict=True):
            line.append(_row(pool, change.place, change.kind, fitness.mean))
        return {
            "same": self.same,
            "line": line,
            "deleterious": self.deleterious,
            "ancestor_at": self.ancestor_at,
        }

    def table(self) -> pl.DataFrame:
        """A row per step, the founder first; effects with their 95 % intervals."""
        pool, loci = self.followed.ancestors, sum(b.count for b in _layout(self.cell.spec).loci)
        rows = [_row(pool, int(self.places[0]), "founder", None) | _more("", None, None, 0)]
        for change, pair, lives in zip(self.changes, self.effects, self.lived.lives.tolist(), strict=True):
            row = _row(pool, change.place, change.kind, pair[0].mean)
            rows.append(row | _more(what_changed(change, loci), *pair, lives))
        whole = {"generation": pl.Int64, "lives": pl.Int64}
        text = dict.fromkeys(("kind", "says", "changed"), pl.String)
        return pl.DataFrame(rows, schema={name: whole.get(name, text.get(name, pl.Float64)) for name in rows[0]})


def _layout(spec: Spec) -> Any:
    return spec.world.layout(spec.knobs)


def _row(pool: Any, place: int, kind: str, effect: float | None) -> dict[str, Any]:
    fitness, prop = pool.lived[place, LIVED.fitness], pool.lived[place, LIVED.property]
    return {
        "generation": int(pool.generation[place]), "kind": kind, "fitness": float(fitness), "effect": effect,
        "property": float(prop),
    }  # fmt: skip


def _more(changed: str, fitness: Effect | None, prop: Effect | None, lives: int) -> dict[str, Any]:
    """What the table says beyond the contract's document."""
    return {
        "effect_low": fitness and fitness.low, "effect_high": fitness and fitness.high,
        "says": fitness and fitness.says,
        "property_effect": prop and prop.mean, "property_effect_low": prop and prop.low,
        "property_effect_high": prop and prop.high,
        "lives": lives, "changed": changed,
    }  # fmt: skip


def lineage(batch: Batch, name: str, replicate: int, of: str = "commonest", with_trees: bool = False) -> Line:
    """Evolve a replicate again with its parent links, and tell its line of descent.

    name : the cell's key, the start of it, or its place in the sweep from 1
    of : whose line: `commonest`, the last population's commonest genome; `best`; `carrier` of the property
    with_trees : keep what a tree sequence is written from

    Raises
    ------
    ScenarioError : there is no such cell or replicate; the replicate failed; its engine follows no individuals; nobody
        carries the property; the code of the world is not trusted here, or evolves something else by now
    """
    cell = find_cell(batch, name)
    require(batch, cell, replicate)
    live = next(c for c in batch.live().cells if c.key == cell.key)
    recorder = Recorder(live.spec) if with_trees and live.spec.scenario.variation.parents == 2 else None
    followed = follow(live.spec, replicate, recorder)
    if followed is None:
        raise ScenarioError(f"{batch.folder}: cell {cell.key}: replicate {replicate}: fails now, and did not before")
    return tell(batch, live, replicate, of, followed, recorder and recorder.made)


def require(batch: Batch, cell: Cell, replicate: int) -> None:
    """Raise ScenarioError where that replicate has no line of descent that can be told."""
    where = f"{batch.folder}: cell {cell.key}"
    engine = cell.spec.engine
    if engine in _NOT_FOLLOWED:
        raise ScenarioError(f"{where}: has no line of descent: {_NOT_FOLLOWED[engine]}")
    if cell.spec.scenario.population.group_size and cell.spec.scenario.variation.parents == 2:
        raise ScenarioError(f"{where}: has no line of descent: copies in groups are followed with one parent only")
    if cell.spec.asked:
        raise ScenarioError(
            f"{where}: has no line of descent: its property, {cell.spec.scenario.property.trait}, is a probe, which is "
            "known of populations at recorded generations and not of ancestors"
        )
    for failure in batch.failures():
        if failure["failed"] == cell.key and failure["replicate"] == replicate:
            raise ScenarioError(
                f"{where}: {of_failure(failure)}; it failed, so it has no last population to descend from"
            )
    require_stored(batch, cell, replicate)


def tell(batch: Batch, cell: Cell, replicate: int, of: str, followed: Followed, trees: Any = None) -> Line:
    """The line of a replicate that was followed. cell: one of a live batch; trees: what a recorder made."""
    spec, pool = cell.spec, followed.ancestors
    prop = spec.scenario.property
    place = chosen(pool, followed.living, of, prop.threshold)
    if place is None:
        raise ScenarioError(
            f"{batch.folder}: cell {cell.key}: replicate {replicate}: --of carrier: nobody of the last population has "
            f"{prop.trait} of {prop.threshold:g} or more; use --of commonest or --of best"
        )
    places = line_of(pool, place)
    found = changes(pool, places)
    budget = spec.scenario.population.size * (followed.last + 1) // _SHARE
    lived = effects(spec, replicate, _steps(spec, pool, found), budget)
    same = identical(batch, cell, replicate, followed.evolved)
    at = ancestor_at(pool, followed.living)
    told = effects_of(lived)
    return Line(batch, cell, replicate, of, bool(same), followed, places, found, told, lived, at, trees)


def _steps(spec: Spec, pool: Any, found: list[Change]) -> Steps:
    """Steps as they are lived: genomes before and after, and the knobs of their generation."""
    words, dims = pool.bits.shape[1], pool.reals.shape[1]
    generations = pool.generation[[change.place for change in found]] if found else np.zeros(0, np.int32)

    def stack(which: str, part: int, width: int, kind: type) -> np.ndarray:
        rows = [getattr(change, which)[part] for change in found]
        return np.array(rows, kind).reshape(len(found), width)

    return Steps(
        before_bits=stack("before", 0, words, np.uint64), before_reals=stack("before", 1, dims, float),
        after_bits=stack("after", 0, words, np.uint64), after_reals=stack("after", 1, dims, float),
        knobs=np.ascontiguousarray(environments(spec, generations)),
    )  # fmt: skip


def write_csv(line: Line, path: str) -> None:
    """A row per step into a file.

    Raises
    ------
    ScenarioError : it cannot be written
    """
    try:
        Path(path).write_text(line.table().write_csv(), encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"--csv {path}: cannot be written: {error.strerror or error}") from None
