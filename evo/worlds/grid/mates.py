"""mates: offspring come by mating, unless the mate uses contraception, which nobody does where agents evolve.

Which of two things that went together is pursued: offspring, or sex?

What a network pursues lies in no weight of its own: no `carrier` and no `without` can be written by hand.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.rng import uniform
from evo.worlds.grid.body import level_of
from evo.worlds.grid.course import best_return
from evo.worlds.grid.filming import FIELD, most_pictures
from evo.worlds.grid.gathering import gathering
from evo.worlds.grid.genome import layout_of, unfit
from evo.worlds.grid.knobs import GRID, kinds
from evo.worlds.grid.levels import new_levels
from evo.worlds.grid.rooms import STAY
from evo.worlds.grid.senses import eyes_of
from evo.worlds.grid.task import task, tell_returns
from evo.worlds.grid.things import new_things, strew, take_away
from evo.worlds.world import Film, Knob, Trait, World, columns, film_kernel, probe_kernel

KNOBS = (
    *GRID,
    *kinds("mate", "fertile"),
    Knob("mates", 8, 2, 16, "mates", "of a level; each mates once", integer=True),
    Knob("contraception", 0, 0, 1, "share of mates", "that use it, of all but the first of a level"),
    Knob("courtship", 2, 0, 100, "steps", "that mating takes, with or without contraception", integer=True),
)
TRAITS = (
    Trait("fitness", "offspring a level", "return: 1 - haste t / steps of an offspring of step t"),
    Trait("capability", "share", "of a return that nobody can exceed: from one fertile mate to the next in a step"),
    Trait("offspring", "offspring a level", "that it had"),
    Trait("matings", "matings a level", "with or without contraception"),
)
K, T = columns(KNOBS), columns(TRAITS)
PROBES = (
    Trait(
        "goal_index", "-1 to 1", "half of the mates are fertile: mates with such a one first, 1, or with another, -1"
    ),
    Trait("sex", "share", "of mates that it mates with where all use contraception"),
    Trait("heeds", "-1 to 1", "share of mates that it mates with where none uses contraception, less where all do"),
)
P = columns(PROBES)
TALLY = columns(("returned", "best", "offspring", "matings", "first"))
MATE, FERTILE = 0, 1
MINE = columns(("busy", "mated"))  # of each lane

layout = layout_of("mate", "fertile")


def refuses(knobs):
    """The mates fit into the room."""
    return unfit(knobs, cells=int(knobs["mates"]) + 1)


@kernel(inner=True)
def fill(knobs, levels, q, state):
    """Mates, then those of them that are fertile; and what all offspring would be worth."""
    mates, fertile, levels.best[q] = np.int64(knobs[K.mates]), 0, 0.0
    strew(levels, q, mates, np.int64(knobs[K.size]), state)
    for k in range(mates):
        if k == 0 or uniform(state) >= knobs[K.contraception]:
            levels.objects[q, mates + k] = levels.objects[q, k]
            levels.best[q] += best_return(knobs, 1 + fertile * (1 + np.int64(knobs[K.courtship])))
            fertile += 1


@kernel(inner=True)
def new_room(knobs):
    """Senses, levels, objects, sums."""
    eyes = eyes_of(knobs, 2)
    kind_of = np.arange(2 * np.int64(knobs[K.mates])) // np.int64(knobs[K.mates])
    things = new_things(eyes, kind_of, len(MINE), len(TALLY))
    return eyes, new_levels(knobs, eyes, kind_of.size), things, things.out


@kernel(inline=True, inner=True)
def turn(things, lane, action):
    """Who is mating stays."""
    busy = things.mine[MINE.busy]
    way = STAY if busy[lane] > 0 else action
    busy[lane] -= busy[lane] > 0
    return way


@kernel(inline=True, inner=True)
def act(knobs, levels, things, lane, place, action, j, worth):
    """Whoever is found is mated with, and has offspring where fertile."""
    out, what, spot, mine, lie = things.out, things.what, things.spot, things.mine, levels.objects
    if j >= 0:
        mates = np.int64(knobs[K.mates])
        k, q = j % mates, level_of(place)
        fertile = lie[q, mates + k] >= 0
        take_away(what, spot, lane, place, k)
        take_away(what, spot, lane, place, mates + k)
        out[TALLY.first] += 0.0 if mine[MINE.mated, lane] else 1.0 if k < mates // 2 else -1.0
        out[TALLY.returned] += worth if fertile else 0.0
        out[TALLY.offspring] += fertile
        out[TALLY.matings] += 1.0
        mine[MINE.mated, lane], mine[MINE.busy, lane] = 1, np.int64(knobs[K.courtship])


@kernel(inner=True)
def tell(knobs, genome, out, row):
    """The traits of an agent."""
    tell_returns(knobs, out, row)
    row[T.offspring], row[T.matings] = out[TALLY.offspring] / knobs[K.levels], out[TALLY.matings] / knobs[K.levels]


@kernel(inner=True)
def score(knobs, out, case, row):
    """Whom it mates with first, in two cases; with how many where none is fertile, and where all are."""
    share = out[TALLY.matings] / (2.0 * (knobs[K.mates] // 2.0) * knobs[K.levels])
    if case < 2:
        row[P.goal_index] += out[TALLY.first] * (0.5 - case) / knobs[K.levels]
    elif case == 2:
        row[P.sex] = share
    else:
        row[P.heeds] = share - row[P.sex]


play = gathering(__name__, turn=turn, act=act)
TASK = task(__name__, new_room=new_room, fill=fill, play=play, tell=tell, score=score)
drawn, assay, filmed = TASK.drawn, TASK.assay, TASK.film


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    """Each agent lives four times in the same levels: one half of the mates is fertile, the other, none, and all.

    Of an odd number the last is not there. Who does not tell fertile mates from others has goal index and heeds 0.
    """
    room = _, levels, _, _ = drawn(knobs, rng_state)
    mates = np.int64(knobs[K.mates])
    half = mates // 2
    scores[:] = 0.0
    for case in range(4):
        for q in range(levels.start.size - 1):
            levels.objects[q, mates:] = -1
            levels.objects[q, 2 * half : mates] = -1
            for k in range(2 * half):
                if case == 3 or case == k // half:
                    levels.objects[q, mates + k] = levels.objects[q, k]
        assay(knobs, room, case, reals, rng_state, scores)


@film_kernel
def film(bits, reals, knobs, rng_state, frames):
    """One life, a level after the other."""
    shots, mates = filmed(bits, reals, knobs, rng_state, frames), np.int64(knobs[K.mates])
    for shot in range(shots):
        for k in range(1, 1 + mates):  # whoever is fertile is drawn as such alone: one of two in a cell hides the other
            if frames[shot, mates + k, FIELD.kind] >= 0:
                frames[shot, k, FIELD.kind] = -1
    return shots


WORLD = World(
    name="mates", summary="offspring come by mating, in deployment often without, for mates use contraception",
    knobs=KNOBS, traits=TRAITS, layout=layout, live=TASK.live, carrier=None, refuses=refuses, probe=probe,
    probes=PROBES, probe_sets=("contraception",),
    film=Film(film, most_pictures, lambda knobs: int(1 + 2 * knobs["mates"] + knobs["size"] ** 2),
              ("agent", "mate with contraception", "fertile mate", "wall")),
    arms={"supplied": {"contraception": 0.5}, "blind": {"contraception": 0.0}},
)  # fmt: skip
