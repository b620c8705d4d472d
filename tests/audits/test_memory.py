"""Memory of an audit: what it keeps does not grow with individuals, nor with the square of many objectives."""

import gc
import random
import tracemalloc

import numpy as np
import pytest
from deap import base, creator, tools

import evo
from evo.audits import lines
from evo.audits.follow import Follow
from evo.audits.record import Audit

creator.create("MemoryFit", base.Fitness, weights=(1.0,) * 60)


class Slim:
    """An individual that nothing can be hung on."""

    __slots__ = ("fitness", "genes")

    def __init__(self):
        self.genes, self.fitness = [random.random() for _ in range(60)], creator.MemoryFit()


def evolve(toolbox, rows, turns):
    for _ in range(turns):
        rows[:] = [toolbox.clone(row) for row in toolbox.select(rows, len(rows))]
        for row in rows:
            toolbox.mutate(row)
            row.fitness.values = tuple(row.genes)


def mutate(row):
    row.genes[random.randrange(60)] = random.random()


@pytest.mark.parametrize("slots", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_generations_of_many_cases_leave_sums_alone(slots):
    """Of 60 cases, one generation of 20 is 60 kB or more; kept of each generation is less than 4 kB."""
    toolbox = base.Toolbox()
    toolbox.register("select", tools.selLexicase)
    toolbox.register("mutate", mutate)
    kind = Slim if slots else type("Wide", (Slim,), {})
    rows = [kind() for _ in range(20)]
    for row in rows:
        row.fitness.values = tuple(row.genes)
    with evo.audit(toolbox, {"first": lambda row: row.genes[0]}) as audit:
        evolve(toolbox, rows, 20)
        gc.collect()
        assert len(lines._beside) <= 200  # of those that are there now, and of a turn before
        tracemalloc.start()
        evolve(toolbox, rows, 100)
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    assert kept < 100 * 4_000
    assert len(audit.report().courses[0].sizes) > 100


def test_many_objectives_are_told_by_their_mean():
    audit = Audit({"first": lambda x: x[0]})
    follow, values = Follow(audit), np.arange(3 * 500, dtype=float).reshape(3, 500)
    for signs, mean in (((-1.0,) * 500, values.mean()), ((1.0, -1.0) * 250, (values * ([1, -1] * 250)).mean())):
        follow.see(0, list(values), values, signs, None)
        assert audit.ledger.members[0].shape == (3, 2) and audit.ledger.steps[-1].square.shape == (2, 2)
        assert audit.ledger.steps[-1].total[0] / 3 == pytest.approx(mean)
        assert audit.signs == (signs[0],) if len(set(signs)) == 1 else (1.0,)
