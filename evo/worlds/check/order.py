"""Whether agents live as if alone, and whether the order of rows matters, where a world does not say that they meet.

Exactly where it can be told: a world that draws agent by agent gives each, from the state that the stream is then in,
the traits that it would have alone; one without chance gives all of them in any order. Else by many lives.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from evo.kernels.rng import seed_streams
from evo.worlds.check.lives import STREAM, Fault, Genomes, Life, Lives, Stopped

_FEW = (0, 1, 2, 9, 17, 40)  # agents of the population that are looked at
_LIVES = 300
_CHANCE = 1e-9  # of telling of a dependence that is not there
_DECLARE = "; if agents meet in this world, say social=True in World(...)"


def order_faults(lives: Lives, genomes: Genomes, knobs: np.ndarray, where: str) -> Iterator[Fault]:
    """What depends on the order of rows, or on the other agents, and is not declared."""
    if lives.world.social:
        return
    few = Genomes(genomes.bits[list(_FEW)], genomes.reals[list(_FEW)])
    together = lives.live(few, knobs)
    try:
        alone = _chain(lives, few, knobs)
    except Stopped as stop:
        if stop.fault is not None:
            yield stop.fault._replace(kind="alone", says=f"{stop.fault.says}, in a population of one{where}")
        return
    if not np.isfinite(together.traits).all() or _close(together.traits, alone).all():
        return
    names = [trait.name for trait in lives.world.traits]
    for kind, differs in (("order", _by_order), ("others", _by_others)):
        trait = differs(lives, few, knobs, together)
        if trait is not None:
            on = "its row among the others" if kind == "order" else "the other agents"
            line = lives.line_of_trait(trait)
            yield Fault(kind, line, f"the trait '{names[trait]}' of an agent depends on {on}{where}{_DECLARE}")
            return


def _close(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.isclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True)


def _chain(lives: Lives, few: Genomes, knobs: np.ndarray) -> np.ndarray:
    """Traits of each agent alone, the stream going on from one to the next: float64[N, T]."""
    rows, state = [], None
    for i in range(len(_FEW)):
        life = lives.live(Genomes(few.bits[i : i + 1], few.reals[i : i + 1]), knobs, state=state)
        rows.append(life.traits)
        state = life.state
    return np.concatenate(rows)


def _without_chance(life: Life) -> bool:
    return bool((life.state == STREAM).all())


def _first(wrong: Any) -> int | None:
    return int(np.flatnonzero(wrong)[0]) if wrong.any() else None


def _by_order(lives: Lives, few: Genomes, knobs: np.ndarray, together: Life) -> int | None:
    """The first trait that another order of rows changes."""
    turned = [3, 5, 0, 4, 1, 2]
    other = Genomes(few.bits[turned], few.reals[turned])
    if _without_chance(together):
        return _first(~_close(lives.live(other, knobs).traits, together.traits[turned]).all(axis=0))
    return _differ(_many(lives, few, knobs, 0), _many(lives, other, knobs, 2))


def _by_others(lives: Lives, few: Genomes, knobs: np.ndarray, together: Life) -> int | None:
    """The first trait of an agent that other company changes, or having none."""
    for company in ([0, 2, 2, 2, 2, 2], [0]):
        others = Genomes(few.bits[company], few.reals[company])
        if _without_chance(together):
            wrong = _first(~_close(lives.live(others, knobs).traits[:1], together.traits[:1]).all(axis=0))
        else:
            wrong = _differ(_many(lives, few, knobs, 0), _many(lives, others, knobs, 0))
        if wrong is not None:
            return wrong
    return None


def _many(lives: Lives, genomes: Genomes, knobs: np.ndarray, row: int) -> np.ndarray:
    """Traits of the agent in a row, in many lives: float64[lives, T]."""
    return np.array([
        lives.live(genomes, knobs, state=seed_streams(life, (row, 3), 1)[0]).traits[row] for life in range(_LIVES)
    ])  # fmt: skip


def _differ(a: np.ndarray, b: np.ndarray) -> int | None:
    """The first trait whose distribution differs, by the two-sample test of Kolmogorov and Smirnov."""
    from scipy import stats  # slow to load, and seldom needed

    # Traits have ties, with which the exact test may give up and warn.
    found = [stats.ks_2samp(x, y, method="asymp").pvalue < _CHANCE for x, y in zip(a.T, b.T, strict=True)]
    return _first(np.array(found))
