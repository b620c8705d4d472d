"""The line of descent: from an individual of the last population back to its founder, step by step.

A step is a change of the genome on that line: by mutation, or by crossing. Its effect is the fitness of the genome
after it less that of the genome before it, both lived in the environment of that generation from the same stream of
random numbers (common random numbers: Kahn and Marshall 1953); where chance is in a life, the mean of so many pairs of
lives with Student's t interval. The common ancestor is the latest individual that everybody of the last population
descends from (Kingman 1982).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from evo.engines.descent import Effects
from evo.kernels.genealogy import Pool, mark_ancestors
from evo.kernels.genome import unpack
from evo.kernels.links import LIVED

BENEFICIAL, NEUTRAL, DELETERIOUS, UNDECIDED = "beneficial", "neutral", "deleterious", "undecided"
SAYS = {
    BENEFICIAL: "its effect on fitness is above 0",
    NEUTRAL: "it changes nothing in fitness",
    DELETERIOUS: "its effect on fitness is below 0",
    UNDECIDED: "its effect cannot be told from 0",
}
_MOST = 6  # changes of a step that are named


class Change(NamedTuple):
    """A step on the line: which ancestor made it, how, and the genome before and after: uint64[W], float64[D]."""

    place: int
    kind: str
    before: tuple[np.ndarray, np.ndarray]
    after: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Effect:
    """Mean effect of a step with its 95 % interval, as narrow as a point where no chance is in a life."""

    mean: float
    low: float
    high: float

    @property
    def says(self) -> str:
        """Beneficial, neutral, deleterious or undecided."""
        if self.low > 0.0 or self.high < 0.0:
            return BENEFICIAL if self.low > 0.0 else DELETERIOUS
        return NEUTRAL if self.low == self.high == 0.0 else UNDECIDED


def ancestors_of(pool: Pool, places: np.ndarray) -> np.ndarray:
    """Which of M ancestors somebody at these places descends from, themselves included: bool[M]."""
    kept = np.zeros(pool.parent.size, np.uint8)
    kept[places] = 1
    mark_ancestors(pool, kept.size, kept)
    return kept.astype(bool)


def ancestor_at(pool: Pool, living: np.ndarray) -> int | None:
    """The generation of the latest individual that everybody living descends from; None where there is none."""
    kept = ancestors_of(pool, living)
    counts = np.bincount(pool.generation[kept])
    single = np.flatnonzero(counts == 1)
    return int(single[-1]) if single.size else None


def line_of(pool: Pool, place: int) -> np.ndarray:
    """The places of an individual and all that it descends from, founder first."""
    line = []
    while place >= 0:
        line.append(place)
        place = int(pool.parent[place])
    return np.array(line[::-1], np.int64)


def commonest(bits: np.ndarray, reals: np.ndarray, fitness: np.ndarray) -> int:
    """Who has the commonest genome, and of equally common ones is the fittest; the first of several that are alike.

    bits: uint64[N, W]; reals: float64[N, D]; fitness: float64[N]
    """
    octets = [bits.view(np.uint8), reals.view(np.uint8)]
    _, which, counts = np.unique(np.hstack(octets), axis=0, return_inverse=True, return_counts=True)
    return int(np.argmax(np.where(counts[which.ravel()] == counts.max(), fitness, -np.inf)))


def chosen(pool: Pool, living: np.ndarray, of: str, threshold: float) -> int | None:
    """The place of the individual whose line is told; the first of several that are alike in what is asked for.

    of : `commonest`, of the commonest genome, and of equally common ones the fittest; `best`, the fittest; `carrier`,
        the fittest with the property at the threshold, None where there is none
    """
    fitness = pool.lived[living, LIVED.fitness]
    if of == "commonest":
        return int(living[commonest(pool.bits[living], pool.reals[living], fitness)])
    if of == "carrier":
        has = pool.lived[living, LIVED.property] >= threshold
        if not has.any():
            return None
        fitness = np.where(has, fitness, -np.inf)
    return int(living[np.argmax(fitness)])


def changes(pool: Pool, line: np.ndarray) -> list[Change]:
    """Every change of the genome along a line: in one generation a crossing first, then a mutation."""
    found, two = [], pool.born_bits.shape[0] > 0
    bits, reals = pool.bits[line], pool.reals[line]
    born_bits = pool.born_bits[line[1:]] if two else bits[:-1]
    born_reals = pool.born_reals[line[1:]] if two else reals[:-1]
    crossed = (born_bits != bits[:-1]).any(axis=1) | (born_reals != reals[:-1]).any(axis=1)
    mutated = (born_bits != bits[1:]).any(axis=1) | (born_reals != reals[1:]).any(axis=1)
    for k in np.flatnonzero(crossed | mutated).tolist():
        place, born = int(line[k + 1]), (born_bits[k], born_reals[k])
        if crossed[k]:
            found.append(Change(place, "crossing", (bits[k], reals[k]), born))
        if mutated[k]:
            found.append(Change(place, "mutation", born, (bits[k + 1], reals[k + 1])))
    return found


def what_changed(change: Change, loci: int) -> str:
    """In words: 'locus 3: 0 to 1; real 2: 0.1 to 0.13'. Counted from 0, as a world counts them."""
    (bits, reals), (new_bits, new_reals) = change.before, change.after
    before, after = (unpack(np.atleast_2d(word), loci)[0].astype(int) for word in (bits, new_bits))
    texts = [f"locus {at}: {before[at]} to {after[at]}" for at in np.flatnonzero(before != after).tolist()]
    steps = np.flatnonzero(reals != new_reals).tolist()
    texts += [f"real {at}: {reals[at]:.3g} to {new_reals[at]:.3g}" for at in steps]
    if change.kind == "crossing":
        return f"{len(texts)} {'place' if len(texts) == 1 else 'places'} from the other parent"
    more = f"; {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return "; ".join(texts[:_MOST]) + more


def effects_of(lived: Effects) -> list[tuple[Effect, Effect]]:
    """The effect of each step on fitness and on the property."""
    from scipy.stats import t

    differences = lived.outcome[:, 1] - lived.outcome[:, 0]  # [S, R, LIVED]
    mean, half = np.zeros((lived.lives.size, len(LIVED))), np.zeros((lived.lives.size, len(LIVED)))
    for count in np.unique(lived.lives).tolist():  # all steps that were lived as often
        rows = lived.lives == count
        mine = differences[rows, :count]
        mean[rows] = mine.mean(axis=1)
        if count > 1:
            half[rows] = t.ppf(0.975, count - 1) * mine.std(axis=1, ddof=1) / np.sqrt(count)
    limits = zip(mean.tolist(), (mean - half).tolist(), (mean + half).tolist(), strict=True)
    return [
        (Effect(*(one[LIVED.fitness] for one in three)), Effect(*(one[LIVED.property] for one in three)))
        for three in limits
    ]


def branches(pool: Pool, places: Iterable[int], drawn: np.ndarray) -> list[np.ndarray]:
    """The way to each of these places from the first of its ancestors that is drawn already: places, oldest first.

    drawn : bool[M], what is drawn already; what these ways draw is added
    """
    ways: list[Any] = []
    for place in places:
        way = []
        while place >= 0 and not drawn[place]:
            drawn[place] = True
            way.append(place)
            place = int(pool.parent[place])
        if way:
            ways.append(np.array(([place] if place >= 0 else []) + way[::-1]))
    return ways
